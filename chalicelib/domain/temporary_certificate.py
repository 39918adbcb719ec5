"""A temporary certificate (временное свидетельство): its term, warnings, expiry and revocation (requirements E1-E3)."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from itertools import pairwise
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from chalicelib.domain.audit import ChainHead
from chalicelib.domain.errors import StateConflict
from chalicelib.domain.terms import Term, TermUnit, days_left

if TYPE_CHECKING:
    from collections.abc import Mapping

WARNING_HOUR = 10
"""Local hour of the warnings: nobody wants an SMS at midnight."""


class CertificateState(StrEnum):
    """Where a certificate is in its life."""

    ACTIVE = "active"
    REVOKED = "revoked"
    EXPIRED = "expired"


class CertificateStep(StrEnum):
    """What the schedule does next with a certificate."""

    WARN_7_DAYS = "warn_7_days"
    WARN_1_DAY = "warn_1_day"
    WARN_10_WORKING_DAYS = "warn_10_working_days"
    WARN_3_WORKING_DAYS = "warn_3_working_days"
    WARN_1_WORKING_DAY = "warn_1_working_day"
    EXPIRE = "expire"


WARNINGS: Final[Mapping[CertificateStep, Term]] = MappingProxyType(
    {
        CertificateStep.WARN_7_DAYS: Term(days=7, unit=TermUnit.CALENDAR),
        CertificateStep.WARN_1_DAY: Term(days=1, unit=TermUnit.CALENDAR),
        CertificateStep.WARN_10_WORKING_DAYS: Term(days=10, unit=TermUnit.WORKING),
        CertificateStep.WARN_3_WORKING_DAYS: Term(days=3, unit=TermUnit.WORKING),
        CertificateStep.WARN_1_WORKING_DAY: Term(days=1, unit=TermUnit.WORKING),
    }
)
"""Requirement E3: how much of the term is left at each warning; a term has those of its own unit, in this order."""


def _steps_of(unit: TermUnit) -> tuple[CertificateStep, ...]:
    return (*(step for step, left in WARNINGS.items() if left.unit is unit), CertificateStep.EXPIRE)


_NEXT: Final[Mapping[CertificateStep, CertificateStep]] = MappingProxyType(
    {step: after for unit in TermUnit for step, after in pairwise(_steps_of(unit))}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TemporaryCertificate:
    """Proof that a policy is on its way; ``valid_until`` is exclusive, days are those of the region."""

    number: str
    person_id: str
    application_id: str
    account_id: str
    insurer_code: str
    region: str
    issued_on: date
    valid_until: date
    utc_offset_hours: int
    state: CertificateState
    status_index: int
    next_step: CertificateStep | None = CertificateStep.WARN_7_DAYS
    ended_at: datetime | None = None
    version: int = 1
    chain: ChainHead = field(default_factory=ChainHead)

    def is_valid_on(self, on: date) -> bool:
        """Tell whether it stands, or on a past day stood, for a policy."""
        return self.issued_on <= on < min(self.valid_until, self.revoked_on or self.valid_until)

    @property
    def revoked_on(self) -> date | None:
        """The local day of the revocation, if it was revoked."""
        if self.state is not CertificateState.REVOKED or self.ended_at is None:
            return None
        return self.local_day(self.ended_at)

    @property
    def next_step_at(self) -> datetime | None:
        """The moment when the schedule has to act, or None when nothing is left to do."""
        if self.next_step is None:
            return None
        if self.next_step is CertificateStep.EXPIRE:
            return self._moment(self.valid_until, 0)
        return self._moment(WARNINGS[self.next_step].before(end=self.valid_until), WARNING_HOUR)

    def local_day(self, at: datetime) -> date:
        """The day that a moment belongs to in the region of the certificate."""
        return (at + timedelta(hours=self.utc_offset_hours)).date()

    def _moment(self, day: date, hour: int) -> datetime:
        return datetime.combine(day, time(hour), tzinfo=UTC) - timedelta(hours=self.utc_offset_hours)


def first_step(*, term: Term, issued_on: date) -> CertificateStep:
    """What the schedule does first: a term that is short has no warning from before it began."""
    end = term.end(start=issued_on)
    ahead = (step for step in _steps_of(term.unit) if step in WARNINGS and WARNINGS[step].before(end=end) > issued_on)
    return next(ahead, CertificateStep.EXPIRE)


def left_at(*, certificate: TemporaryCertificate, step: CertificateStep, at: datetime) -> int:
    """How many days are left at a warning, this day included: fewer than planned if it comes late."""
    on = certificate.local_day(at)
    return days_left(unit=WARNINGS[step].unit, on=on, end=certificate.valid_until)


def take_step(*, certificate: TemporaryCertificate, at: datetime) -> tuple[CertificateStep, TemporaryCertificate]:
    """Do what is due at the moment: the latest warning or the expiry, skipping what was missed.

    Raises:
        StateConflict: nothing is due, or the certificate has ended already.
    """
    due_at, step = certificate.next_step_at, certificate.next_step
    if step is None or due_at is None or certificate.state is not CertificateState.ACTIVE or due_at > at:
        raise StateConflict("Для временного свидетельства сейчас ничего не требуется")
    while step in _NEXT:
        ahead = replace(certificate, next_step=_NEXT[step])
        if ahead.next_step_at is None or ahead.next_step_at > at:
            return step, ahead
        step = _NEXT[step]
    ended = replace(certificate, state=CertificateState.EXPIRED, next_step=None, ended_at=at)
    return CertificateStep.EXPIRE, ended


def revoke(*, certificate: TemporaryCertificate, at: datetime) -> TemporaryCertificate:
    """End an active certificate, because the policy is issued or the application is over.

    Raises:
        StateConflict: it has ended already.
    """
    if certificate.state is not CertificateState.ACTIVE:
        raise StateConflict("Временное свидетельство уже не действует")
    return replace(certificate, state=CertificateState.REVOKED, next_step=None, ended_at=at)


def reinstated(*, certificate: TemporaryCertificate, unit: TermUnit, at: datetime) -> TemporaryCertificate:
    """Let a revoked certificate count again to the end of its term, with the warnings of the unit that are ahead.

    Raises:
        StateConflict: it was not revoked, or its term is over.
    """
    again = replace(certificate, state=CertificateState.ACTIVE, ended_at=None)
    steps = (replace(again, next_step=step) for step in _steps_of(unit))
    ahead = [found for found in steps if found.next_step_at is not None and found.next_step_at > at]
    if certificate.state is not CertificateState.REVOKED or not ahead:
        raise StateConflict("Свидетельство не отозвано, или срок его уже истёк")
    return ahead[0]
