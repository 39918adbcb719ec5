"""What must be true of appeals whatever broke on the way."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

from chalicelib.domain.appeal_states import APPEAL_TRANSITIONS, AppealState

if TYPE_CHECKING:
    from collections.abc import Iterable

    from chalicelib.domain.appeal import Appeal

ARROWS = {(source, rule.target) for rule in APPEAL_TRANSITIONS for source in rule.sources}
FREE = {AppealState.WITHDRAWN, AppealState.EXPIRED}


def ends_of(appeals: Iterable[Appeal]) -> list[Any]:
    """The ends of appeals as people see them."""
    return sorted(
        (a.state.value, a.level.value, a.is_overdue, len(a.history), [d.effect for d in a.decisions]) for a in appeals
    )


def check_appeals(appeals: list[Appeal], places: list[dict[str, Any]], numbers: list[dict[str, Any]]) -> None:
    """Each was moved by the machine alone, holds its place and its number, and was decided by other eyes."""
    for appeal in appeals:
        states = [AppealState.DRAFT, *(step.state for step in appeal.history)]
        assert states[-1] is appeal.state
        assert set(itertools.pairwise(states)) <= ARROWS, states
        deciders = [decision.decided_by for decision in appeal.decisions]
        assert appeal.refused.refused_by.actor_id not in deciders
        assert len(set(deciders)) == len(deciders)
    held = {(place["name"], place["appeal_id"]) for place in places}
    assert held == {(a.refused.name, a.appeal_id) for a in appeals if a.state not in FREE}
    assert sorted(n["appeal_id"] for n in numbers) == sorted(a.appeal_id for a in appeals if a.number)
