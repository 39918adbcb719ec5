"""Why the fund is told of a policy: classifier R001, from what it was told last and what is true now (P4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.domain.fund_change import BASELINE, FundChange, PolicyFacts
from chalicelib.domain.insurer_change import FIRST_WINDOW, NEWBORN_RULE, ChangeReason
from chalicelib.domain.policy import PolicyState
from chalicelib.domain.policy_corrections import DEATH, DUPLICATE_NUMBER, MERGED, Annulment

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

FIRST_CHOICE = "П010"
OTHER_INSURER, DIED, DUPLICATE, WRONG_NUMBER, NOT_INSURED = "П021", "П022", "П023", "П024", "П025"
DATA, DATA_ON_POLICY, COPY, NEW_TERM = "П040", "П061", "П062", "П063"

BY_BASIS = {
    ChangeReason.BY_WISH.value: "П031",
    FIRST_WINDOW: "П031",
    NEWBORN_RULE.basis: "П031",
    ChangeReason.MOVED.value: "П032",
    ChangeReason.INSURER_LEFT.value: "П033",
}
"""Why a period of an insurer began → the reason; any other beginning is a first choice."""

BY_END = {
    DEATH: DIED,
    MERGED: DUPLICATE,
    DUPLICATE_NUMBER: DUPLICATE,
    Annulment.DUPLICATE.value: DUPLICATE,
    Annulment.WRONG_PERSON.value: WRONG_NUMBER,
}
"""Why a policy ended → the reason; any other end is that of the right to insurance."""

REGISTER = "register"
"""The basis of what the register told itself."""

ON_POLICY = frozenset({"FAM", "IM", "OT", "W", "DR", "MR"})
"""What of a person stands on the policy: another value makes another policy."""


def last_told(*, change: FundChange, history: Iterable[FundChange]) -> FundChange | None:
    """The record of the person whose facts the fund knows, before this one or after it."""
    known = (told for told in history if told.state in BASELINE and told.change_id != change.change_id)
    return max(known, key=lambda told: told.order, default=None)


def is_outdated(*, change: FundChange, told: FundChange | None) -> bool:
    """Whether the fund knows something newer already."""
    return told is not None and told.order > change.order


def awaits_beginning(*, facts: PolicyFacts, told: FundChange | None) -> bool:
    """Whether an end would be told of what the fund never heard begin: its record was refused or held back."""
    ends = not facts.insures and facts.state is not PolicyState.REPLACED
    return told is None and ends and facts.basis != REGISTER


def reason_of(
    *, facts: PolicyFacts, policy_id: str, told: FundChange | None, person: Mapping[str, str], rest: str
) -> str | None:
    """The reason for which the fund is told, None if there is nothing to tell."""
    if facts.state is PolicyState.REPLACED:
        return None  # The policy that took its place is told of.
    if not facts.insures:
        return _ends(facts, told)
    if told is None and facts.basis == REGISTER:
        return None
    if told is None or not told.facts.insures or told.facts.insurer_code != facts.insurer_code:
        return _begins(facts, told)
    return _changed(facts, policy_id, told, person, rest)


def _ends(facts: PolicyFacts, told: FundChange | None) -> str | None:
    if awaits_beginning(facts=facts, told=told):
        return None
    if told is not None and not told.facts.insures and told.facts.last_day == facts.last_day:
        return None
    return BY_END.get(facts.end_reason, NOT_INSURED)


def _begins(facts: PolicyFacts, told: FundChange | None) -> str:
    returns = told is not None and told.facts.insurer_code == facts.insurer_code
    return FIRST_CHOICE if returns else BY_BASIS.get(facts.basis, FIRST_CHOICE)


def _changed(facts: PolicyFacts, policy_id: str, told: FundChange, person: Mapping[str, str], rest: str) -> str | None:
    # What the register told itself was never written down here: there is nothing to compare with.
    on_policy = bool(told.told_person) and any(
        told.told_person.get(name, "") != person.get(name, "") for name in ON_POLICY
    )
    if on_policy or told.facts.policy_number != facts.policy_number:
        return DATA_ON_POLICY
    if told.facts.valid_until != facts.valid_until:
        return NEW_TERM
    if told.policy_id != policy_id:
        return COPY
    same = not told.told_person or told.told_rest == rest
    return None if same and told.facts.insured_from == facts.insured_from else DATA
