"""What must be true of attachments whatever broke on the way."""

from __future__ import annotations

import itertools
from collections import Counter
from typing import TYPE_CHECKING, Any

from chalicelib.domain.attachment_states import ATTACHMENT_TRANSITIONS, AttachmentState

if TYPE_CHECKING:
    from tests.faults.invariants import Facts

ARROWS = {(rule.source, rule.target) for rule in ATTACHMENT_TRANSITIONS}
HOLDS_PLACE = {AttachmentState.REQUESTED, AttachmentState.ATTACHED}


def check_attachments(facts: Facts) -> None:
    """One stands and one is asked for at most, the book says which, and places are taken by them alone."""
    for kind, state in (("live_id", AttachmentState.REQUESTED), ("standing_id", AttachmentState.ATTACHED)):
        named = sorted(book[kind] for book in facts.of_type("AttachmentBook") if book.get(kind))
        assert named == sorted(found.attachment_id for found in facts.attachments if found.state is state)
    for found in facts.attachments:
        states = [step.state for step in found.history]
        assert (states[0], states[-1]) == (AttachmentState.REQUESTED, found.state)
        assert set(itertools.pairwise(states)) <= ARROWS, states
    taken = Counter(f"{a.clinic_code} {a.doctor_id}" for a in facts.attachments if a.state in HOLDS_PLACE)
    assert +_counted(facts.rows) == taken, "places are taken that nobody has"


def _counted(rows: list[dict[str, Any]]) -> Counter[str]:
    places = [row for row in rows if row["SK"].startswith("PLACES#")]
    return Counter(
        {
            f"{row['PK'].removeprefix('CLINIC#')} {row['SK'].removeprefix('PLACES#')}": int(row["count"])
            for row in places
        }
    )
