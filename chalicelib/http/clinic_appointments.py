"""Routes of a clinic's queue of requests for appointments (requirement J3)."""

from __future__ import annotations

import re
from datetime import UTC

from chalicelib.bootstrap import container
from chalicelib.domain.errors import FieldError, ValidationFailed
from chalicelib.http.applications import cursor_of, entity_id
from chalicelib.http.blueprint import ApiBlueprint, Call
from chalicelib.http.models import Page
from chalicelib.http.pagination import decode_cursor
from chalicelib.http.persons import person_ref
from chalicelib.http.schemas.applications import LinkOut
from chalicelib.http.schemas.appointments import (
    AppointmentAnswerIn,
    AppointmentCaseOut,
    AppointmentOut,
    AppointmentRowOut,
    AppointmentsQuery,
    appointment_case_out,
    appointment_out,
    appointment_row_out,
)
from chalicelib.use_cases import answer_appointments as use_cases
from chalicelib.use_cases.ordered_documents import LINK_SECONDS

blueprint = ApiBlueprint(__name__)

TAG = "clinic-desk"
REGISTRAR = ("clinic_registrar",)
ALL = "/v1/clinic/appointments"
ONE = f"{ALL}/{{person_id}}/{{appointment_id}}"
_PLACE = re.compile(r"[0-9A-Za-z_-]{1,64}#[0-9A-HJKMNP-TV-Z]{26}")


def _after(cursor: str | None) -> str | None:
    key = decode_cursor(cursor)
    if key is None:
        return None
    place = key.get("after", "")
    if not _PLACE.fullmatch(place):
        message = "Передайте значение next_cursor предыдущей страницы без изменений"
        raise ValidationFailed([FieldError(field="cursor", code="invalid_cursor", message=message)])
    return place


def _which(person_id: str, appointment_id: str) -> use_cases.WhichAppointment:
    return use_cases.WhichAppointment(person_id=person_ref(person_id), appointment_id=entity_id(appointment_id))


@blueprint.route("GET", ALL, summary="Заявки на приём: очередь", tag=TAG, errors=(403,), roles=REGISTRAR)
def listed(call: Call, query: AppointmentsQuery) -> Page[AppointmentRowOut]:
    """Только своей медицинской организации; сначала те, что ждут дольше."""
    found = use_cases.clinics_appointments(
        tools=container(),
        principal=call.principal,
        state=query.state,
        limit=query.limit,
        after=_after(query.cursor),
    )
    rows = [appointment_row_out(one) for one in found.items]
    return Page[AppointmentRowOut](items=rows, next_cursor=cursor_of(found.after))


@blueprint.route(
    "GET", f"{ONE}/details", summary="Заявка на приём с пациентом", tag=TAG, errors=(403, 404), roles=REGISTRAR
)
def view(call: Call, person_id: str, appointment_id: str) -> AppointmentCaseOut:
    """Просмотр записывается в журнал пациента."""
    which = _which(person_id, appointment_id)
    found, person = use_cases.view_appointment(tools=container(), principal=call.principal, which=which, at=call.at)
    name = container().store.clinic_name(code=found.clinic_code)
    return appointment_case_out(found, person, clinic_name=name)


@blueprint.route(
    "GET",
    f"{ONE}/document",
    summary="Ссылка на выписку, приложенную к заявке",
    tag=TAG,
    errors=(403, 404),
    roles=REGISTRAR,
)
def document(call: Call, person_id: str, appointment_id: str) -> LinkOut:
    """Ссылка действует пять минут; её выдача записывается в журнал пациента."""
    which = _which(person_id, appointment_id)
    url = use_cases.appointment_proof(tools=container(), principal=call.principal, which=which, at=call.at)
    return LinkOut(url=url, expires_in=LINK_SECONDS)


@blueprint.route(
    "POST",
    f"{ONE}/answer",
    summary="Назначить время или отклонить",
    tag=TAG,
    errors=(403, 404, 409),
    roles=REGISTRAR,
)
def answer(call: Call, person_id: str, appointment_id: str, body: AppointmentAnswerIn) -> AppointmentOut:
    """Заявителю уходит сообщение с днём приёма или об отказе."""
    given = use_cases.AppointmentAnswer(
        which=_which(person_id, appointment_id),
        is_acknowledged=body.acknowledged,
        starts_at=body.starts_at.astimezone(UTC) if body.starts_at else None,
        answer=body.answer,
    )
    found = use_cases.answer_appointment(tools=container(), principal=call.principal, answer=given, at=call.at)
    return appointment_out(found, clinic_name=container().store.clinic_name(code=found.clinic_code))
