"""What time brings to messages: the next try, the end of quiet hours, no receipt within its term (M1, M2)."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from chalicelib.domain.dispatch import DispatchState, end
from chalicelib.ports.errors import StaleWrite
from chalicelib.use_cases.dispatches import queue_due

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from chalicelib.domain.dispatch import Dispatch
    from chalicelib.ports.toolbox import Toolbox

PAGE = 100


def run_dispatches(*, tools: Toolbox, at: datetime) -> Mapping[str, int]:
    """Queue the tries whose moment has come, end what nobody confirmed; returns how many of each.

    A message that changes meanwhile is left to the next run.
    """
    done: Counter[str] = Counter()
    for page in tools.store.due_dispatches(until=at, page=PAGE):
        for dispatch in page:
            try:
                done[_step(tools, dispatch, at)] += 1
            except StaleWrite:
                done["skipped"] += 1
    return dict(done)


def _step(tools: Toolbox, dispatch: Dispatch, at: datetime) -> str:
    if dispatch.state is DispatchState.SENT:
        work = tools.store.work(at=at)
        work.update(end(dispatch, state=DispatchState.UNCONFIRMED, at=at))
        work.commit()
        return "unconfirmed"
    queue_due(tools=tools, dispatch=dispatch, at=at)
    return "queued"
