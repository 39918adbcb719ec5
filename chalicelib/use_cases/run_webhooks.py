"""What time brings to webhooks: the next try of what failed (requirement M3)."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from chalicelib.domain.webhook_progress import queued_again
from chalicelib.ports.errors import StaleWrite
from chalicelib.use_cases.deliver_webhooks import queue_delivery

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from chalicelib.domain.webhook_progress import HookProgress
    from chalicelib.ports.toolbox import Toolbox

PAGE = 100
STOPPED = "stopped"


def run_webhooks(*, tools: Toolbox, at: datetime) -> Mapping[str, int]:
    """Queue the runs whose moment has come; returns how many, and how many subscriptions have ``stopped`` for good.

    A subscription that changes meanwhile is left to the next run.
    """
    done: Counter[str] = Counter()
    for page in tools.store.due_hooks(until=at, page=PAGE):
        for progress in page:
            done[_queued(tools, progress, at)] += 1
    return {**done, STOPPED: len(tools.store.stopped_hooks())}


def _queued(tools: Toolbox, progress: HookProgress, at: datetime) -> str:
    work = tools.store.work(at=at)
    work.update(queued_again(progress, at=at))
    queue_delivery(work=work, tools=tools, progress=progress, at=at)
    try:
        work.commit()
    except StaleWrite:
        return "skipped"
    return "queued"
