"""What time brings to deliveries: storage ends, papers nobody came for go back, delays show as overdue (F8, F9)."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from chalicelib.domain.audit import SYSTEM
from chalicelib.domain.delivery import storage_ended
from chalicelib.domain.delivery_states import DeliveryEvent, DeliveryState, Who
from chalicelib.domain.errors import StateConflict
from chalicelib.ports.errors import StaleWrite
from chalicelib.use_cases.delivery_steps import carry_out, entry_details, keep
from chalicelib.use_cases.journal import record

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from chalicelib.domain.delivery import Delivery
    from chalicelib.ports.toolbox import Toolbox

PAGE = 100


def run_deliveries(*, tools: Toolbox, at: datetime) -> Mapping[str, int]:
    """Do what is due with deliveries, one transaction each, found by the index on due date; returns how many of each.

    A delivery that changes meanwhile is left to the next run.
    """
    done: Counter[str] = Counter()
    for page in tools.store.due_deliveries(until=at, page=PAGE):
        for delivery in page:
            try:
                done[_step(tools, delivery, at)] += 1
            except (StaleWrite, StateConflict):
                done["skipped"] += 1
    return dict(done)


def _step(tools: Toolbox, delivery: Delivery, at: datetime) -> str:
    if delivery.state is DeliveryState.READY:
        return _moved(tools, storage_ended(delivery, at=at), DeliveryEvent.END_STORAGE, at)
    if delivery.state is DeliveryState.UNCLAIMED:
        return _moved(tools, delivery, DeliveryEvent.RETURN, at)
    return _mark_overdue(tools, delivery, at)


def _moved(tools: Toolbox, delivery: Delivery, event: DeliveryEvent, at: datetime) -> str:
    moved = carry_out(tools=tools, delivery=delivery, event=event, who=Who.SCHEDULE, actor=SYSTEM, at=at)
    return moved.state.value


def _mark_overdue(tools: Toolbox, delivery: Delivery, at: datetime) -> str:
    """The insurer's list shows it, the log of the schedule counts it (requirement F9)."""
    work = tools.store.work(at=at)
    overdue = replace(delivery, is_overdue=True)
    details = entry_details(delivery)
    overdue = record(overdue, work=work, tools=tools, name="delivery_overdue", at=at, actor=SYSTEM, details=details)
    keep(work=work, delivery=overdue)
    return "overdue"
