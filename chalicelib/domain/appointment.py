"""A request for an appointment with a doctor, handed over to the clinic's queue with proof of insurance (J3)."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from chalicelib.domain.audit import Actor, ChainHead
from chalicelib.domain.errors import FieldError, StateConflict
from chalicelib.domain.records import DocumentType

if TYPE_CHECKING:
    from collections.abc import Iterable

    from chalicelib.domain.records import StoredDocument


class AppointmentState(StrEnum):
    """Where a request for an appointment is in its life."""

    REQUESTED = "requested"
    ACKNOWLEDGED = "acknowledged"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class AppointmentEvent(StrEnum):
    """What may happen to a request for an appointment."""

    ACKNOWLEDGE = "acknowledge"
    DECLINE = "decline"
    WITHDRAW = "withdraw"


APPOINTMENT_STATE_TITLES = {
    AppointmentState.REQUESTED: "Передано в медицинскую организацию",
    AppointmentState.ACKNOWLEDGED: "Время назначено",
    AppointmentState.DECLINED: "Отклонено",
    AppointmentState.WITHDRAWN: "Отозвано",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class AppointmentRule:
    """One arrow of the machine; every one begins at a request that waits.

    ``entry`` names it in the journal; ``silent_because`` says why an arrow without a notification has none.
    """

    event: AppointmentEvent
    target: AppointmentState
    by: str
    entry: str
    notification: str | None = None
    silent_because: str | None = None


APPOINTMENT_TRANSITIONS: tuple[AppointmentRule, ...] = (
    AppointmentRule(
        event=AppointmentEvent.ACKNOWLEDGE,
        target=AppointmentState.ACKNOWLEDGED,
        by="clinic",
        entry="appointment_acknowledged",
        notification="appointment_acknowledged",
    ),
    AppointmentRule(
        event=AppointmentEvent.DECLINE,
        target=AppointmentState.DECLINED,
        by="clinic",
        entry="appointment_declined",
        notification="appointment_declined",
    ),
    AppointmentRule(
        event=AppointmentEvent.WITHDRAW,
        target=AppointmentState.WITHDRAWN,
        by="person",
        entry="appointment_withdrawn",
        silent_because="the person does it on the screen",
    ),
)
"""Only these arrows exist: a request is answered once."""

MAX_LIVE_APPOINTMENTS = 5
"""How many requests of a person may wait at a time: more are a mistake of a program."""

FURTHEST = timedelta(days=60)
"""How far ahead an appointment may be wished or set."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AppointmentStep:
    """One step of the history: what happened, the state reached, when, and by whom."""

    event: AppointmentEvent | None
    state: AppointmentState
    at: datetime
    actor: Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class Appointment:
    """One request; ``account_id`` is who asked and is told.

    ``wished_from`` and ``wished_until`` are the first and the last day that suit. ``document_id`` is the proof of
    insurance handed over with it, by what it proves at this moment. ``starts_at`` and ``answer`` are the clinic's.
    """

    appointment_id: str
    person_id: str
    account_id: str
    clinic_code: str
    doctor_id: str
    state: AppointmentState
    requested_at: datetime
    utc_offset_hours: int
    wished_from: date
    wished_until: date
    document_id: str
    document_type: DocumentType
    starts_at: datetime | None = None
    answer: str = ""
    history: tuple[AppointmentStep, ...] = ()
    version: int = 1
    chain: ChainHead = field(default_factory=ChainHead)

    @property
    def is_live(self) -> bool:
        """Whether it waits for an answer."""
        return self.state is AppointmentState.REQUESTED

    def local_day(self, at: datetime) -> date:
        """The day of a moment in the clinic's region."""
        return (at.astimezone(UTC) + timedelta(hours=self.utc_offset_hours)).date()

    def has_just(self, event: AppointmentEvent) -> bool:
        """Whether this was the last thing that happened: a request that comes twice asks for nothing more."""
        return self.history[-1].event is event


def appointment_rule(*, state: AppointmentState, event: AppointmentEvent) -> AppointmentRule:
    """Return the arrow that ``event`` follows.

    Raises:
        StateConflict: the request was answered or withdrawn.
    """
    if state is not AppointmentState.REQUESTED:
        raise StateConflict(f"Действие невозможно: заявка в состоянии «{APPOINTMENT_STATE_TITLES[state]}»")
    return next(rule for rule in APPOINTMENT_TRANSITIONS if rule.event is event)


def move_appointment(*, appointment: Appointment, event: AppointmentEvent, at: datetime, actor: Actor) -> Appointment:
    """Follow one arrow of the machine and remember the step; raises StateConflict."""
    rule = appointment_rule(state=appointment.state, event=event)
    step = AppointmentStep(event=event, state=rule.target, at=at, actor=actor)
    return replace(appointment, state=rule.target, history=(*appointment.history, step))


def wish_mistakes(*, wished_from: date, wished_until: date, on: date) -> tuple[FieldError, ...]:
    """Find what is wrong with the days that are wished for, both included."""
    errors = []
    if wished_from < on:
        message = "Этот день уже прошёл: выберите сегодняшний или более поздний"
        errors.append(FieldError(field="wished_from", code="in_the_past", message=message))
    if wished_until < wished_from:
        message = "Последний день раньше первого: поменяйте их местами"
        errors.append(FieldError(field="wished_until", code="before_first", message=message))
    if wished_until > on + FURTHEST:
        message = f"Записаться можно не дальше чем на {FURTHEST.days} дней вперёд: выберите день раньше"
        errors.append(FieldError(field="wished_until", code="too_far", message=message))
    return tuple(errors)


def answer_mistakes(
    *, is_acknowledged: bool, starts_at: datetime | None, answer: str, at: datetime
) -> tuple[FieldError, ...]:
    """Find what is wrong with a clinic's answer: when the appointment is, or why there is none."""
    if not is_acknowledged:
        message = "Напишите, почему записать нельзя и что сделать пациенту"
        return () if answer else (FieldError(field="answer", code="required", message=message),)
    if starts_at is None:
        return (FieldError(field="starts_at", code="required", message="Укажите день и время приёма"),)
    if not at < starts_at <= at + FURTHEST:
        message = f"Время приёма — в будущем и не дальше чем через {FURTHEST.days} дней"
        return (FieldError(field="starts_at", code="out_of_range", message=message),)
    return ()


_PROOFS = (DocumentType.EXTRACT, DocumentType.POLICY, DocumentType.TEMPORARY_CERTIFICATE)


def proof_to_attach(*, documents: Iterable[StoredDocument], subjects: Iterable[str]) -> StoredDocument | None:
    """The document that proves the insurance: the newest extract that is made, else the policy or the certificate.

    ``subjects`` are the ids of the policy and the certificate that are in force: what proves nothing now is passed by.
    """
    valid = frozenset(subjects)
    made = [found for found in documents if found.made_at and not found.superseded and found.subject_id in valid]
    ranked = sorted(
        (found for found in made if found.document_type in _PROOFS),
        key=lambda found: (-_PROOFS.index(found.document_type), found.document_id),
    )
    return ranked[-1] if ranked else None
