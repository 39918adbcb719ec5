"""Routes of the civil registry, and of the operators to whom it leaves a question (requirement N1)."""

from __future__ import annotations

from http import HTTPStatus

from chalicelib.bootstrap import container
from chalicelib.domain.civil_record import Arrival
from chalicelib.http.applications import after, cursor_of, entity_id
from chalicelib.http.blueprint import ApiBlueprint, Call, Reply
from chalicelib.http.models import Page, PageQuery
from chalicelib.http.schemas.civil_registry import (
    CivilCaseDetailsOut,
    CivilCaseOut,
    CivilDecisionIn,
    CivilRecordIn,
    CivilRecordOut,
    civil_case_details_out,
    civil_case_out,
    civil_record_out,
)
from chalicelib.use_cases.civil_cases import CaseDecision, civil_cases, decide_civil_case, view_civil_case
from chalicelib.use_cases.receive_civil_record import receive_civil_record

blueprint = ApiBlueprint(__name__)

TAG = "civil-registry"
FUND = ("fund_operator",)
CASES = "/v1/operator/civil-records"
ONE = f"{CASES}/{{record_id}}"


@blueprint.route(
    "POST",
    "/v1/civil-registry/records",
    status=202,
    repeated=200,
    summary="Сообщить о рождении, исправлении или аннулировании записи",
    tag=TAG,
    errors=(409,),
    roles=("civil_registry",),
)
def receive_record(call: Call, body: CivilRecordIn) -> Reply[CivilRecordOut]:
    """202 — новая версия принята; 200 — повтор или более старая версия, ничего не меняется."""
    received = receive_civil_record(tools=container(), principal=call.principal, message=body.message(), at=call.at)
    is_new = received.arrival is Arrival.ACCEPTED
    return Reply(
        civil_record_out(received.record, received.arrival), status=HTTPStatus.ACCEPTED if is_new else HTTPStatus.OK
    )


@blueprint.route("GET", CASES, summary="Записи о рождении, которые ждут оператора", tag=TAG, roles=FUND)
def list_cases(call: Call, query: PageQuery) -> Page[CivilCaseOut]:
    """Только своего региона; сначала те, что ждут дольше. Без сведений о людях."""
    found = civil_cases(tools=container(), principal=call.principal, limit=query.limit, after=after(query.cursor))
    return Page[CivilCaseOut](
        items=[civil_case_out(record) for record in found.items], next_cursor=cursor_of(found.after)
    )


@blueprint.route("GET", ONE, summary="Запись о рождении целиком", tag=TAG, errors=(404, 409), roles=FUND)
def view_case(call: Call, record_id: str) -> CivilCaseDetailsOut:
    """Просмотр остаётся в журнале."""
    record = view_civil_case(tools=container(), principal=call.principal, record_id=entity_id(record_id), at=call.at)
    return civil_case_details_out(record)


@blueprint.route(
    "POST", f"{ONE}/decision", summary="Решить по записи о рождении", tag=TAG, errors=(404, 409), roles=FUND
)
def decide_case(call: Call, record_id: str, body: CivilDecisionIn) -> CivilCaseOut:
    """Продолжить оформление (со страховой организацией, если из записи она не следует) или отложить с причиной."""
    decision = CaseDecision(
        record_id=entity_id(record_id), proceed=body.proceed, insurer_code=body.insurer_code, reason=body.reason
    )
    return civil_case_out(decide_civil_case(tools=container(), principal=call.principal, decision=decision, at=call.at))
