"""Routes of operators' statistics, as JSON and CSV (requirement O3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.bootstrap import container
from chalicelib.http.blueprint import ApiBlueprint, Call, Reply
from chalicelib.http.csv_text import CONTENT_TYPE, MEDIA_TYPE, csv_text, wants_csv
from chalicelib.http.schemas.case_statistics import (
    StatisticsOut,
    StatisticsQuery,
    statistics_out,
    statistics_rows,
)
from chalicelib.http.schemas.delivery_statistics import (
    DeliveryStatisticsOut,
    delivery_statistics_out,
    delivery_statistics_rows,
)
from chalicelib.use_cases.case_statistics import Period, case_statistics
from chalicelib.use_cases.delivery_statistics import delivery_statistics

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

blueprint = ApiBlueprint(__name__)

TAG = "operators"
READERS = ("insurer_operator", "fund_operator", "auditor")


@blueprint.route("GET", "/v1/operator/statistics", summary="Статистика", tag=TAG, also=MEDIA_TYPE, roles=READERS)
def statistics(call: Call, query: StatisticsQuery) -> Reply[StatisticsOut]:
    """По заявлениям, поданным в период: состояния, виды, отказы, просрочка, срок решения. CSV — с Accept: text/csv."""
    report = case_statistics(
        tools=container(),
        principal=call.principal,
        period=Period(since=query.from_, until=query.until),
        at=call.at,
        insurer=query.insurer,
        region=query.region,
    )
    shown = statistics_out(report)
    return _reply(call, shown, statistics_rows(shown))


@blueprint.route(
    "GET",
    "/v1/operator/delivery-statistics",
    summary="Статистика доставки выписок",
    tag=TAG,
    also=MEDIA_TYPE,
    roles=READERS,
)
def deliveries(call: Call, query: StatisticsQuery) -> Reply[DeliveryStatisticsOut]:
    """По выпискам на бумаге, заказанным в период: состояния, способы, просрочка, срок. CSV — с Accept: text/csv."""
    report = delivery_statistics(
        tools=container(),
        principal=call.principal,
        period=Period(since=query.from_, until=query.until),
        at=call.at,
        insurer=query.insurer,
        region=query.region,
    )
    shown = delivery_statistics_out(report)
    return _reply(call, shown, delivery_statistics_rows(shown))


def _reply(call: Call, shown: Any, rows: Iterable[tuple[str, ...]]) -> Reply[Any]:
    headers = {"Vary": "Accept"}
    if wants_csv(call.headers.get("accept")):
        return Reply(csv_text(rows), content_type=CONTENT_TYPE, headers=headers)
    return Reply(shown, headers=headers)
