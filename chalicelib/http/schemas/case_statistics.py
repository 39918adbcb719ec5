"""Statistics of operators' work as JSON and CSV (requirement O3)."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from pydantic import Field

from chalicelib.domain.application import CATEGORY_TITLES, KIND_TITLES
from chalicelib.domain.application_states import STATE_TITLES
from chalicelib.domain.case_summary import ScopeKind
from chalicelib.domain.operator_case import REASON_TEXTS
from chalicelib.domain.refusal_catalogue import CATALOGUE
from chalicelib.domain.regions import REGIONS
from chalicelib.http.models import IsoDate, Out, Query

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from chalicelib.domain.case_statistics import Spread
    from chalicelib.use_cases.case_statistics import Report

_EARLIEST, _LATEST = date(2020, 1, 1), date(2100, 1, 1)
_HOUR = 3600


class StatisticsQuery(Query):
    """The period and, for auditors, whose work."""

    from_: IsoDate | None = Field(
        default=None, alias="from", ge=_EARLIEST, le=_LATEST, description="Первый день подачи; без него — за 30 дней"
    )
    until: IsoDate | None = Field(
        default=None, ge=_EARLIEST, le=_LATEST, description="Первый день после периода; без него — завтра"
    )
    insurer: str | None = Field(default=None, pattern=r"^[0-9]{5}$", description="Код страховой организации")
    region: str | None = Field(default=None, pattern=r"^[0-9]{2}$", description="Код региона")


class TimeOut(Out):
    """How many hours a decision took, without the time of the applicants' answers; null where nothing is decided."""

    count: int
    median_hours: float | None
    p90_hours: float | None


class StatisticsOut(Out):
    """The applications filed in the period, as they stand now; by code, without what there is none of."""

    scope: ScopeKind
    code: str
    from_: date = Field(serialization_alias="from")
    until: date
    filed: int
    by_state: dict[str, int]
    by_kind: dict[str, int]
    by_category: dict[str, int]
    by_region: dict[str, int]
    by_insurer: dict[str, int]
    waiting: int
    waiting_by_reason: dict[str, int]
    overdue: int
    decided: int
    refused: int
    refusals_by_reason: dict[str, int]
    time_to_decision: TimeOut


def statistics_out(report: Report) -> StatisticsOut:
    """Present the figures."""
    figures = report.figures
    return StatisticsOut(
        scope=report.scope.kind,
        code=report.scope.code,
        from_=report.since,
        until=report.until,
        filed=figures.filed,
        by_state=dict(figures.by_state),
        by_kind=dict(figures.by_kind),
        by_category=dict(figures.by_category),
        by_region=dict(figures.by_region),
        by_insurer=dict(figures.by_insurer),
        waiting=figures.waiting,
        waiting_by_reason=dict(figures.waiting_by_reason),
        overdue=figures.overdue,
        decided=figures.decided,
        refused=figures.refused,
        refusals_by_reason=dict(figures.refusals_by_reason),
        time_to_decision=time_out(figures.time_to_decision),
    )


def time_out(spread: Spread | None) -> TimeOut:
    """Present how long decisions took."""
    return TimeOut(
        count=spread.count if spread else 0,
        median_hours=round(spread.median / _HOUR, 2) if spread else None,
        p90_hours=round(spread.p90 / _HOUR, 2) if spread else None,
    )


_TOTALS = {
    "filed": "Подано",
    "waiting": "Ждут оператора",
    "overdue": "Просрочено",
    "decided": "Решено",
    "refused": "Отказано",
}
_GROUPS: Mapping[str, Mapping[str, str]] = {
    "by_state": {code.value: title for code, title in STATE_TITLES.items()},
    "by_kind": {code.value: title for code, title in KIND_TITLES.items()},
    "by_category": {code.value: title for code, title in CATEGORY_TITLES.items()},
    "by_region": {code: region.name for code, region in REGIONS.items()},
    "by_insurer": {},
    "waiting_by_reason": {code.value: text.title for code, text in REASON_TEXTS.items()},
    "refusals_by_reason": {code: entry.message for code, entry in CATALOGUE.items()},
}
CSV_HEAD = ("group", "code", "title", "value")


def statistics_rows(statistics: StatisticsOut) -> Iterator[tuple[str, ...]]:
    """Lay the figures out as rows: group, code, title, value."""
    yield CSV_HEAD
    period = f"{statistics.from_} – {statistics.until}"
    yield "scope", statistics.code, period, statistics.scope.value
    for name, title in _TOTALS.items():
        yield "total", name, title, str(getattr(statistics, name))
    spread = statistics.time_to_decision
    yield "time_to_decision", "median_hours", "Медиана срока решения, часов", figure_text(spread.median_hours)
    yield "time_to_decision", "p90_hours", "Срок решения 90 % заявлений, часов", figure_text(spread.p90_hours)
    for group, titles in _GROUPS.items():
        counts: Mapping[str, int] = getattr(statistics, group)
        for code, count in counts.items():
            yield group, code, titles.get(code, ""), str(count)


def figure_text(value: float | None) -> str:
    """A figure as CSV has it, nothing for none."""
    return "" if value is None else f"{value:.2f}"
