"""A demand to destroy one's data: what it was answered, and what is left of what was destroyed (requirement P2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from chalicelib.domain.audit import ChainHead
from chalicelib.domain.retention_terms import Kept
from chalicelib.domain.working_days import RUSSIAN_CALENDAR

if TYPE_CHECKING:
    from chalicelib.domain.employee_consent import EmployeeConsent
    from chalicelib.domain.person import Person
    from chalicelib.domain.representation import Representation


class ErasureCause(StrEnum):
    """Why data are to be destroyed."""

    DEMAND = "demand"
    CONSENT_REVOKED = "consent_revoked"


class ErasureState(StrEnum):
    """Where a demand is."""

    ACCEPTED = "accepted"
    DONE = "done"
    CANCELLED = "cancelled"


ERASURE_STATE_TITLES: Final[Mapping[ErasureState, str]] = MappingProxyType(
    {
        ErasureState.ACCEPTED: "Исполняется",
        ErasureState.DONE: "Исполнено",
        ErasureState.CANCELLED: "Не исполнено: согласие дано снова",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CauseRule:
    """The title of a cause, its law, and the term to do it: working or calendar days."""

    title: str
    law: str
    working_days: int = 0
    calendar_days: int = 0

    def due_on(self, asked_on: date) -> date:
        """The last day to do it."""
        if self.working_days:
            return RUSSIAN_CALENDAR.add_working_days(start=asked_on, days=self.working_days)
        return asked_on + timedelta(days=self.calendar_days)


CAUSES: Final[Mapping[ErasureCause, CauseRule]] = MappingProxyType(
    {
        ErasureCause.DEMAND: CauseRule(
            title="Требование прекратить обработку данных", law="152-ФЗ, ст. 21, ч. 5.1", working_days=10
        ),
        ErasureCause.CONSENT_REVOKED: CauseRule(
            title="Отзыв согласия на обработку данных", law="152-ФЗ, ст. 21, ч. 5", calendar_days=30
        ),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class StaysRow:
    """What stays: how many of a kind, and until when at the latest; None while they are in force."""

    kind: Kept
    count: int
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasureRequest:
    """One demand; ``erased`` counts by kind what was destroyed, ``stays`` is what the law keeps."""

    request_id: str
    person_id: str
    cause: ErasureCause
    asked_at: datetime
    due_on: date
    state: ErasureState = ErasureState.ACCEPTED
    answered_at: datetime | None = None
    erased: Mapping[str, int] = field(default_factory=dict)
    stays: tuple[StaysRow, ...] = ()
    version: int = 1
    chain: ChainHead = field(default_factory=ChainHead)


def counted(request: ErasureRequest, kind: Kept, count: int = 1) -> ErasureRequest:
    """Add what was destroyed to the answer."""
    return replace(request, erased={**request.erased, kind.value: request.erased.get(kind.value, 0) + count})


def stays_of(verdicts: list[tuple[Kept, datetime | None]]) -> tuple[StaysRow, ...]:
    """Sum up what stays, kind by kind: one that is in force has no end yet, whatever ended before it."""
    rows: dict[Kept, StaysRow] = {}
    for kind, until in verdicts:
        row = rows.get(kind)
        if row is None:
            rows[kind] = StaysRow(kind=kind, count=1, until=until)
            continue
        latest = None if row.until is None or until is None else max(row.until, until)
        rows[kind] = StaysRow(kind=kind, count=row.count + 1, until=latest)
    return tuple(rows[kind] for kind in Kept if kind in rows)


def without_contacts(person: Person) -> Person:
    """Forget where a person can be reached and what the person wished to hear."""
    return replace(person, phone=None, email=None, preferences={}, quiet_hours=None)


def emptied_person(person: Person, *, at: datetime) -> Person:
    """Forget all that tells who it is; the versions and days of consents stay as the proof that they were given."""
    consent = person.consent
    given = (*person.consents[:-1], replace(consent, revoked_at=at)) if consent is not None else person.consents
    return replace(
        without_contacts(person),
        consents=given,
        family_name="",
        given_name="",
        middle_name="",
        born_on="",
        sex="",
        snils="",
        address={},
        document={},
        death=None,
        policy_number=None,
        awaits_name=False,
        erased_at=at,
    )


def emptied_representation(right: Representation, *, at: datetime) -> Representation:
    """Forget the powers and the birth date; that there was a right from a day until a day stays."""
    return replace(
        right, born_on=date.min, powers_number="", powers_issuer="", powers_issued_on=None, end_reason="", erased_at=at
    )


def emptied_consent(consent: EmployeeConsent) -> EmployeeConsent:
    """Forget which organisation asked; its decision stays."""
    return replace(consent, organisation_name="")
