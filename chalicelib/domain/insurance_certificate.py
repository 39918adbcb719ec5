"""A certificate of insurance (справка о страховании): its states as data, and why it may be refused (K1, K3)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from chalicelib.domain.audit import ChainHead
from chalicelib.domain.coverage import Stretch, first_insured_day, gaps, insured, stretches
from chalicelib.domain.errors import StateConflict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chalicelib.domain.insurance_history import Proof


class InsuranceCertificateState(StrEnum):
    """Where a certificate of insurance is (requirement K3)."""

    PROCESSING = "processing"
    APPROVED = "approved"
    REFUSED = "refused"
    READY = "ready"
    REVOKED = "revoked"


class InsuranceCertificateEvent(StrEnum):
    """What moves it."""

    APPROVE = "approve"
    REFUSE = "refuse"
    MAKE = "make"
    REOPEN = "reopen"
    REVOKE = "revoke"


class SendBy(StrEnum):
    """How the person wants to get it; an e-mail brings a link, never the document (152-ФЗ, art. 19)."""

    DOWNLOAD = "download"
    EMAIL = "email"


_STATE = InsuranceCertificateState
_EVENT = InsuranceCertificateEvent

STATE_TITLES: Final[Mapping[InsuranceCertificateState, str]] = MappingProxyType(
    {
        _STATE.PROCESSING: "В обработке",
        _STATE.APPROVED: "Одобрено",
        _STATE.REFUSED: "Отклонено",
        _STATE.READY: "Готово к скачиванию",
        _STATE.REVOKED: "Отозвано: сведения исправлены",
    }
)

FINAL_CERTIFICATE_STATES: Final = frozenset({_STATE.REFUSED, _STATE.READY, _STATE.REVOKED})

ISSUED: Final = frozenset({_STATE.APPROVED, _STATE.READY})
"""What states something, until a correction makes it untrue."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateRule:
    """One arrow: from a state to another, by an event, with its entry in the journal and whom it tells.

    ``notifications`` are kinds by the wish of the person; none is sent where the next arrow follows at once.
    """

    event: InsuranceCertificateEvent
    source: InsuranceCertificateState
    target: InsuranceCertificateState
    entry: str
    notifications: Mapping[SendBy, str] = field(default_factory=dict)
    silent_because: str = ""


CERTIFICATE_TRANSITIONS: Final = (
    CertificateRule(
        event=_EVENT.APPROVE,
        source=_STATE.PROCESSING,
        target=_STATE.APPROVED,
        entry="insurance_certificate_approved",
        silent_because="the document follows within seconds",
    ),
    CertificateRule(
        event=_EVENT.REFUSE,
        source=_STATE.PROCESSING,
        target=_STATE.REFUSED,
        entry="insurance_certificate_refused",
        notifications=dict.fromkeys(SendBy, "insurance_certificate_refused"),
    ),
    CertificateRule(
        event=_EVENT.MAKE,
        source=_STATE.APPROVED,
        target=_STATE.READY,
        entry="insurance_certificate_made",
        notifications={
            SendBy.DOWNLOAD: "insurance_certificate_ready",
            SendBy.EMAIL: "insurance_certificate_sent",
        },
    ),
    CertificateRule(
        event=_EVENT.REOPEN,
        source=_STATE.REFUSED,
        target=_STATE.PROCESSING,
        entry="insurance_certificate_reopened",
        silent_because="the decision on the appeal tells it",
    ),
    *(
        CertificateRule(
            event=_EVENT.REVOKE,
            source=source,
            target=_STATE.REVOKED,
            entry="corrected",
            notifications=dict.fromkeys(SendBy, "insurance_certificate_revoked"),
        )
        for source in (_STATE.APPROVED, _STATE.READY)
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateRefusal:
    """Why there is no certificate, and what mends it."""

    code: str
    message: str
    mend: str


NO_POLICY = "no_policy"
NOT_INSURED = "not_insured_in_period"
BEFORE_BIRTH = "before_birth"

CERTIFICATE_REFUSALS: Final[Mapping[str, CertificateRefusal]] = MappingProxyType(
    {
        refusal.code: refusal
        for refusal in (
            CertificateRefusal(
                code=NO_POLICY,
                message="В сервисе нет сведений о полисе этого человека",
                mend="Если полис есть, зарегистрируйте его; если нет — подайте заявление на первый полис",
            ),
            CertificateRefusal(
                code=NOT_INSURED,
                message="В этом периоде человек не был застрахован ни одного дня",
                mend="Проверьте период: закажите справку о днях не раньше первого дня страхования",
            ),
            CertificateRefusal(
                code=BEFORE_BIRTH,
                message="Период закончился раньше, чем человек родился",
                mend="Укажите период после даты рождения",
            ),
        )
    }
)
"""Code → refusal. Each names its mend (requirement K3)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateMoment:
    """One step of the history."""

    state: InsuranceCertificateState
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class InsuranceCertificate:
    """A certificate about the days from ``from_on`` until ``until_on`` (half-open).

    ``account_id`` is who asked and is told. ``stretches``, ``number`` and the place in the status list stand once it
    is approved: what it states does not change afterwards. ``possible_on`` goes with a refusal.
    """

    certificate_id: str
    person_id: str
    account_id: str
    from_on: date
    until_on: date
    asked_at: datetime
    utc_offset_hours: int
    bilingual: bool = False
    send_by: SendBy = SendBy.DOWNLOAD
    state: InsuranceCertificateState = InsuranceCertificateState.PROCESSING
    history: tuple[CertificateMoment, ...] = ()
    number: str = ""
    status_index: int = 0
    policy_number: str = ""
    stretches: tuple[Stretch, ...] = ()
    document_id: str = ""
    refusal_code: str = ""
    possible_on: date | None = None
    version: int = 1
    chain: ChainHead = field(default_factory=ChainHead)

    @property
    def is_continuous(self) -> bool:
        """Whether the person was insured on all days."""
        return bool(self.stretches) and not gaps(self.stretches)

    def local_day(self, at: datetime) -> date:
        """The day of a moment by the clock of the person's region."""
        return (at + timedelta(hours=self.utc_offset_hours)).date()


def advance_certificate(
    *, certificate: InsuranceCertificate, event: InsuranceCertificateEvent, at: datetime
) -> tuple[InsuranceCertificate, CertificateRule]:
    """Move a certificate along an arrow.

    Raises:
        StateConflict: no arrow of this event begins where the certificate is.
    """
    for rule in CERTIFICATE_TRANSITIONS:
        if rule.event is event and rule.source is certificate.state:
            moment = CertificateMoment(state=rule.target, at=at)
            return replace(certificate, state=rule.target, history=(*certificate.history, moment)), rule
    title = STATE_TITLES[certificate.state].lower()
    raise StateConflict(f"Действие невозможно: справка уже в состоянии «{title}»")


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """What may be stated: the stretches, or the code of a refusal with the first day about which it may be asked."""

    stretches: tuple[Stretch, ...] = ()
    refusal_code: str = ""
    possible_on: date | None = None


def state_insurance(*, certificate: InsuranceCertificate, proofs: Sequence[Proof], born_on: date) -> Statement:
    """Decide what a certificate states about its period; days before the birth belong to nobody."""
    if certificate.until_on <= born_on:
        return Statement(refusal_code=BEFORE_BIRTH, possible_on=born_on)
    if not proofs:
        return Statement(refusal_code=NO_POLICY)
    first = max(certificate.from_on, born_on)
    found = stretches(proofs=proofs, from_on=first, until_on=certificate.until_on)
    if not insured(found):
        return Statement(refusal_code=NOT_INSURED, possible_on=first_insured_day(proofs))
    return Statement(stretches=found)
