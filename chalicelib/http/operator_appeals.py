"""Routes by which operators decide appeals (requirements L1, O1-O3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.bootstrap import container
from chalicelib.http.applications import entity_id
from chalicelib.http.blueprint import ApiBlueprint, Call, Reply
from chalicelib.http.csv_text import CONTENT_TYPE, MEDIA_TYPE, csv_text, wants_csv
from chalicelib.http.models import Page
from chalicelib.http.operators import place_of
from chalicelib.http.pagination import encode_cursor
from chalicelib.http.schemas.appeal_statistics import (
    AppealStatisticsOut,
    appeal_statistics_out,
    appeal_statistics_rows,
)
from chalicelib.http.schemas.appeals import (
    AppealLineOut,
    AppealsQuery,
    HandledAppealOut,
    VerdictIn,
    WordsIn,
    appeal_line,
    handled_appeal_out,
)
from chalicelib.http.schemas.case_statistics import StatisticsQuery
from chalicelib.http.schemas.operators import LeaseOut, lease_out
from chalicelib.http.schemas.scans import ScanViewIn, ScanViewOut
from chalicelib.ports.appeals import AppealFile
from chalicelib.use_cases import handle_appeals as use_cases
from chalicelib.use_cases.appeal_documents import view_document
from chalicelib.use_cases.appeal_statistics import appeal_statistics
from chalicelib.use_cases.case_statistics import Period
from chalicelib.use_cases.scans import LINK_SECONDS
from chalicelib.use_cases.view_scans import PageView

if TYPE_CHECKING:
    from chalicelib.domain.appeal import Appeal

blueprint = ApiBlueprint(__name__)

TAG = "appeals"
OPERATORS = ("insurer_operator", "fund_operator")
READERS = (*OPERATORS, "auditor")
ALL = "/v1/operator/appeals"
ONE = f"{ALL}/{{appeal_id}}"


@blueprint.route("GET", ALL, summary="Жалобы, которые нужно решить", tag=TAG, roles=OPERATORS)
def listed(call: Call, query: AppealsQuery) -> Page[AppealLineOut]:
    """Своей страховой организации или своего региона, сначала с ближайшим сроком; о самом человеке — ничего."""
    found, more = use_cases.appeals_to_decide(
        tools=container(), principal=call.principal, limit=query.limit, after=place_of(query.cursor)
    )
    following = {"due": found[-1].due_on.isoformat(), "id": found[-1].appeal_id} if more else None
    lines = [appeal_line(summary, principal=call.principal, at=call.at) for summary in found]
    wanted = [line for line in lines if query.overdue in {None, line.is_overdue}]
    return Page[AppealLineOut](items=wanted, next_cursor=encode_cursor(following))


@blueprint.route("GET", f"{ONE}/details", summary="Жалоба целиком", tag=TAG, errors=(403, 404), roles=OPERATORS)
def shown(call: Call, appeal_id: str) -> HandledAppealOut:
    """С доводами, документами, решениями и историей; просмотр записывается в журнал заявителя."""
    file = use_cases.view_appeal(
        tools=container(), principal=call.principal, appeal_id=entity_id(appeal_id), at=call.at
    )
    return handled_appeal_out(file, principal=call.principal, at=call.at)


@blueprint.route(
    "POST", f"{ONE}/lease", summary="Взять жалобу в работу", tag=TAG, errors=(403, 404, 409), roles=OPERATORS
)
def lease(call: Call, appeal_id: str) -> LeaseOut | None:
    """На 30 минут; не тому, кто отказал или уже решал её. Взятую другим — 409 с временем освобождения."""
    taken = use_cases.take(tools=container(), principal=call.principal, appeal_id=entity_id(appeal_id), at=call.at)
    return lease_out(taken.lease, principal=call.principal)


@blueprint.route(
    "POST", f"{ONE}/release", summary="Вернуть жалобу в очередь", tag=TAG, errors=(403, 404, 409), roles=OPERATORS
)
def release(call: Call, appeal_id: str) -> None:
    """Если жалобу никто не держит, ничего не меняется."""
    use_cases.give_back(tools=container(), principal=call.principal, appeal_id=entity_id(appeal_id), at=call.at)


@blueprint.route(
    "POST", f"{ONE}/question", summary="Спросить заявителя", tag=TAG, errors=(403, 404, 409), roles=OPERATORS
)
def question(call: Call, appeal_id: str, body: WordsIn) -> HandledAppealOut:
    """Пять рабочих дней на ответ, срок решения на это время останавливается. Нужно взять в работу."""
    asked = use_cases.ask_appellant(
        tools=container(), principal=call.principal, appeal_id=entity_id(appeal_id), text=body.text, at=call.at
    )
    return _changed(call, asked)


@blueprint.route("POST", f"{ONE}/decision", summary="Решить жалобу", tag=TAG, errors=(403, 404, 409), roles=OPERATORS)
def decide(call: Call, appeal_id: str, body: VerdictIn) -> HandledAppealOut:
    """Удовлетворённая жалоба сама отменяет отказ: дело идёт дальше с того места, где отказали. Нужно взять в работу."""
    verdict = use_cases.Verdict(
        upheld=body.uphold, explanation=body.explanation, topic=body.topic, carry_out=body.carry_out
    )
    decided = use_cases.decide_appeal(
        tools=container(), principal=call.principal, appeal_id=entity_id(appeal_id), verdict=verdict, at=call.at
    )
    return _changed(call, decided)


def _changed(call: Call, appeal: Appeal) -> HandledAppealOut:
    return handled_appeal_out(AppealFile(appeal=appeal), principal=call.principal, at=call.at)


@blueprint.route(
    "POST",
    f"{ONE}/documents/{{evidence_id}}/views",
    summary="Открыть страницу документа к жалобе",
    tag=TAG,
    errors=(403, 404, 409),
    roles=OPERATORS,
)
def document_view(call: Call, appeal_id: str, evidence_id: str, body: ScanViewIn) -> ScanViewOut:
    """Ссылка на копию с водяным знаком того, кто смотрит, действует пять минут; заявитель видит просмотр в журнале."""
    view = PageView(
        application_id=entity_id(appeal_id), scan_id=entity_id(evidence_id), page=body.page, degrees=body.rotate
    )
    page = view_document(tools=container(), principal=call.principal, view=view, at=call.at)
    return ScanViewOut(url=page.url, expires_in=LINK_SECONDS, page=page.page, pages=page.pages)


@blueprint.route(
    "GET",
    "/v1/operator/appeal-statistics",
    summary="Статистика жалоб по темам",
    tag=TAG,
    also=MEDIA_TYPE,
    roles=READERS,
)
def statistics(call: Call, query: StatisticsQuery) -> Reply[AppealStatisticsOut]:
    """По жалобам, поданным в период: темы журнала, исходы, просрочка, срок решения. CSV — с Accept: text/csv."""
    report = appeal_statistics(
        tools=container(),
        principal=call.principal,
        period=Period(since=query.from_, until=query.until),
        at=call.at,
        insurer=query.insurer,
        region=query.region,
    )
    figures = appeal_statistics_out(report)
    headers = {"Vary": "Accept"}
    if wants_csv(call.headers.get("accept")):
        rows = appeal_statistics_rows(figures)
        return Reply(csv_text(rows), content_type=CONTENT_TYPE, headers=headers)  # type: ignore[arg-type]
    return Reply(figures, headers=headers)
