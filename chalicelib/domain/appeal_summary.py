"""What the operators' indexes hold of a filed appeal: codes and dates, nothing personal; and figures (L1)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

from chalicelib.domain.appeal_rules import LEVELS, SubjectKind
from chalicelib.domain.appeal_states import AppealState, Level
from chalicelib.domain.case_statistics import Spread, spread_of
from chalicelib.domain.case_summary import Scope, ScopeKind
from chalicelib.domain.operator_case import Lease

if TYPE_CHECKING:
    from chalicelib.domain.appeal import Appeal


@dataclass(frozen=True, slots=True, kw_only=True)
class AppealSummary:
    """One filed appeal as lists and statistics need it.

    ``barred`` are who may not decide it. ``seconds`` is how long its last decision took, without the answers.
    """

    appeal_id: str
    number: str
    subject: SubjectKind
    topic: str
    level: Level
    state: AppealState
    insurer_code: str
    region: str
    filed_at: datetime
    filed_on: date
    due_on: date
    is_overdue: bool
    lease: Lease | None
    barred: tuple[str, ...]
    seconds: int | None

    @property
    def is_open(self) -> bool:
        """Whether somebody has to decide it."""
        return self.state in {AppealState.FILED, AppealState.QUESTION_ASKED}

    @property
    def scopes(self) -> tuple[Scope, ...]:
        """Whose work its refusal was; of no insurer where none is known."""
        of_region = Scope(kind=ScopeKind.REGION, code=self.region)
        return (Scope(kind=ScopeKind.INSURER, code=self.insurer_code), of_region) if self.insurer_code else (of_region,)

    def is_work_of(self, kind: ScopeKind) -> bool:
        """Whether operators of this kind decide it now."""
        return self.is_open and kind in LEVELS[self.level].scopes


def appeal_summary_of(appeal: Appeal) -> AppealSummary | None:
    """Summarise an appeal; None for what was never filed."""
    if appeal.filed_at is None or appeal.due_on is None:
        return None
    refused = appeal.refused
    return AppealSummary(
        appeal_id=appeal.appeal_id,
        number=appeal.number,
        subject=refused.kind,
        topic=appeal.topic,
        level=appeal.level,
        state=appeal.state,
        insurer_code=refused.insurer_code,
        region=refused.region,
        filed_at=appeal.filed_at,
        filed_on=appeal.local_day(appeal.filed_at),
        due_on=appeal.due_on,
        is_overdue=appeal.is_overdue,
        lease=appeal.lease,
        barred=tuple(sorted(appeal.barred)),
        seconds=_seconds(appeal),
    )


def _seconds(appeal: Appeal) -> int | None:
    """How long the last decision took since its level began, without the time that the person's answers took."""
    if not appeal.decisions or appeal.level_at is None or appeal.is_open:
        return None
    decided_at = appeal.decisions[-1].decided_at
    waited = timedelta()
    for asked, after in pairwise(appeal.history):
        if asked.state is AppealState.QUESTION_ASKED and asked.at >= appeal.level_at:
            waited += after.at - asked.at
    return int((decided_at - appeal.level_at - waited).total_seconds())


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicFigures:
    """The appeals of one topic: how many were filed, how they ended, how many are open or late."""

    filed: int = 0
    open: int = 0
    upheld: int = 0
    rejected: int = 0
    withdrawn: int = 0
    overdue: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class AppealStatistics:
    """The appeals filed in a period, as they stand now, by topic of the journal and by what was refused."""

    total: TopicFigures = field(default_factory=TopicFigures)
    by_topic: Mapping[str, TopicFigures] = field(default_factory=dict)
    by_subject: Mapping[str, int] = field(default_factory=dict)
    by_state: Mapping[str, int] = field(default_factory=dict)
    by_level: Mapping[str, int] = field(default_factory=dict)
    time_to_decision: Spread | None = None


def appeal_statistics_of(summaries: Iterable[AppealSummary]) -> AppealStatistics:
    """Count appeals; one that is told twice counts once, as it was told last."""
    appeals = list({summary.appeal_id: summary for summary in summaries}.values())
    topics = sorted({appeal.topic for appeal in appeals}, key=lambda topic: [int(part) for part in topic.split(".")])
    return AppealStatistics(
        total=_figures(appeals),
        by_topic={topic: _figures([appeal for appeal in appeals if appeal.topic == topic]) for topic in topics},
        by_subject=_counted(appeal.subject.value for appeal in appeals),
        by_state=_counted(appeal.state.value for appeal in appeals),
        by_level=_counted(appeal.level.value for appeal in appeals),
        time_to_decision=spread_of([appeal.seconds for appeal in appeals if appeal.seconds is not None]),
    )


_REJECTED = frozenset({AppealState.REJECTED, AppealState.REJECTED_FINALLY})


def _figures(appeals: list[AppealSummary]) -> TopicFigures:
    return TopicFigures(
        filed=len(appeals),
        open=sum(appeal.is_open for appeal in appeals),
        upheld=sum(appeal.state is AppealState.UPHELD for appeal in appeals),
        rejected=sum(appeal.state in _REJECTED for appeal in appeals),
        withdrawn=sum(appeal.state is AppealState.WITHDRAWN for appeal in appeals),
        overdue=sum(appeal.is_overdue for appeal in appeals),
    )


def _counted(codes: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(codes).items()))
