"""Relaying the outbox: what is committed leaves for its queue, then is forgotten."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from chalicelib.domain.records import OUTBOX_SHARDS
from chalicelib.ports.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chalicelib.domain.records import OutboxEntry
    from chalicelib.ports.toolbox import Toolbox

LEFT_BEHIND_AFTER = timedelta(seconds=30)
"""An entry older than this has lost its hint."""


def relay_entries(*, tools: Toolbox, entry_ids: Sequence[str]) -> int:
    """Send the entries that a hint names; returns how many left.

    An entry may be sent twice if the process dies between sending and forgetting: consumers tell by its id.

    Raises:
        Unavailable: a queue did not take everything; the hint will come again.
    """
    return _relay(tools, tools.store.outbox_entries(entry_ids=entry_ids))


def relay_left_behind(*, tools: Toolbox, at: datetime) -> int:
    """Send what lost hints left behind; returns how many left."""
    sent = 0
    for shard in range(OUTBOX_SHARDS):
        waiting = tools.store.outbox_waiting(shard=shard, before=at - LEFT_BEHIND_AFTER)
        sent += _relay(tools, waiting)
    return sent


def _relay(tools: Toolbox, entries: Sequence[OutboxEntry]) -> int:
    if not entries:
        return 0
    taken = tools.queues.send(entries=entries)
    tools.store.outbox_done(entries=taken)
    if len(taken) < len(entries):
        raise Unavailable("Очередь приняла не все сообщения")
    return len(taken)
