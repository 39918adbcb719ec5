"""Routes of corrections with four eyes (requirements D4, F7, O2)."""

from __future__ import annotations

from chalicelib.bootstrap import container
from chalicelib.http.applications import after, cursor_of, entity_id
from chalicelib.http.blueprint import ApiBlueprint, Call, Reply
from chalicelib.http.models import Page
from chalicelib.http.persons import person_ref
from chalicelib.http.schemas.corrections import (
    CorrectionIn,
    CorrectionOut,
    CorrectionsQuery,
    RejectionIn,
    ReversalIn,
    WholeCorrectionOut,
    correction_out,
    whole_correction_out,
)
from chalicelib.use_cases.corrections import (
    Proposal,
    list_corrections,
    propose_correction,
    propose_reversal,
    view_correction,
)
from chalicelib.use_cases.decide_correction import approve_correction, reject_correction
from chalicelib.use_cases.idempotency import request_key

blueprint = ApiBlueprint(__name__)

TAG = "corrections"
OPERATORS = ("insurer_operator", "fund_operator")
CORRECTIONS = "/v1/operator/corrections"
ONE = f"{CORRECTIONS}/{{correction_id}}"


@blueprint.route(
    "POST",
    CORRECTIONS,
    status=201,
    summary="Предложить исправление",
    tag=TAG,
    idempotent="optional",
    errors=(403, 404, 409),
    roles=OPERATORS,
)
def propose(call: Call, body: CorrectionIn) -> Reply[WholeCorrectionOut]:
    """Ничего не меняется, пока второй оператор не одобрит; в ответе — что именно изменится."""
    correction = propose_correction(
        tools=container(),
        principal=call.principal,
        proposal=Proposal(kind=body.kind, person_id=person_ref(body.person_id), reason=body.reason, values=body.values),
        at=call.at,
        request=request_key(call.idempotency_key, "correction", body.model_dump_json()),
    )
    return Reply(
        whole_correction_out(correction, by=call.principal.account_id),
        location=f"{CORRECTIONS}/{correction.correction_id}",
    )


@blueprint.route("GET", CORRECTIONS, summary="Исправления своей организации или региона", tag=TAG, roles=OPERATORS)
def listed(call: Call, query: CorrectionsQuery) -> Page[CorrectionOut]:
    """Сначала новые; по умолчанию те, что ждут второго оператора."""
    found = list_corrections(
        tools=container(),
        principal=call.principal,
        state=query.state,
        limit=query.limit,
        after=after(query.cursor),
    )
    return Page[CorrectionOut](
        items=[correction_out(correction, by=call.principal.account_id) for correction in found.items],
        next_cursor=cursor_of(found.after),
    )


@blueprint.route("GET", ONE, summary="Исправление", tag=TAG, errors=(404, 409), roles=OPERATORS)
def shown(call: Call, correction_id: str) -> WholeCorrectionOut:
    """С причиной и всем, что меняется; просмотр записывается в журнал человека."""
    correction = view_correction(
        tools=container(), principal=call.principal, correction_id=entity_id(correction_id), at=call.at
    )
    return whole_correction_out(correction, by=call.principal.account_id)


@blueprint.route(
    "POST",
    f"{ONE}/approval",
    summary="Одобрить чужое предложение: оно исполняется сразу",
    tag=TAG,
    errors=(403, 404, 409),
    roles=OPERATORS,
)
def approve(call: Call, correction_id: str) -> WholeCorrectionOut:
    """Одной транзакцией, если с предложения ничего не изменилось; повтор ничего не меняет."""
    correction = approve_correction(
        tools=container(), principal=call.principal, correction_id=entity_id(correction_id), at=call.at
    )
    return whole_correction_out(correction, by=call.principal.account_id)


@blueprint.route(
    "POST",
    f"{ONE}/rejection",
    summary="Отклонить чужое предложение",
    tag=TAG,
    errors=(403, 404, 409),
    roles=OPERATORS,
)
def reject(call: Call, correction_id: str, body: RejectionIn) -> WholeCorrectionOut:
    """С причиной, которую увидит предложивший."""
    correction = reject_correction(
        tools=container(),
        principal=call.principal,
        correction_id=entity_id(correction_id),
        reason=body.reason,
        at=call.at,
    )
    return whole_correction_out(correction, by=call.principal.account_id)


@blueprint.route(
    "POST",
    f"{ONE}/reversal",
    status=201,
    summary="Предложить отменить исполненное исправление",
    tag=TAG,
    idempotent="optional",
    errors=(403, 404, 409),
    roles=OPERATORS,
)
def reverse(call: Call, correction_id: str, body: ReversalIn) -> Reply[WholeCorrectionOut]:
    """Отмена — тоже исправление: её одобряет второй оператор, и она возвращает всё как было."""
    correction = propose_reversal(
        tools=container(),
        principal=call.principal,
        correction_id=entity_id(correction_id),
        reason=body.reason,
        at=call.at,
        request=request_key(call.idempotency_key, "reversal", correction_id, body.reason),
    )
    return Reply(
        whole_correction_out(correction, by=call.principal.account_id),
        location=f"{CORRECTIONS}/{correction.correction_id}",
    )
