"""A clinic's queue of requests for appointments: listed, looked at with the proof of insurance, answered (J3)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from chalicelib.domain.appointment import Appointment, AppointmentEvent, AppointmentState, answer_mistakes
from chalicelib.domain.errors import NotPermitted, ValidationFailed
from chalicelib.ports.errors import NotFound
from chalicelib.use_cases.access import actor_of
from chalicelib.use_cases.appointments import appointment_details, carry_out_appointment
from chalicelib.use_cases.attachment_steps import person_in
from chalicelib.use_cases.handle_attachments import clinic_of
from chalicelib.use_cases.ordered_documents import document_link
from chalicelib.use_cases.views import note_view

if TYPE_CHECKING:
    from chalicelib.domain.person import Person
    from chalicelib.domain.principal import Principal
    from chalicelib.ports.folders import PersonFile
    from chalicelib.ports.queries import Slice
    from chalicelib.ports.toolbox import Toolbox


@dataclass(frozen=True, slots=True, kw_only=True)
class WhichAppointment:
    """Which request of which person is meant."""

    person_id: str
    appointment_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AppointmentAnswer:
    """What the clinic answers: when the appointment is, or why there is none."""

    which: WhichAppointment
    is_acknowledged: bool
    starts_at: datetime | None = None
    answer: str = ""


def clinics_appointments(
    *, tools: Toolbox, principal: Principal, state: AppointmentState, limit: int, after: str | None
) -> Slice[Appointment]:
    """List a clinic's own requests in one state, oldest first (1 AWS call)."""
    return tools.store.appointments_in(clinic_code=clinic_of(principal), state=state, limit=limit, after=after)


def view_appointment(
    *, tools: Toolbox, principal: Principal, which: WhichAppointment, at: datetime
) -> tuple[Appointment, Person]:
    """Show a request with the person; the view is noted (3 AWS calls).

    Raises:
        NotFound: there is none, or it is of another clinic.
    """
    found = _own(tools, principal, which)
    return found, person_in(_noted(tools, principal, found, "appointment_viewed", at))


def appointment_proof(*, tools: Toolbox, principal: Principal, which: WhichAppointment, at: datetime) -> str:
    """Make a short-lived link to the proof of insurance that came with a request; the view is noted (3 AWS calls).

    Raises:
        NotFound: there is none, it is of another clinic, or the document is void.
        StateConflict: it was withdrawn.
    """
    found = _own(tools, principal, which)
    if found.state in {AppointmentState.WITHDRAWN, AppointmentState.DECLINED}:
        raise NotFound("Заявка закрыта: документ больше не показывается")
    known = _noted(tools, principal, found, "appointment_document_opened", at)
    return document_link(tools=tools, file=known, document_id=found.document_id)


def answer_appointment(*, tools: Toolbox, principal: Principal, answer: AppointmentAnswer, at: datetime) -> Appointment:
    """Acknowledge or decline a request; the same answer again changes nothing (3 AWS calls).

    Raises:
        NotFound: there is none, or it is of another clinic.
        NotPermitted: it is the registrar's own.
        ValidationFailed: the time or the reason is missing or impossible.
        StateConflict: it was answered otherwise, or withdrawn.
    """
    found = _own(tools, principal, answer.which)
    if principal.account_id in {found.account_id, found.person_id}:
        raise NotPermitted("На собственную заявку отвечает другой сотрудник")
    event = AppointmentEvent.ACKNOWLEDGE if answer.is_acknowledged else AppointmentEvent.DECLINE
    text = answer.answer.strip()
    if found.has_just(event) and (found.starts_at, found.answer) == (answer.starts_at, text):
        return found
    mistakes = answer_mistakes(is_acknowledged=answer.is_acknowledged, starts_at=answer.starts_at, answer=text, at=at)
    if mistakes:
        raise ValidationFailed(mistakes)
    answered = replace(found, starts_at=answer.starts_at if answer.is_acknowledged else None, answer=text)
    return carry_out_appointment(tools=tools, appointment=answered, event=event, actor=actor_of(principal), at=at)


def _own(tools: Toolbox, principal: Principal, which: WhichAppointment) -> Appointment:
    code = clinic_of(principal)
    found = tools.store.appointment(person_id=which.person_id, appointment_id=which.appointment_id)
    if found is None or found.clinic_code != code:
        raise NotFound("Заявка на приём не найдена")
    return found


def _noted(tools: Toolbox, principal: Principal, found: Appointment, name: str, at: datetime) -> PersonFile:
    details = appointment_details(found)
    return note_view(tools=tools, principal=principal, person_id=found.person_id, name=name, details=details, at=at)
