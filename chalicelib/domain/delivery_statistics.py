"""Figures of papers that insurers make and send: how many, where they are, how long they took (requirements F8, O3)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from chalicelib.domain.case_statistics import Spread, spread_of
from chalicelib.domain.delivery_states import DeliveryState

if TYPE_CHECKING:
    from chalicelib.domain.delivery import Delivery

ARRIVED = frozenset({DeliveryState.HANDED_OVER, DeliveryState.DELIVERED})
"""The states in which the person has the paper."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryStatistics:
    """The papers ordered in a period, as they stand now; ``overdue`` are those that were not there in time."""

    ordered: int = 0
    by_state: Mapping[str, int] = field(default_factory=dict)
    by_method: Mapping[str, int] = field(default_factory=dict)
    by_insurer: Mapping[str, int] = field(default_factory=dict)
    overdue: int = 0
    arrived: int = 0
    time_to_arrival: Spread | None = None


def delivery_statistics_of(deliveries: Iterable[Delivery]) -> DeliveryStatistics:
    """Count papers; one that is told twice, because it moved on meanwhile, counts once, as it was told last."""
    papers = list({paper.delivery_id: paper for paper in deliveries}.values())
    seconds = [_seconds(paper) for paper in papers if paper.state in ARRIVED]
    return DeliveryStatistics(
        ordered=len(papers),
        by_state=_counted(paper.state.value for paper in papers),
        by_method=_counted(paper.method.value for paper in papers),
        by_insurer=_counted(paper.insurer_code for paper in papers),
        overdue=sum(paper.is_overdue for paper in papers),
        arrived=len(seconds),
        time_to_arrival=spread_of(seconds),
    )


def _seconds(paper: Delivery) -> int:
    return int((paper.history[-1].at - paper.ordered_at).total_seconds())


def _counted(codes: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(codes).items()))
