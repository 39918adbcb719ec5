"""Routes by which files of the fund are taken in: protocols, stop lists and error reports (P4)."""

from __future__ import annotations

from chalicelib.bootstrap import container
from chalicelib.http.applications import after, cursor_of, entity_id
from chalicelib.http.blueprint import ApiBlueprint, Call, Reply
from chalicelib.http.models import Page
from chalicelib.http.pagination import encode_cursor
from chalicelib.http.registry_imports import page_number
from chalicelib.http.schemas.applications import LinkOut
from chalicelib.http.schemas.exchange import (
    AnswerRowOut,
    ExchangeQuery,
    FundAnswerIn,
    FundAnswerOrderOut,
    FundAnswerOut,
    answer_out,
    row_out,
)
from chalicelib.http.schemas.registry_imports import ReportQuery
from chalicelib.http.schemas.scans import upload_out
from chalicelib.use_cases import fund_answers as use_cases
from chalicelib.use_cases.change_files import LINK_SECONDS
from chalicelib.use_cases.idempotency import request_key

blueprint = ApiBlueprint(__name__)

TAG = "exchange"
OPERATORS = ("insurer_operator", "fund_operator")
ALL = "/v1/fund-answers"
ONE = f"{ALL}/{{answer_id}}"


@blueprint.route(
    "POST",
    ALL,
    status=201,
    summary="Загрузить файл фонда",
    tag=TAG,
    idempotent="optional",
    errors=(403, 404),
    roles=OPERATORS,
)
def order(call: Call, body: FundAnswerIn) -> Reply[FundAnswerOrderOut]:
    """REPLIST, STOPLIST или FLK_P отправляется формой из ответа, не больше 16 МБ. Повтор файла ничего не меняет."""
    job, form = use_cases.order_answer(
        tools=container(),
        principal=call.principal,
        name=body.name,
        media_type=body.media_type,
        at=call.at,
        request=request_key(call.idempotency_key, "fund_answer", body.name, body.media_type),
    )
    return Reply(
        FundAnswerOrderOut(fund_answer=answer_out(job), upload=upload_out(form)), location=f"{ALL}/{job.answer_id}"
    )


@blueprint.route("GET", ALL, summary="Файлы фонда", tag=TAG, roles=OPERATORS)
def listed(call: Call, query: ExchangeQuery) -> Page[FundAnswerOut]:
    """Сначала последние."""
    found = use_cases.list_answers(
        tools=container(),
        principal=call.principal,
        insurer_code=query.insurer,
        limit=query.limit,
        after=after(query.cursor),
    )
    return Page[FundAnswerOut](items=[answer_out(job) for job in found.items], next_cursor=cursor_of(found.after))


@blueprint.route("GET", ONE, summary="Ход приёма файла фонда", tag=TAG, etag=True, errors=(404,), roles=OPERATORS)
def view(call: Call, answer_id: str) -> Reply[FundAnswerOut]:
    """Сколько строк разобрано и что с ними стало."""
    job = use_cases.view_answer(tools=container(), principal=call.principal, answer_id=entity_id(answer_id))
    return Reply(answer_out(job), version=job.version)


@blueprint.route("GET", f"{ONE}/report", summary="Отчёт о файле фонда", tag=TAG, errors=(404,), roles=OPERATORS)
def report(call: Call, answer_id: str, query: ReportQuery) -> Page[AnswerRowOut]:
    """По страницам, в порядке строк файла: что стало с каждой, код ошибки, поле и как исправить."""
    number = page_number(query.cursor)
    page, follows = use_cases.view_report(
        tools=container(), principal=call.principal, answer_id=entity_id(answer_id), page=number
    )
    following = encode_cursor({"page": str(number + 1)}) if follows else None
    return Page[AnswerRowOut](items=[row_out(row) for row in page.rows], next_cursor=following)


@blueprint.route(
    "GET",
    f"{ONE}/protocol-link",
    summary="Скачать протокол ошибок FLK_P",
    tag=TAG,
    errors=(404, 409),
    roles=OPERATORS,
)
def protocol(call: Call, answer_id: str) -> LinkOut:
    """Протокол о загруженном файле в федеральных кодах; ссылка действует пять минут."""
    url = use_cases.report_link(tools=container(), principal=call.principal, answer_id=entity_id(answer_id))
    return LinkOut(url=url, expires_in=LINK_SECONDS)
