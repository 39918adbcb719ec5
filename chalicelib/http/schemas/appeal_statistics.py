"""Statistics of appeals by topic as JSON and CSV (requirements L1, O3)."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from pydantic import Field

from chalicelib.domain.appeal_rules import LEVELS, SUBJECTS, TOPICS
from chalicelib.domain.appeal_states import APPEAL_STATE_TITLES
from chalicelib.domain.case_summary import ScopeKind
from chalicelib.http.models import Out
from chalicelib.http.schemas.case_statistics import CSV_HEAD, TimeOut, figure_text, time_out

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from chalicelib.domain.appeal_summary import TopicFigures
    from chalicelib.use_cases.appeal_statistics import AppealReport


class TopicOut(Out):
    """The appeals of one topic, or all."""

    filed: int
    open: int
    upheld: int
    rejected: int
    withdrawn: int
    overdue: int


class AppealStatisticsOut(Out):
    """The appeals filed in the period, as they stand now; by code, without what there is none of."""

    scope: ScopeKind
    code: str
    from_: date = Field(serialization_alias="from")
    until: date
    total: TopicOut
    by_topic: dict[str, TopicOut]
    by_subject: dict[str, int]
    by_state: dict[str, int]
    by_level: dict[str, int]
    time_to_decision: TimeOut


def appeal_statistics_out(report: AppealReport) -> AppealStatisticsOut:
    """Present the figures."""
    figures = report.figures
    return AppealStatisticsOut(
        scope=report.scope.kind,
        code=report.scope.code,
        from_=report.since,
        until=report.until,
        total=_topic(figures.total),
        by_topic={topic: _topic(found) for topic, found in figures.by_topic.items()},
        by_subject=dict(figures.by_subject),
        by_state=dict(figures.by_state),
        by_level=dict(figures.by_level),
        time_to_decision=time_out(figures.time_to_decision),
    )


def _topic(figures: TopicFigures) -> TopicOut:
    return TopicOut(**{name: getattr(figures, name) for name in TopicOut.model_fields})


_COLUMNS = {
    "filed": "подано",
    "open": "не решено",
    "upheld": "удовлетворено",
    "rejected": "отказано",
    "withdrawn": "отозвано",
    "overdue": "просрочено",
}
_GROUPS: Mapping[str, Mapping[str, str]] = {
    "by_subject": {kind.value: rule.title for kind, rule in SUBJECTS.items()},
    "by_state": {state.value: title for state, title in APPEAL_STATE_TITLES.items()},
    "by_level": {level.value: rule.title for level, rule in LEVELS.items()},
}


def appeal_statistics_rows(statistics: AppealStatisticsOut) -> Iterator[tuple[str, ...]]:
    """Lay the figures out as rows: group, code, title, value; a topic has a row for each of its figures."""
    yield CSV_HEAD
    yield "scope", statistics.code, f"{statistics.from_} – {statistics.until}", statistics.scope.value
    for name, title in _COLUMNS.items():
        yield "total", name, f"Жалобы: {title}", str(getattr(statistics.total, name))
    for topic, figures in statistics.by_topic.items():
        for name, title in _COLUMNS.items():
            yield "by_topic", f"{topic}.{name}", f"{TOPICS[topic]}: {title}", str(getattr(figures, name))
    for group, titles in _GROUPS.items():
        counts: Mapping[str, int] = getattr(statistics, group)
        for code, count in counts.items():
            yield group, code, titles[code], str(count)
    spread = statistics.time_to_decision
    yield "time_to_decision", "median_hours", "Медиана срока решения, часов", figure_text(spread.median_hours)
    yield "time_to_decision", "p90_hours", "Срок решения 90 % жалоб, часов", figure_text(spread.p90_hours)
