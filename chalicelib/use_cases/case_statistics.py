"""Figures of the own insurer's or region's work in a period (requirement O3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from chalicelib.domain.case_statistics import CaseStatistics, statistics_of
from chalicelib.domain.case_summary import Scope
from chalicelib.domain.errors import FieldError, ValidationFailed
from chalicelib.use_cases.operator_queue import readable_scope, scope_day

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.domain.principal import Principal
    from chalicelib.ports.toolbox import Toolbox

USUAL_DAYS = 30
LONGEST_DAYS = 92
"""A quarter: the cost grows with what was filed in the period."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """Days from ``since`` until before ``until``; what is None is the usual: the last thirty days, today included."""

    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The figures, of what and of when."""

    scope: Scope
    since: date
    until: date
    figures: CaseStatistics


def case_statistics(
    *,
    tools: Toolbox,
    principal: Principal,
    period: Period,
    at: datetime,
    insurer: str | None = None,
    region: str | None = None,
) -> Report:
    """Count what was filed in a period (an AWS call per shard for the queue and for each month, more per MB).

    Raises:
        NotPermitted: the principal has no such work, or asks for the work of others.
        ValidationFailed: the period is empty or longer than a quarter, or an auditor does not say whose work.
    """
    scope = readable_scope(principal, insurer=insurer, region=region)
    since, until = reported_days(scope, period, at)
    figures = statistics_of(tools.store.filed_cases(scope=scope, since=since, until=until))
    return Report(scope=scope, since=since, until=until, figures=figures)


def reported_days(scope: Scope, period: Period, at: datetime) -> tuple[date, date]:
    """The first day of a report and the first day after it.

    Raises:
        ValidationFailed: the period is empty or longer than a quarter.
    """
    until = period.until or scope_day(scope, at=at) + timedelta(days=1)
    since = period.since or until - timedelta(days=USUAL_DAYS)
    if not timedelta() < until - since <= timedelta(days=LONGEST_DAYS):
        message = f"Укажите период не длиннее {LONGEST_DAYS} дней: «from» входит в него, «until» — первый день после"
        raise ValidationFailed([FieldError(field="until", code="wrong_period", message=message)])
    return since, until
