"""What time brings to appeals: drafts expire, unanswered questions end, late decisions show as overdue (L1)."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from chalicelib.domain.appeal import Appeal, AppealedRefusal, go_on_after_question
from chalicelib.domain.appeal_states import AppealEvent, AppealState
from chalicelib.domain.audit import SYSTEM
from chalicelib.domain.errors import StateConflict
from chalicelib.ports.errors import StaleWrite
from chalicelib.use_cases.appeal_steps import add_step, entry_details, keep_appeal
from chalicelib.use_cases.journal import record

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from chalicelib.ports.toolbox import Toolbox

PAGE = 100


def run_appeals(*, tools: Toolbox, at: datetime) -> Mapping[str, int]:
    """Do what is due with appeals, one transaction each, found by the index on due date; returns how many of each.

    An appeal that changes meanwhile is left to the next run.
    """
    done: Counter[str] = Counter()
    for page in tools.store.due_appeals(until=at, page=PAGE):
        for appeal in page:
            try:
                done[_STEPS[appeal.state](tools, appeal, at)] += 1
            except (StaleWrite, StateConflict):
                done["skipped"] += 1
    return dict(done)


def _expire(tools: Toolbox, appeal: Appeal, at: datetime) -> str:
    """The refusal may be appealed against anew."""
    work, event = tools.store.work(at=at), AppealEvent.EXPIRE
    expired = add_step(work=work, tools=tools, appeal=appeal, event=event, actor=SYSTEM, at=at)
    work.remove(AppealedRefusal(name=appeal.refused.name, appeal_id=appeal.appeal_id))
    keep_appeal(work=work, appeal=expired)
    return "drafts_expired"


def _go_on(tools: Toolbox, appeal: Appeal, at: datetime) -> str:
    """Silence withdraws nothing: it is decided on what there is."""
    work, event = tools.store.work(at=at), AppealEvent.GO_ON
    going = add_step(work=work, tools=tools, appeal=appeal, event=event, actor=SYSTEM, at=at)
    keep_appeal(work=work, appeal=go_on_after_question(appeal=going, at=at))
    return "questions_ended"


def _mark_overdue(tools: Toolbox, appeal: Appeal, at: datetime) -> str:
    """The operators' list shows it, the log of the schedule counts it."""
    work, details = tools.store.work(at=at), entry_details(appeal)
    late = replace(appeal, is_overdue=True)
    late = record(late, work=work, tools=tools, name="appeal_overdue", at=at, actor=SYSTEM, details=details)
    keep_appeal(work=work, appeal=late)
    return "overdue"


_STEPS = {
    AppealState.DRAFT: _expire,
    AppealState.QUESTION_ASKED: _go_on,
    AppealState.FILED: _mark_overdue,
}
