"""Routes by which people choose a clinic and a doctor, for themselves and for whom they represent (requirement J2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.bootstrap import container
from chalicelib.domain.attachment_states import AttachmentWho
from chalicelib.http.applications import entity_id
from chalicelib.http.blueprint import ApiBlueprint, Call
from chalicelib.http.schemas.attachments import AttachmentIn, AttachmentListOut, AttachmentOut, attachment_out
from chalicelib.use_cases.attachments import (
    AttachmentWish,
    list_attachments,
    request_attachment,
    withdraw_attachment,
)
from chalicelib.use_cases.idempotency import request_key

if TYPE_CHECKING:
    from chalicelib.domain.attachment import Attachment

blueprint = ApiBlueprint(__name__)

TAG = "attachments"
CITIZEN = ("citizen",)
OWN = "/v1/me/attachments"
REPRESENTED = "/v1/represented-persons/{person_id}/attachments"


def _shown(found: Attachment) -> AttachmentOut:
    name = container().store.clinic_name(code=found.clinic_code)
    return attachment_out(found, AttachmentWho.PERSON, clinic_name=name)


def _listed(call: Call, person_id: str | None = None) -> AttachmentListOut:
    found = list_attachments(tools=container(), principal=call.principal, person_id=person_id, at=call.at)
    return AttachmentListOut(items=[_shown(one) for one in found])


def _requested(call: Call, body: AttachmentIn, person_id: str | None = None) -> AttachmentOut:
    wish = AttachmentWish(
        clinic_code=body.clinic,
        doctor_id=body.doctor,
        reason=body.reason,
        address=body.address.model_dump(),
        person_id=person_id,
    )
    request = request_key(call.idempotency_key, "attachment", person_id or "", body.model_dump_json())
    made = request_attachment(tools=container(), principal=call.principal, wish=wish, at=call.at, request=request)
    return _shown(made)


def _withdrawn(call: Call, attachment_id: str, person_id: str | None = None) -> AttachmentOut:
    taken_back = withdraw_attachment(
        tools=container(),
        principal=call.principal,
        person_id=person_id,
        attachment_id=entity_id(attachment_id),
        at=call.at,
    )
    return _shown(taken_back)


@blueprint.route("GET", OWN, summary="Мои прикрепления", tag=TAG, roles=CITIZEN)
def mine(call: Call) -> AttachmentListOut:
    """Нынешнее, прежние и заявления; сначала новые."""
    return _listed(call)


@blueprint.route(
    "POST",
    OWN,
    status=201,
    summary="Прикрепиться к медицинской организации и врачу",
    tag=TAG,
    idempotent="optional",
    errors=(403, 409),
    roles=CITIZEN,
)
def request(call: Call, body: AttachmentIn) -> AttachmentOut:
    """Раз в год или после переезда; решение — в два рабочих дня, место у врача до него сохраняется."""
    return _requested(call, body)


@blueprint.route(
    "POST",
    f"{OWN}/{{attachment_id}}/withdrawal",
    summary="Отозвать заявление о прикреплении",
    tag=TAG,
    errors=(403, 404, 409),
    roles=CITIZEN,
)
def withdraw(call: Call, attachment_id: str) -> AttachmentOut:
    """Пока медицинская организация не решила; прежнее прикрепление остаётся."""
    return _withdrawn(call, attachment_id)


@blueprint.route("GET", REPRESENTED, summary="Прикрепления представляемого", tag=TAG, errors=(404,), roles=CITIZEN)
def represented(call: Call, person_id: str) -> AttachmentListOut:
    """То же, что о себе."""
    return _listed(call, entity_id(person_id))


@blueprint.route(
    "POST",
    REPRESENTED,
    status=201,
    summary="Прикрепить представляемого",
    tag=TAG,
    idempotent="optional",
    errors=(403, 404, 409),
    roles=CITIZEN,
)
def represented_request(call: Call, person_id: str, body: AttachmentIn) -> AttachmentOut:
    """Родитель так выбирает поликлинику новорождённому."""
    return _requested(call, body, entity_id(person_id))


@blueprint.route(
    "POST",
    f"{REPRESENTED}/{{attachment_id}}/withdrawal",
    summary="Отозвать заявление о прикреплении представляемого",
    tag=TAG,
    errors=(403, 404, 409),
    roles=CITIZEN,
)
def represented_withdraw(call: Call, person_id: str, attachment_id: str) -> AttachmentOut:
    """Пока медицинская организация не решила."""
    return _withdrawn(call, attachment_id, entity_id(person_id))
