"""Requests for appointments as JSON (requirement J3)."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from pydantic import AwareDatetime, Field

from chalicelib.domain.appointment import (
    APPOINTMENT_STATE_TITLES,
    APPOINTMENT_TRANSITIONS,
    AppointmentEvent,
    AppointmentState,
)
from chalicelib.domain.records import DocumentType
from chalicelib.http.models import In, IsoDate, Out, PageQuery
from chalicelib.http.schemas.attachments import PatientOut

if TYPE_CHECKING:
    from collections.abc import Mapping

    from chalicelib.domain.appointment import Appointment
    from chalicelib.domain.person import Person


class AppointmentIn(In):
    """Which doctor, and which days suit; nothing about health stands in a request."""

    clinic: str = Field(max_length=10, description="Код медицинской организации, F032", examples=["770001"])
    doctor: str = Field(max_length=50, description="Врач из списка медицинской организации", examples=["d001"])
    wished_from: IsoDate = Field(strict=False, description="Первый день, который подходит")
    wished_until: IsoDate = Field(strict=False, description="Последний день, который подходит")


class AppointmentAnswerIn(In):
    """What the clinic answers."""

    acknowledged: bool = Field(description="Назначено время (true) или отклонено (false)")
    starts_at: AwareDatetime | None = Field(default=None, strict=False, description="Начало приёма, с часовым поясом")
    answer: str = Field(default="", max_length=500, description="Кабинет и что взять с собой, или почему отказ")


class AppointmentsQuery(PageQuery):
    """Which requests to list."""

    state: AppointmentState = Field(default=AppointmentState.REQUESTED, description="Состояние")


class AppointmentStepOut(Out):
    """One step of the history."""

    state: AppointmentState
    state_title: str
    event: AppointmentEvent | None
    at: datetime
    by: str


class AppointmentRowOut(Out):
    """A request without anything personal, as lists of a clinic show it."""

    id: str
    person_id: str
    clinic_code: str
    doctor_id: str
    state: AppointmentState
    state_title: str
    requested_at: datetime
    wished_from: date
    wished_until: date
    starts_at: datetime | None


class AppointmentOut(AppointmentRowOut):
    """A request whole."""

    clinic_name: str
    document_id: str
    document_type: DocumentType
    answer: str
    history: list[AppointmentStepOut]


class AppointmentCaseOut(Out):
    """A request with the person, and how to reach the person."""

    appointment: AppointmentOut
    person: PatientOut
    phone: str | None
    email: str | None


def appointment_row_out(found: Appointment) -> AppointmentRowOut:
    """Present a request in a list."""
    return AppointmentRowOut(**_row(found))


def appointment_out(found: Appointment, *, clinic_name: str) -> AppointmentOut:
    """Present a request whole."""
    return AppointmentOut(
        **_row(found),
        clinic_name=clinic_name,
        document_id=found.document_id,
        document_type=found.document_type,
        answer=found.answer,
        history=[
            AppointmentStepOut(
                state=step.state,
                state_title=APPOINTMENT_STATE_TITLES[step.state],
                event=step.event,
                at=step.at,
                by=step.actor.kind,
            )
            for step in found.history
        ],
    )


def appointment_case_out(found: Appointment, person: Person, *, clinic_name: str) -> AppointmentCaseOut:
    """Present a request with the person; contacts are shown once they are confirmed."""
    phone, email = person.phone, person.email
    return AppointmentCaseOut(
        appointment=appointment_out(found, clinic_name=clinic_name),
        person=PatientOut.model_validate(person),
        phone=phone.value if phone and phone.verified_at else None,
        email=email.value if email and email.verified_at else None,
    )


def _row(found: Appointment) -> Mapping[str, Any]:
    same = (
        *("person_id", "clinic_code", "doctor_id", "state", "requested_at"),
        *("wished_from", "wished_until", "starts_at"),
    )
    return {
        **{name: getattr(found, name) for name in same},
        "id": found.appointment_id,
        "state_title": APPOINTMENT_STATE_TITLES[found.state],
    }


def appointment_states() -> list[dict[str, Any]]:
    """The states of a request for an appointment with their arrows, for the dictionaries."""
    arrows = [
        {
            "event": rule.event.value,
            "target": rule.target.value,
            "by": rule.by,
            "notification": rule.notification,
            "silent_because": rule.silent_because,
        }
        for rule in APPOINTMENT_TRANSITIONS
    ]
    return [
        {
            "code": state.value,
            "title": title,
            "is_final": state is not AppointmentState.REQUESTED,
            "transitions": arrows if state is AppointmentState.REQUESTED else [],
        }
        for state, title in APPOINTMENT_STATE_TITLES.items()
    ]
