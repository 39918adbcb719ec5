"""The copies of a policy that lookups read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.domain.names import norm_key
from chalicelib.domain.validity import policy_card

if TYPE_CHECKING:
    from collections.abc import Mapping

    from chalicelib.domain.policy import Policy
    from chalicelib.ports.storage import UnitOfWork
    from chalicelib.ports.toolbox import Toolbox


def factors_of(*, tools: Toolbox, person: Mapping[str, str]) -> dict[str, str]:
    """Hash what the asker must know besides the number: birth date or surname (requirement G1)."""
    return {
        "born_on": tools.secrets.lookup_hash(kind="born_on", value=person["born_on"]),
        "family_name": tools.secrets.lookup_hash(kind="family_name", value=norm_key(person["family_name"])),
    }


def put_policy_card(*, work: UnitOfWork, tools: Toolbox, policy: Policy, person: Mapping[str, str]) -> None:
    """Let lookups see the policy as it is now."""
    value_hash = tools.secrets.lookup_hash(kind="policy_number", value=policy.policy_number)
    card = policy_card(policy=policy, factors=factors_of(tools=tools, person=person))
    work.put_card(kind="policy_number", value_hash=value_hash, card=card)
