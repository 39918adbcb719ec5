"""Statistics of papers on their way as JSON and CSV (requirements F8, O3)."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from pydantic import Field

from chalicelib.domain.case_summary import ScopeKind
from chalicelib.domain.delivery_states import DELIVERY_STATE_TITLES
from chalicelib.http.models import Out
from chalicelib.http.schemas.case_statistics import CSV_HEAD, TimeOut

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from chalicelib.use_cases.delivery_statistics import DeliveryReport

_HOUR = 3600


class DeliveryStatisticsOut(Out):
    """The papers ordered in the period, as they stand now; by code, without what there is none of."""

    scope: ScopeKind
    code: str
    from_: date = Field(serialization_alias="from")
    until: date
    ordered: int
    by_state: dict[str, int]
    by_method: dict[str, int]
    by_insurer: dict[str, int]
    overdue: int
    arrived: int
    time_to_arrival: TimeOut


def delivery_statistics_out(report: DeliveryReport) -> DeliveryStatisticsOut:
    """Present the figures."""
    figures, spread = report.figures, report.figures.time_to_arrival
    return DeliveryStatisticsOut(
        scope=report.scope.kind,
        code=report.scope.code,
        from_=report.since,
        until=report.until,
        ordered=figures.ordered,
        by_state=dict(figures.by_state),
        by_method=dict(figures.by_method),
        by_insurer=dict(figures.by_insurer),
        overdue=figures.overdue,
        arrived=figures.arrived,
        time_to_arrival=TimeOut(
            count=figures.arrived,
            median_hours=round(spread.median / _HOUR, 2) if spread else None,
            p90_hours=round(spread.p90 / _HOUR, 2) if spread else None,
        ),
    )


_TOTALS = {"ordered": "Заказано", "overdue": "Просрочено", "arrived": "Получено"}
_GROUPS: Mapping[str, Mapping[str, str]] = {
    "by_state": {code.value: title for code, title in DELIVERY_STATE_TITLES.items()},
    "by_method": {"office": "В пункте выдачи", "post": "Почтой"},
    "by_insurer": {},
}


def delivery_statistics_rows(statistics: DeliveryStatisticsOut) -> Iterator[tuple[str, ...]]:
    """Lay the figures out as rows: group, code, title, value."""
    yield CSV_HEAD
    yield "scope", statistics.code, f"{statistics.from_} – {statistics.until}", statistics.scope.value
    for name, title in _TOTALS.items():
        yield "total", name, title, str(getattr(statistics, name))
    spread = statistics.time_to_arrival
    yield "time_to_arrival", "median_hours", "Медиана срока доставки, часов", _figure(spread.median_hours)
    yield "time_to_arrival", "p90_hours", "Срок доставки 90 % выписок, часов", _figure(spread.p90_hours)
    for group, titles in _GROUPS.items():
        counts: Mapping[str, int] = getattr(statistics, group)
        for code, count in counts.items():
            yield group, code, titles.get(code, ""), str(count)


def _figure(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}"
