"""What providers tell of text messages, put into the queue of receipts as it comes (requirement M2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.domain.receipt_message import receipt_body
from chalicelib.domain.records import OutboxEntry, Queue
from chalicelib.ports.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from chalicelib.domain.dispatch import Receipt
    from chalicelib.ports.toolbox import Toolbox


def queue_receipts(*, tools: Toolbox, receipts: Sequence[Receipt], at: datetime) -> None:
    """Queue receipts; nothing else of what was told is kept, least of all a number.

    Raises:
        Unavailable: the queue did not take them all: they have to come again. One that comes twice changes nothing.
    """
    entries = [
        OutboxEntry(entry_id=tools.ids.new_id(at=at), queue=Queue.RECEIPTS, body=receipt_body(receipt), created_at=at)
        for receipt in receipts
    ]
    if len(tools.queues.send(entries=entries)) < len(entries):
        raise Unavailable("Очередь приняла не все квитанции: пришлите их ещё раз")
