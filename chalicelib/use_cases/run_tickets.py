"""What time brings to tickets: answers nobody objects to close them, late answers show as overdue (L2)."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from chalicelib.domain.audit import SYSTEM
from chalicelib.domain.ticket_states import TicketEvent, TicketState
from chalicelib.ports.errors import StaleWrite
from chalicelib.use_cases.journal import record
from chalicelib.use_cases.ticket_steps import add_ticket_step, keep_ticket, ticket_details

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from chalicelib.domain.ticket import Ticket
    from chalicelib.ports.toolbox import Toolbox

PAGE = 100


def run_tickets(*, tools: Toolbox, at: datetime) -> Mapping[str, int]:
    """Do what is due with tickets, one transaction each, found by the index on due date; returns how many of each.

    A ticket that changes meanwhile is left to the next run.
    """
    done: Counter[str] = Counter()
    for page in tools.store.due_tickets(until=at, page=PAGE):
        for ticket in page:
            try:
                done[_step(tools, ticket, at)] += 1
            except StaleWrite:
                done["skipped"] += 1
    return dict(done)


def _step(tools: Toolbox, ticket: Ticket, at: datetime) -> str:
    work = tools.store.work(at=at)
    if ticket.state is TicketState.ANSWERED:
        event = TicketEvent.FALL_SILENT
        closed = add_ticket_step(work=work, tools=tools, ticket=ticket, event=event, actor=SYSTEM, at=at)
        keep_ticket(work=work, ticket=closed)
        return "closed"
    late, name = replace(ticket, is_overdue=True), "ticket_overdue"
    late = record(late, work=work, tools=tools, name=name, at=at, actor=SYSTEM, details=ticket_details(ticket))
    keep_ticket(work=work, ticket=late)
    return "overdue"
