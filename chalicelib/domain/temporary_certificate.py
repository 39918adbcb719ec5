"""A temporary certificate (временное свидетельство): its term, warnings, expiry and revocation (requirements E1-E3)."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from chalicelib.domain.audit import ChainHead
from chalicelib.domain.errors import StateConflict

VALID_FOR = timedelta(days=30)
"""Requirement E2: 30 calendar days by default."""

WARNED_BEFORE = (timedelta(days=7), timedelta(days=1))
"""Requirement E3: warnings 7 and 1 days before the end."""

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
    EXPIRE = "expire"


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
        return (self.ended_at + timedelta(hours=self.utc_offset_hours)).date()

    @property
    def next_step_at(self) -> datetime | None:
        """The moment when the schedule has to act, or None when nothing is left to do."""
        if self.next_step is None:
            return None
        if self.next_step is CertificateStep.EXPIRE:
            return self._moment(self.valid_until, 0)
        before = WARNED_BEFORE[0] if self.next_step is CertificateStep.WARN_7_DAYS else WARNED_BEFORE[1]
        return self._moment(self.valid_until - before, WARNING_HOUR)

    def _moment(self, day: date, hour: int) -> datetime:
        return datetime.combine(day, time(hour), tzinfo=UTC) - timedelta(hours=self.utc_offset_hours)


_NEXT = {
    CertificateStep.WARN_7_DAYS: CertificateStep.WARN_1_DAY,
    CertificateStep.WARN_1_DAY: CertificateStep.EXPIRE,
}


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


def reinstated(*, certificate: TemporaryCertificate, at: datetime) -> TemporaryCertificate:
    """Let a revoked certificate count again to the end of its term, as if it had not been revoked.

    Raises:
        StateConflict: it was not revoked, or its term is over.
    """
    again = replace(certificate, state=CertificateState.ACTIVE, next_step=CertificateStep.WARN_7_DAYS, ended_at=None)
    ends = replace(again, next_step=CertificateStep.EXPIRE).next_step_at
    if certificate.state is not CertificateState.REVOKED or ends is None or ends <= at:
        raise StateConflict("Свидетельство не отозвано, или срок его уже истёк")
    ahead = (replace(again, next_step=step) for step in CertificateStep)
    return next(found for found in ahead if found.next_step_at is not None and found.next_step_at > at)
