"""Adding to a change what organisations are told of by webhook, in the same transaction (M3).

Whether anybody did is found out afterwards: a change costs no read for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chalicelib.domain.records import OutboxEntry, Queue
from chalicelib.domain.webhook_events import events_of

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.domain.audit import AuditEntry
    from chalicelib.ports.storage import UnitOfWork
    from chalicelib.ports.toolbox import Toolbox

TOLD_STEP, DELIVER_STEP = "told", "deliver"


def tell_organisations(entity: Any, *, work: UnitOfWork, tools: Toolbox, entry: AuditEntry, at: datetime) -> None:
    """Keep the events of a change that its journal notes by ``entry``, and queue their way into the feeds."""
    name, place = entry.action.name, entry.sequence
    for event in events_of(entity=entity, entry=name, case=entry.chain, place=place, at=at):
        work.put(event)
        body = {"step": TOLD_STEP, "organisation": event.organisation, "case": event.case}
        work.send(OutboxEntry(entry_id=tools.ids.new_id(at=at), queue=Queue.WEBHOOKS, body=body, created_at=at))
