"""Whether a person is insured on a day, told without telling anything else (requirements G1-G3)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING

from chalicelib.domain.policy import STANDING, InsurerPeriod, PolicyState, Suspension
from chalicelib.domain.policy_types import TEMPORARY_TYPES, PolicyType, type_of_form

if TYPE_CHECKING:
    from chalicelib.domain.legacy_policy import PolicyBlank
    from chalicelib.domain.policy import Policy
    from chalicelib.domain.temporary_certificate import TemporaryCertificate


class CardKind(StrEnum):
    """What a validity card stands for."""

    POLICY = "policy"
    TEMPORARY_CERTIFICATE = "temporary_certificate"


class ValidityStatus(StrEnum):
    """The answer of a lookup."""

    VALID = "valid"
    NOT_VALID = "not_valid"
    NOT_FOUND = "not_found"


@dataclass(frozen=True, slots=True, kw_only=True)
class ValidityCard:
    """The copy of a policy or certificate that lookups read: no name, the second factor only as a hash.

    ``ended_on`` is the first day on which what was revoked, replaced or has expired did not stand any more.
    ``form`` is that of a policy.
    """

    kind: CardKind
    person_id: str
    reference: str
    state: str
    valid_from: date
    valid_until: date | None
    periods: tuple[InsurerPeriod, ...]
    factors: Mapping[str, str]
    ended_on: date | None = None
    form: str = ""
    suspensions: tuple[Suspension, ...] = ()

    def is_of_type(self, policy_type: PolicyType) -> bool:
        """Tell whether it stands for a policy of this type."""
        if self.kind is CardKind.TEMPORARY_CERTIFICATE:
            return policy_type in TEMPORARY_TYPES
        return type_of_form(form=self.form) is policy_type


@dataclass(frozen=True, slots=True, kw_only=True)
class Validity:
    """What the asker learns."""

    status: ValidityStatus
    kind: CardKind | None = None
    insurer_code: str | None = None
    valid_from: date | None = None
    valid_until: date | None = None
    reason: str = ""


NOT_FOUND = Validity(status=ValidityStatus.NOT_FOUND, reason="not_found")
"""The same answer for an unknown number and for a wrong second factor (requirement G4)."""


def policy_card(*, policy: Policy, factors: Mapping[str, str]) -> ValidityCard:
    """Make the card of a policy."""
    return ValidityCard(
        kind=CardKind.POLICY,
        person_id=policy.person_id,
        reference=policy.policy_id,
        state=policy.state.value,
        valid_from=policy.valid_from,
        valid_until=policy.valid_until,
        periods=policy.periods,
        factors=factors,
        ended_on=policy.ended_on,
        suspensions=policy.suspensions,
        form=policy.form,
    )


def blank_card(*, policy: Policy, blank: PolicyBlank, factors: Mapping[str, str]) -> ValidityCard:
    """Make the card under the number of an earlier sample; it is over where another form took its place."""
    card = policy_card(policy=policy, factors=factors)
    form = blank.policy_type.value
    return card if policy.form == form else replace(card, state=PolicyState.REPLACED.value, form=form)


def certificate_card(
    *, certificate: TemporaryCertificate, period: InsurerPeriod, factors: Mapping[str, str]
) -> ValidityCard:
    """Make the card of a temporary certificate."""
    return ValidityCard(
        kind=CardKind.TEMPORARY_CERTIFICATE,
        person_id=certificate.person_id,
        reference=certificate.application_id,
        state=certificate.state.value,
        valid_from=certificate.issued_on,
        valid_until=certificate.valid_until,
        periods=(period,),
        factors=factors,
        ended_on=certificate.revoked_on,
    )


def validity_on(*, card: ValidityCard, on: date) -> Validity:
    """Judge a card on a day."""
    period = next((period for period in card.periods if period.covers(on)), None)
    reason = _invalid_because(card, on, has_insurer=period is not None)
    return Validity(
        status=ValidityStatus.NOT_VALID if reason else ValidityStatus.VALID,
        kind=card.kind,
        insurer_code=period.insurer_code if period else None,
        valid_from=card.valid_from,
        valid_until=card.valid_until,
        reason=reason,
    )


def _invalid_because(card: ValidityCard, on: date, *, has_insurer: bool) -> str:
    if on < card.valid_from:
        return "not_yet"
    if card.valid_until is not None and on >= card.valid_until:
        return "expired"
    if card.state not in STANDING and not (card.ended_on is not None and on < card.ended_on):
        return card.state
    if any(suspension.covers(on) for suspension in card.suspensions):
        return "suspended"
    return "" if has_insurer else "no_insurer"
