"""Routes of operators: the queue, a case, the lease, questions, decisions (requirements B9, D2, O1-O3)."""

from __future__ import annotations

import re
from datetime import date

from chalicelib.bootstrap import container
from chalicelib.domain.errors import FieldError, ValidationFailed
from chalicelib.domain.refusal_catalogue import FREE_TEXT, Reason
from chalicelib.http.applications import entity_id
from chalicelib.http.blueprint import ApiBlueprint, Call, Reply
from chalicelib.http.models import Page
from chalicelib.http.pagination import decode_cursor, encode_cursor
from chalicelib.http.schemas.applications import ApplicationOut, application_out
from chalicelib.http.schemas.operators import (
    CaseOut,
    CaseRowOut,
    CasesQuery,
    ClarificationIn,
    DecisionIn,
    LeaseOut,
    SendBackIn,
    case_out,
    case_row,
    lease_out,
)
from chalicelib.use_cases.ask_applicant import ask_applicant
from chalicelib.use_cases.clarifications import Question
from chalicelib.use_cases.decide_application import Decision, decide_application, send_back
from chalicelib.use_cases.idempotency import request_key
from chalicelib.use_cases.lease_case import release_case, take_case
from chalicelib.use_cases.operator_queue import Wanted, list_cases
from chalicelib.use_cases.view_case import view_case

blueprint = ApiBlueprint(__name__)

TAG = "operators"
OPERATORS = ("insurer_operator", "fund_operator")
READERS = (*OPERATORS, "auditor")
CASE = "/v1/operator/applications/{application_id}"
_ID = re.compile(r"[0-9A-HJKMNP-TV-Z]{26}")


@blueprint.route(
    "GET", "/v1/operator/applications", summary="Очередь: что ждёт человека или просрочено", tag=TAG, roles=READERS
)
def queue(call: Call, query: CasesQuery) -> Page[CaseRowOut]:
    """Своей страховой организации или своего региона, сначала с ближайшим сроком; о самом человеке — ничего."""
    wanted = Wanted(**query.model_dump(exclude={"cursor"}), after=place_of(query.cursor))
    found = list_cases(tools=container(), principal=call.principal, wanted=wanted, at=call.at)
    following = {"due": found.after[0].isoformat(), "id": found.after[1]} if found.after else None
    return Page[CaseRowOut](
        items=[case_row(case, principal=call.principal, at=call.at) for case in found.items],
        next_cursor=encode_cursor(following),
    )


def place_of(cursor: str | None) -> tuple[date, str] | None:
    """Read the place after which a page of what is due begins; raises ValidationFailed."""
    key = decode_cursor(cursor)
    if key is None:
        return None
    try:
        due_on, last = date.fromisoformat(key.get("due", "")), key.get("id", "")
    except ValueError:
        due_on, last = date.min, ""
    if not _ID.fullmatch(last):
        message = "Передайте значение next_cursor предыдущей страницы без изменений"
        raise ValidationFailed([FieldError(field="cursor", code="invalid_cursor", message=message)])
    return due_on, last


@blueprint.route("GET", CASE, summary="Заявление целиком", tag=TAG, etag=True, errors=(404, 409), roles=OPERATORS)
def case(call: Call, application_id: str) -> Reply[CaseOut]:
    """Форма, проверки с ответами, история, скан-копии, чего не хватает. Просмотр виден человеку в его журнале."""
    found = view_case(tools=container(), principal=call.principal, application_id=entity_id(application_id), at=call.at)
    shown = case_out(found, principal=call.principal, at=call.at)
    return Reply(shown, version=shown.version)


@blueprint.route("POST", f"{CASE}/lease", summary="Взять заявление в работу", tag=TAG, errors=(409,), roles=OPERATORS)
def lease(call: Call, application_id: str) -> LeaseOut | None:
    """На 30 минут; каждое действие и просмотр начинают срок заново. Взятое другим — 409 с временем освобождения."""
    taken = take_case(tools=container(), principal=call.principal, application_id=entity_id(application_id), at=call.at)
    return lease_out(taken.lease, principal=call.principal)


@blueprint.route(
    "POST", f"{CASE}/release", summary="Вернуть заявление в очередь", tag=TAG, errors=(409,), roles=OPERATORS
)
def release(call: Call, application_id: str) -> None:
    """Если заявление никто не держит, ничего не меняется."""
    release_case(tools=container(), principal=call.principal, application_id=entity_id(application_id), at=call.at)


@blueprint.route(
    "POST",
    f"{CASE}/clarification",
    summary="Запросить у заявителя уточнение",
    tag=TAG,
    idempotent="optional",
    errors=(404, 409),
    roles=OPERATORS,
)
def clarification(call: Call, application_id: str, body: ClarificationIn) -> ApplicationOut:
    """Поля и документы, пять рабочих дней на ответ; срок решения на это время останавливается. Нужно взять в работу."""
    question = Question(
        fields=tuple(dict.fromkeys(body.fields)),
        documents=tuple(dict.fromkeys(body.documents)),
        message=body.message,
    )
    asked = ask_applicant(
        tools=container(),
        principal=call.principal,
        application_id=entity_id(application_id),
        question=question,
        at=call.at,
        request=request_key(call.idempotency_key, "clarification", application_id, body.model_dump_json()),
    )
    return application_out(asked)


@blueprint.route(
    "POST",
    f"{CASE}/verification",
    summary="Отправить на повторную проверку",
    tag=TAG,
    idempotent="optional",
    errors=(404, 409),
    roles=OPERATORS,
)
def verification(call: Call, application_id: str, body: SendBackIn) -> ApplicationOut:
    """После технического сбоя: реестры опрашиваются заново, прежние ответы сохраняются. Нужно взять в работу."""
    sent = send_back(
        tools=container(),
        principal=call.principal,
        application_id=entity_id(application_id),
        note=body.note,
        at=call.at,
        request=request_key(call.idempotency_key, "verification", application_id, body.model_dump_json()),
    )
    return application_out(sent)


@blueprint.route(
    "POST",
    f"{CASE}/decision",
    summary="Решить по заявлению, которое не решили реестры",
    tag=TAG,
    idempotent="optional",
    errors=(403, 404, 409),
    roles=OPERATORS,
)
def decide(call: Call, application_id: str, body: DecisionIn) -> ApplicationOut:
    """Одобрить или отказать со всеми причинами сразу, из справочника или своими словами. Нужно взять в работу."""
    decided = decide_application(
        tools=container(),
        principal=call.principal,
        decision=Decision(
            application_id=entity_id(application_id),
            approve=body.approve,
            reasons=_reasons(body),
            note=body.reason if body.approve else "",
        ),
        at=call.at,
        request=request_key(call.idempotency_key, "decision", application_id, body.model_dump_json()),
    )
    return application_out(decided)


def _reasons(body: DecisionIn) -> tuple[Reason, ...]:
    given = [Reason(**reason.model_dump()) for reason in body.reasons]
    if not body.approve and (body.reason or not given):
        given.append(Reason(code=FREE_TEXT, message=body.reason, mend=body.mend))
    return tuple(given)
