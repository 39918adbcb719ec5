"""Routes by which clinics decide on attachments, and the fund sees what is late (requirement J2)."""

from __future__ import annotations

import re

from chalicelib.bootstrap import container
from chalicelib.domain.attachment_states import AttachmentWho
from chalicelib.domain.errors import FieldError, ValidationFailed
from chalicelib.http.applications import cursor_of, entity_id
from chalicelib.http.blueprint import ApiBlueprint, Call, Reply
from chalicelib.http.models import Page, PageQuery
from chalicelib.http.pagination import decode_cursor
from chalicelib.http.persons import person_ref
from chalicelib.http.schemas.attachments import (
    AttachmentCaseOut,
    AttachmentDecisionIn,
    AttachmentOut,
    AttachmentRowOut,
    AttachmentsQuery,
    LateRequestOut,
    PartQuery,
    attachment_out,
    attachment_row_out,
    case_out,
)
from chalicelib.use_cases import handle_attachments as use_cases
from chalicelib.use_cases.attachment_file import monthly_file

blueprint = ApiBlueprint(__name__)

TAG = "clinic-desk"
REGISTRAR = ("clinic_registrar",)
ALL = "/v1/clinic/attachments"
ONE = f"{ALL}/{{person_id}}/{{attachment_id}}"
_PLACE = re.compile(r"[0-9A-Za-z_-]{1,64}#[0-9]{4}-[0-9]{2}-[0-9]{2}#[0-9A-HJKMNP-TV-Z]{26}")


def place_after(cursor: str | None) -> str | None:
    """Read after which item of a clinic's list a page begins; raises ValidationFailed."""
    key = decode_cursor(cursor)
    if key is None:
        return None
    place = key.get("after", "")
    if not _PLACE.fullmatch(place):
        message = "Передайте значение next_cursor предыдущей страницы без изменений"
        raise ValidationFailed([FieldError(field="cursor", code="invalid_cursor", message=message)])
    return place


@blueprint.route("GET", ALL, summary="Прикрепления: список по состоянию", tag=TAG, errors=(403,), roles=REGISTRAR)
def listed(call: Call, query: AttachmentsQuery) -> Page[AttachmentRowOut]:
    """Только своей медицинской организации; заявления — по сроку решения, так что просроченные видны первыми."""
    found = use_cases.clinics_attachments(
        tools=container(),
        principal=call.principal,
        state=query.state,
        limit=query.limit,
        after=place_after(query.cursor),
    )
    rows = [attachment_row_out(one, AttachmentWho.CLINIC) for one in found.items]
    return Page[AttachmentRowOut](items=rows, next_cursor=cursor_of(found.after))


@blueprint.route(
    "GET", f"{ONE}/details", summary="Прикрепление с пациентом", tag=TAG, errors=(403, 404), roles=REGISTRAR
)
def view(call: Call, person_id: str, attachment_id: str) -> AttachmentCaseOut:
    """Просмотр записывается в журнал пациента."""
    found, person = use_cases.view_attachment(
        tools=container(),
        principal=call.principal,
        person_id=person_ref(person_id),
        attachment_id=entity_id(attachment_id),
        at=call.at,
    )
    return case_out(found, person, clinic_name=container().store.clinic_name(code=found.clinic_code))


@blueprint.route(
    "POST",
    f"{ONE}/decision",
    summary="Прикрепить или отказать",
    tag=TAG,
    errors=(403, 404, 409),
    roles=REGISTRAR,
)
def decide(call: Call, person_id: str, attachment_id: str, body: AttachmentDecisionIn) -> AttachmentOut:
    """С этого дня прежнее прикрепление прекращается; заявителю и прежней организации уходит сообщение."""
    decision = use_cases.AttachmentDecision(
        person_id=person_ref(person_id),
        attachment_id=entity_id(attachment_id),
        refusal=body.refusal,
        comment=body.comment.strip(),
    )
    found = use_cases.decide_attachment(tools=container(), principal=call.principal, decision=decision, at=call.at)
    name = container().store.clinic_name(code=found.clinic_code)
    return attachment_out(found, AttachmentWho.CLINIC, clinic_name=name)


@blueprint.route(
    "GET",
    "/v1/clinic/attachment-files/{month}",
    summary="Файл прикреплений за месяц",
    tag=TAG,
    errors=(403, 404),
    content_type="text/csv; charset=utf-8",
    roles=REGISTRAR,
)
def monthly(call: Call, month: str, query: PartQuery) -> Reply[str]:
    """Для регистра застрахованных лиц (приказ ФОМС № 79, Б.8); следующую часть называет заголовок Link."""
    made = monthly_file(tools=container(), principal=call.principal, month=month, part=query.part)
    headers = {"Content-Disposition": f'attachment; filename="{made.name}"'}
    if made.following is not None:
        headers["Link"] = f'</v1/clinic/attachment-files/{month}?part={made.following}>; rel="next"'
    return Reply(made.text, headers=headers)


@blueprint.route(
    "GET",
    "/v1/fund/late-attachments",
    summary="Заявления о прикреплении, не решённые в срок",
    tag=TAG,
    errors=(403,),
    roles=("fund_operator",),
)
def late(call: Call, query: PageQuery) -> Page[LateRequestOut]:
    """По всем медицинским организациям своего региона; сначала самые давние."""
    found = use_cases.late_requests(
        tools=container(), principal=call.principal, limit=query.limit, after=place_after(query.cursor)
    )
    store = container().store
    names = ("attachment_id", "clinic_code", "doctor_id", "requested_at", "due_on")
    rows = [
        LateRequestOut(
            **{name: getattr(one, name) for name in names}, clinic_name=store.clinic_name(code=one.clinic_code)
        )
        for one in found.items
    ]
    return Page[LateRequestOut](items=rows, next_cursor=cursor_of(found.after))
