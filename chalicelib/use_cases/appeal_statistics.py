"""Figures of the appeals of the own insurer or region in a period, by topic of the journal (requirements L1, O3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from chalicelib.domain.appeal_summary import AppealStatistics, appeal_statistics_of
from chalicelib.domain.case_summary import Scope
from chalicelib.use_cases.case_statistics import Period, reported_days
from chalicelib.use_cases.operator_queue import readable_scope

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.domain.principal import Principal
    from chalicelib.ports.toolbox import Toolbox


@dataclass(frozen=True, slots=True, kw_only=True)
class AppealReport:
    """The figures, of what and of when."""

    scope: Scope
    since: date
    until: date
    figures: AppealStatistics


def appeal_statistics(
    *,
    tools: Toolbox,
    principal: Principal,
    period: Period,
    at: datetime,
    insurer: str | None = None,
    region: str | None = None,
) -> AppealReport:
    """Count the appeals that were filed in a period (an AWS call for the list and for each month, more per MB).

    Raises:
        NotPermitted: the principal has no such work, or asks for the work of others.
        ValidationFailed: the period is empty or longer than a quarter, or an auditor does not say whose work.
    """
    scope = readable_scope(principal, insurer=insurer, region=region)
    since, until = reported_days(scope, period, at)
    figures = appeal_statistics_of(tools.store.filed_appeals(scope=scope, since=since, until=until))
    return AppealReport(scope=scope, since=since, until=until, figures=figures)
