"""What came of a row: found by the card of a policy, allowed by the employee, insured or not (requirement K2)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from chalicelib.domain.coverage import Stretch, gaps, insured
from chalicelib.domain.employee_consent import ConsentState
from chalicelib.domain.staff_row import Outcome
from chalicelib.domain.validity import ValidityStatus, validity_on

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from chalicelib.domain.employer_request import EmployerRequest
    from chalicelib.domain.validity import ValidityCard


@dataclass(frozen=True, slots=True, kw_only=True)
class RowResult:
    """What came of a row; ``stretches`` stand only where the employee allowed it. ``person_id`` is for us alone."""

    key: str
    outcome: Outcome
    person_id: str = ""
    stretches: tuple[Stretch, ...] = ()


def outcome_by_consent(state: ConsentState | None) -> Outcome | None:
    """What may be told of a person who was found: nothing before the consent; None where everything may be told."""
    if state is ConsentState.GIVEN:
        return None
    return Outcome.WAITING if state in {None, ConsentState.ASKED} else Outcome.CONSENT_REFUSED


def outcome_of_stretches(found: Sequence[Stretch]) -> Outcome:
    """Whether somebody was insured on all days, on some, or on none."""
    if not gaps(found):
        return Outcome.CONFIRMED
    return Outcome.WITH_GAPS if insured(found) else Outcome.NOT_INSURED


def is_whose(card: ValidityCard, factors: Mapping[str, str]) -> bool:
    """Whether a card is of the person whose birth date and surname, as hashes, a row names."""
    return all(card.factors.get(name) == value for name, value in factors.items())


def covered_by_card(card: ValidityCard, request: EmployerRequest) -> Stretch | None:
    """The one stretch by which a card alone proves that all days are insured by one insurer; None: look closer."""
    first = validity_on(card=card, on=request.from_on)
    if first.status is not ValidityStatus.VALID or not first.insurer_code:
        return None
    if any(request.from_on < day < request.until_on for day in _turns(card)):
        return None
    return Stretch(from_on=request.from_on, until_on=request.until_on, insurer_code=first.insurer_code)


def _turns(card: ValidityCard) -> list[date]:
    days = [card.valid_from, card.valid_until, card.ended_on]
    for period in card.periods:
        days += [period.insured_from, period.insured_until]
    for suspension in card.suspensions:
        days += [suspension.from_on, suspension.until_on]
    return [day for day in days if day is not None]
