"""The copies of a policy that lookups read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.domain.birth_date import searched_day
from chalicelib.domain.legacy_policy import OLD_KIND
from chalicelib.domain.names import norm_key
from chalicelib.domain.records import Pointer
from chalicelib.domain.validity import blank_card, policy_card

if TYPE_CHECKING:
    from collections.abc import Mapping

    from chalicelib.domain.policy import Policy
    from chalicelib.ports.storage import UnitOfWork
    from chalicelib.ports.toolbox import Toolbox


def factors_of(*, tools: Toolbox, person: Mapping[str, str]) -> dict[str, str]:
    """Hash what the asker must know besides the number: birth date or surname (requirement G1)."""
    return {
        "born_on": tools.secrets.lookup_hash(kind="born_on", value=searched_day(text=person["born_on"])),
        "family_name": tools.secrets.lookup_hash(kind="family_name", value=norm_key(person["family_name"])),
    }


def put_policy_card(*, work: UnitOfWork, tools: Toolbox, policy: Policy, person: Mapping[str, str]) -> None:
    """Let lookups see the policy as it is now, under its ЕНП and under the number of an earlier sample."""
    put_number_card(work=work, tools=tools, policy=policy, person=person)
    if policy.blank is not None and policy.blank.is_numbered:
        kind, value = policy.blank.lookup
        value_hash = tools.secrets.lookup_hash(kind=kind, value=value)
        card = blank_card(policy=policy, blank=policy.blank, factors=factors_of(tools=tools, person=person))
        work.put_card(kind=kind, value_hash=value_hash, card=card, shared=kind == OLD_KIND)


def put_number_card(*, work: UnitOfWork, tools: Toolbox, policy: Policy, person: Mapping[str, str]) -> None:
    """Let lookups see the policy under its ЕНП only: a successor with another one tells of the earlier sample."""
    value_hash = tools.secrets.lookup_hash(kind="policy_number", value=policy.policy_number)
    card = policy_card(policy=policy, factors=factors_of(tools=tools, person=person))
    work.put_card(kind="policy_number", value_hash=value_hash, card=card)


def claim_blank(*, work: UnitOfWork, tools: Toolbox, policy: Policy) -> None:
    """Point the number of an earlier sample at its person: the commit raises AlreadyExists if it is another's.

    Series and number of the old sample are unique within their territory only; by themselves they may lead to several.
    """
    if policy.blank is None or not policy.blank.is_numbered:
        return
    for kind, value in dict.fromkeys((policy.blank.claim, policy.blank.lookup)):
        pointer = Pointer(
            kind=kind,
            value_hash=tools.secrets.lookup_hash(kind=kind, value=value),
            target=policy.person_id,
            person_id=policy.person_id,
            shared=kind == OLD_KIND,
        )
        work.claim(pointer)
