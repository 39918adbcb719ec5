"""Routes by which people ask clinics for appointments, for themselves and for whom they represent (J3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.bootstrap import container
from chalicelib.http.applications import after, cursor_of, entity_id
from chalicelib.http.blueprint import ApiBlueprint, Call
from chalicelib.http.models import Page, PageQuery
from chalicelib.http.schemas.appointments import AppointmentIn, AppointmentOut, appointment_out
from chalicelib.use_cases.appointments import (
    AppointmentWish,
    list_appointments,
    request_appointment,
    withdraw_appointment,
)
from chalicelib.use_cases.idempotency import request_key

if TYPE_CHECKING:
    from chalicelib.domain.appointment import Appointment

blueprint = ApiBlueprint(__name__)

TAG = "appointments"
CITIZEN = ("citizen",)
OWN = "/v1/me/appointments"
REPRESENTED = "/v1/represented-persons/{person_id}/appointments"


def _shown(found: Appointment) -> AppointmentOut:
    return appointment_out(found, clinic_name=container().store.clinic_name(code=found.clinic_code))


def _listed(call: Call, query: PageQuery, person_id: str | None = None) -> Page[AppointmentOut]:
    found = list_appointments(
        tools=container(),
        principal=call.principal,
        person_id=person_id,
        limit=query.limit,
        after=after(query.cursor),
        at=call.at,
    )
    return Page[AppointmentOut](items=[_shown(one) for one in found.items], next_cursor=cursor_of(found.after))


def _requested(call: Call, body: AppointmentIn, person_id: str | None = None) -> AppointmentOut:
    wish = AppointmentWish(
        clinic_code=body.clinic,
        doctor_id=body.doctor,
        wished_from=body.wished_from,
        wished_until=body.wished_until,
        person_id=person_id,
    )
    request = request_key(call.idempotency_key, "appointment", person_id or "", body.model_dump_json())
    made = request_appointment(tools=container(), principal=call.principal, wish=wish, at=call.at, request=request)
    return _shown(made)


def _withdrawn(call: Call, appointment_id: str, person_id: str | None = None) -> AppointmentOut:
    taken_back = withdraw_appointment(
        tools=container(),
        principal=call.principal,
        person_id=person_id,
        appointment_id=entity_id(appointment_id),
        at=call.at,
    )
    return _shown(taken_back)


@blueprint.route("GET", OWN, summary="Мои заявки на приём", tag=TAG, roles=CITIZEN)
def mine(call: Call, query: PageQuery) -> Page[AppointmentOut]:
    """С ответами медицинских организаций; сначала новые."""
    return _listed(call, query)


@blueprint.route(
    "POST",
    OWN,
    status=201,
    summary="Попросить о приёме у врача",
    tag=TAG,
    idempotent="optional",
    errors=(403,),
    roles=CITIZEN,
)
def request(call: Call, body: AppointmentIn) -> AppointmentOut:
    """Заявка с выпиской о полисе передаётся в очередь медицинской организации."""
    return _requested(call, body)


@blueprint.route(
    "POST",
    f"{OWN}/{{appointment_id}}/withdrawal",
    summary="Отозвать заявку на приём",
    tag=TAG,
    errors=(403, 404, 409),
    roles=CITIZEN,
)
def withdraw(call: Call, appointment_id: str) -> AppointmentOut:
    """Пока медицинская организация не ответила."""
    return _withdrawn(call, appointment_id)


@blueprint.route("GET", REPRESENTED, summary="Заявки представляемого на приём", tag=TAG, errors=(404,), roles=CITIZEN)
def represented(call: Call, person_id: str, query: PageQuery) -> Page[AppointmentOut]:
    """То же, что о себе."""
    return _listed(call, query, entity_id(person_id))


@blueprint.route(
    "POST",
    REPRESENTED,
    status=201,
    summary="Попросить о приёме для представляемого",
    tag=TAG,
    idempotent="optional",
    errors=(403, 404),
    roles=CITIZEN,
)
def represented_request(call: Call, person_id: str, body: AppointmentIn) -> AppointmentOut:
    """То же, что о себе."""
    return _requested(call, body, entity_id(person_id))


@blueprint.route(
    "POST",
    f"{REPRESENTED}/{{appointment_id}}/withdrawal",
    summary="Отозвать заявку представляемого на приём",
    tag=TAG,
    errors=(403, 404, 409),
    roles=CITIZEN,
)
def represented_withdraw(call: Call, person_id: str, appointment_id: str) -> AppointmentOut:
    """Пока медицинская организация не ответила."""
    return _withdrawn(call, appointment_id, entity_id(person_id))
