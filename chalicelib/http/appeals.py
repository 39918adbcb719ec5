"""Routes of appeals against refusals (requirement L1)."""

from __future__ import annotations

from chalicelib.bootstrap import container
from chalicelib.http.applications import after, cursor_of, entity_id
from chalicelib.http.blueprint import ApiBlueprint, Call, Reply
from chalicelib.http.models import Page, PageQuery
from chalicelib.http.schemas.appeals import AppealIn, AppealOut, DocumentIn, GroundsIn, WordsIn, appeal_out
from chalicelib.http.schemas.applications import LinkOut
from chalicelib.http.schemas.scans import ScanOrderOut, ScanOut, scan_out, upload_out
from chalicelib.use_cases import appeal_documents as documents
from chalicelib.use_cases import appeals as use_cases
from chalicelib.use_cases.idempotency import request_key
from chalicelib.use_cases.scans import LINK_SECONDS

blueprint = ApiBlueprint(__name__)

TAG = "appeals"
CITIZEN = ("citizen",)
ALL = "/v1/appeals"
ONE = f"{ALL}/{{appeal_id}}"


@blueprint.route(
    "POST",
    ALL,
    status=201,
    summary="Начать жалобу на отказ",
    tag=TAG,
    idempotent="optional",
    errors=(403, 404, 409),
    roles=CITIZEN,
)
def begin(call: Call, body: AppealIn) -> Reply[AppealOut]:
    """Черновик, к которому прикладывают документы; подаётся отдельно. На один отказ — одна жалоба."""
    appeal = use_cases.begin_appeal(
        tools=container(),
        principal=call.principal,
        kind=body.subject,
        subject_id=entity_id(body.subject_id),
        at=call.at,
        request=request_key(call.idempotency_key, "appeal", body.model_dump_json()),
    )
    return Reply(appeal_out(appeal), location=f"{ALL}/{appeal.appeal_id}")


@blueprint.route("GET", ALL, summary="Мои жалобы", tag=TAG, roles=CITIZEN)
def appeals(call: Call, query: PageQuery) -> Page[AppealOut]:
    """Сначала новые; «may» говорит, что сейчас можно сделать."""
    found = use_cases.list_appeals(
        tools=container(), principal=call.principal, limit=query.limit, after=after(query.cursor)
    )
    return Page[AppealOut](items=[appeal_out(one) for one in found.items], next_cursor=cursor_of(found.after))


@blueprint.route("GET", ONE, summary="Жалоба", tag=TAG, errors=(404,), roles=CITIZEN)
def appeal(call: Call, appeal_id: str) -> AppealOut:
    """Состояние, срок, вопрос, решения с объяснением, документы и история."""
    file = use_cases.own_appeal(tools=container(), principal=call.principal, appeal_id=entity_id(appeal_id))
    return appeal_out(file.appeal, file)


@blueprint.route(
    "POST",
    f"{ONE}/documents",
    status=201,
    summary="Получить разрешение загрузить документ к жалобе",
    tag=TAG,
    idempotent="optional",
    errors=(403, 404, 409),
    roles=CITIZEN,
)
def order_document(call: Call, appeal_id: str, body: DocumentIn) -> ScanOrderOut:
    """Файл отправляется прямо в хранилище и проверяется, как скан-копии заявлений: PDF, JPG, PNG или HEIC, до 5 МБ."""
    scan, form = documents.order_document_upload(
        tools=container(),
        principal=call.principal,
        appeal_id=entity_id(appeal_id),
        media_type=body.media_type,
        at=call.at,
        request=request_key(call.idempotency_key, "appeal-document", appeal_id, body.media_type),
    )
    return ScanOrderOut(scan=scan_out(scan), upload=upload_out(form))


@blueprint.route(
    "GET",
    f"{ONE}/documents/{{evidence_id}}/details",
    summary="Что показала проверка документа",
    tag=TAG,
    errors=(404,),
    roles=CITIZEN,
)
def document(call: Call, appeal_id: str, evidence_id: str) -> ScanOut:
    """Принят или отклонён, с названием недостатка."""
    found = documents.own_document(
        tools=container(), principal=call.principal, appeal_id=entity_id(appeal_id), scan_id=entity_id(evidence_id)
    )
    return scan_out(found)


@blueprint.route(
    "GET",
    f"{ONE}/documents/{{evidence_id}}/preview",
    summary="Ссылка на просмотр документа",
    tag=TAG,
    errors=(404,),
    roles=CITIZEN,
)
def preview(call: Call, appeal_id: str, evidence_id: str) -> LinkOut:
    """Ссылка действует пять минут."""
    url = documents.document_preview(
        tools=container(), principal=call.principal, appeal_id=entity_id(appeal_id), scan_id=entity_id(evidence_id)
    )
    return LinkOut(url=url, expires_in=LINK_SECONDS)


@blueprint.route("POST", f"{ONE}/submission", summary="Подать жалобу", tag=TAG, errors=(403, 404, 409), roles=CITIZEN)
def submit(call: Call, appeal_id: str, body: GroundsIn) -> AppealOut:
    """Причины из справочника и свои слова; в ответе номер и срок решения — 10 рабочих дней. Повтор ничего не меняет."""
    grounds = use_cases.Grounds(reasons=tuple(dict.fromkeys(body.reasons)), text=body.text)
    filed = use_cases.file_appeal(
        tools=container(), principal=call.principal, appeal_id=entity_id(appeal_id), grounds=grounds, at=call.at
    )
    return appeal_out(filed)


@blueprint.route(
    "POST", f"{ONE}/answer", summary="Ответить на вопрос по жалобе", tag=TAG, errors=(403, 404, 409), roles=CITIZEN
)
def answer(call: Call, appeal_id: str, body: WordsIn) -> AppealOut:
    """Срок решения идёт дальше; документы к ответу загружаются раньше него."""
    answered = use_cases.answer_question(
        tools=container(), principal=call.principal, appeal_id=entity_id(appeal_id), text=body.text, at=call.at
    )
    return appeal_out(answered)


@blueprint.route(
    "POST",
    f"{ONE}/second-level",
    summary="Передать жалобу в территориальный фонд",
    tag=TAG,
    errors=(403, 404, 409),
    roles=CITIZEN,
)
def second_level(call: Call, appeal_id: str, body: WordsIn) -> AppealOut:
    """Если в жалобе отказано; фонд решает её за 10 рабочих дней."""
    taken = use_cases.escalate_appeal(
        tools=container(), principal=call.principal, appeal_id=entity_id(appeal_id), text=body.text, at=call.at
    )
    return appeal_out(taken)


@blueprint.route("POST", f"{ONE}/withdrawal", summary="Отозвать жалобу", tag=TAG, errors=(403, 404, 409), roles=CITIZEN)
def withdraw(call: Call, appeal_id: str) -> AppealOut:
    """Пока её не решили; тот же отказ можно обжаловать снова."""
    withdrawn = use_cases.withdraw_appeal(
        tools=container(), principal=call.principal, appeal_id=entity_id(appeal_id), at=call.at
    )
    return appeal_out(withdrawn)
