"""Figures of a scope's work: how many of what, how long decisions take, why is refused (requirement O3)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from chalicelib.domain.application_states import ApplicationState

if TYPE_CHECKING:
    from chalicelib.domain.case_summary import CaseSummary

MEDIAN = 0.5
MOST = 0.9


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """How long decisions took, in seconds: half of them at most the median, nine of ten at most ``p90``."""

    count: int
    median: float
    p90: float


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseStatistics:
    """The applications filed in a period, as they stand now.

    ``waiting`` are those that need an operator, ``overdue`` those whose decision is or was late. Counts by a code leave
    out what there is none of. ``by_day`` counts the states of what was filed on a day (in ISO 8601, by the clock of the
    region); ``decided_within`` how many decisions took up to a limit of `LIMITS` and longer than the one before.
    """

    filed: int = 0
    by_state: Mapping[str, int] = field(default_factory=dict)
    by_kind: Mapping[str, int] = field(default_factory=dict)
    by_category: Mapping[str, int] = field(default_factory=dict)
    by_region: Mapping[str, int] = field(default_factory=dict)
    by_insurer: Mapping[str, int] = field(default_factory=dict)
    waiting: int = 0
    waiting_by_reason: Mapping[str, int] = field(default_factory=dict)
    overdue: int = 0
    decided: int = 0
    refused: int = 0
    refusals_by_reason: Mapping[str, int] = field(default_factory=dict)
    time_to_decision: Spread | None = None
    by_day: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    decided_within: Mapping[str, int] = field(default_factory=dict)


_HOUR = 3600
LIMITS: Mapping[str, int] = {
    "hour": _HOUR,
    "day": 24 * _HOUR,
    "three_days": 72 * _HOUR,
    "week": 7 * 24 * _HOUR,
    "month": 30 * 24 * _HOUR,
}
"""Up to how many seconds a decision may take to be counted under a name; what takes longer is `LONGER`."""

LONGER = "longer"


def statistics_of(summaries: Iterable[CaseSummary]) -> CaseStatistics:
    """Count applications; one that is told twice counts once, as it was told last."""
    cases = list({summary.application_id: summary for summary in summaries}.values())
    refused = [case for case in cases if case.state is ApplicationState.REFUSED]
    waiting = [case for case in cases if case.needs_operator]
    seconds = [case.decided.seconds for case in cases if case.decided]
    return CaseStatistics(
        filed=len(cases),
        by_state=_counted(case.state.value for case in cases),
        by_kind=_counted(case.kind.value for case in cases),
        by_category=_counted(case.category.value for case in cases),
        by_region=_counted(case.region for case in cases),
        by_insurer=_counted(case.insurer_code for case in cases),
        waiting=len(waiting),
        waiting_by_reason=_counted(case.waits.value for case in waiting if case.waits),
        overdue=sum(case.is_overdue for case in cases),
        decided=len(seconds),
        refused=len(refused),
        refusals_by_reason=_counted(code for case in refused for code in case.refusals),
        time_to_decision=spread_of(seconds),
        by_day=_by_day(cases),
        decided_within=distribution(seconds),
    )


def _by_day(cases: Iterable[CaseSummary]) -> dict[str, dict[str, int]]:
    days: dict[str, list[str]] = {}
    for case in cases:
        days.setdefault(case.submitted_on.isoformat(), []).append(case.state.value)
    return {day: _counted(states) for day, states in sorted(days.items())}


def distribution(seconds: Iterable[int]) -> dict[str, int]:
    """Count what took up to each of `LIMITS`, in their order; limits that nothing falls under are left out."""
    names = [next((name for name, most in LIMITS.items() if took <= most), LONGER) for took in seconds]
    return {name: names.count(name) for name in (*LIMITS, LONGER) if name in names}


def _counted(codes: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(codes).items()))


def spread_of(seconds: Sequence[int]) -> Spread | None:
    """The median and the ninetieth percentile; None of nothing."""
    if not seconds:
        return None
    ordered = sorted(seconds)
    return Spread(count=len(ordered), median=_quantile(ordered, MEDIAN), p90=_quantile(ordered, MOST))


def _quantile(ordered: Sequence[int], share: float) -> float:
    """The value below which a share of the ordered values lies, between neighbours in proportion."""
    place = (len(ordered) - 1) * share
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)
