"""Figures of the own insurer's or region's papers, ordered in a period (requirements F8, O3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from chalicelib.domain.case_summary import Scope, ScopeKind
from chalicelib.domain.delivery_statistics import DeliveryStatistics, delivery_statistics_of
from chalicelib.use_cases.case_statistics import reported_days
from chalicelib.use_cases.operator_queue import readable_scope

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from chalicelib.domain.delivery import Delivery
    from chalicelib.domain.principal import Principal
    from chalicelib.ports.toolbox import Toolbox
    from chalicelib.use_cases.case_statistics import Period

LONGEST_TERM = timedelta(days=45)
"""Ten working days over the New Year's holidays are less: so much later than it was ordered a paper may be due."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryReport:
    """The figures, of what and of when."""

    scope: Scope
    since: date
    until: date
    figures: DeliveryStatistics


def delivery_statistics(
    *,
    tools: Toolbox,
    principal: Principal,
    period: Period,
    at: datetime,
    insurer: str | None = None,
    region: str | None = None,
) -> DeliveryReport:
    """Count papers ordered in a period (an AWS call per state and insurer, for a region one more).

    Raises:
        NotPermitted: the principal has no such work, or asks for the work of others.
        ValidationFailed: the period is empty or longer than a quarter, or an auditor does not say whose work.
    """
    scope = readable_scope(principal, insurer=insurer, region=region)
    since, until = reported_days(scope, period, at)
    papers = (paper for paper in _papers(tools, scope, since, until) if since <= _ordered_on(paper) < until)
    return DeliveryReport(scope=scope, since=since, until=until, figures=delivery_statistics_of(papers))


def _papers(tools: Toolbox, scope: Scope, since: date, until: date) -> Iterator[Delivery]:
    for code in _insurers(tools, scope):
        yield from tools.store.deliveries_due(insurer_code=code, since=since, until=until + LONGEST_TERM)


def _insurers(tools: Toolbox, scope: Scope) -> tuple[str, ...]:
    """Whose papers: an insurer works in one region, so a region's papers are those of its insurers."""
    if scope.kind is ScopeKind.INSURER:
        return (scope.code,)
    return tuple(insurer.code for insurer in tools.store.insurers(region=scope.code))


def _ordered_on(paper: Delivery) -> date:
    return paper.local_day(paper.ordered_at)
