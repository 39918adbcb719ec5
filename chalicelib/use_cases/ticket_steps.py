"""What every step of a ticket has in common: one transaction with message, journal and notification (L2)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from chalicelib.domain.regions import local_date
from chalicelib.domain.ticket import move_ticket
from chalicelib.domain.ticket_states import ticket_rule
from chalicelib.use_cases.journal import notify, record

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.domain.audit import Actor
    from chalicelib.domain.ticket import Ticket
    from chalicelib.domain.ticket_states import TicketEvent
    from chalicelib.ports.toolbox import Toolbox
    from chalicelib.ports.unit_of_work import UnitOfWork


def add_ticket_step(
    *, work: UnitOfWork, tools: Toolbox, ticket: Ticket, event: TicketEvent, actor: Actor, at: datetime
) -> Ticket:
    """Move a ticket along one arrow, with its journal entry and its message to the person.

    Raises:
        StateConflict: the ticket is in another state.
    """
    rule = ticket_rule(state=ticket.state, event=event)
    moved = move_ticket(ticket=ticket, event=event, at=at)
    if rule.notification is not None:
        tell_ticket(work=work, tools=tools, kind=rule.notification, ticket=moved, at=at)
    return record(moved, work=work, tools=tools, name=rule.entry, at=at, actor=actor, details=ticket_details(moved))


def tell_ticket(*, work: UnitOfWork, tools: Toolbox, kind: str, ticket: Ticket, at: datetime) -> None:
    """Tell the person of a ticket: its number and days, none of its words; the letter is answered to the ticket."""
    context = {
        "ticket_number": ticket.number,
        "ticket_id": ticket.ticket_id,
        "day": str(local_date(at=at, region=ticket.region)),
        "due_on": str(ticket.due_on),
    }
    notify(work=work, tools=tools, kind=kind, person_id=ticket.account_id, at=at, context=context)


def keep_ticket(*, work: UnitOfWork, ticket: Ticket) -> Ticket:
    """Commit the next version of a ticket; returns it as it is stored."""
    work.update(ticket)
    work.commit()
    return replace(ticket, version=ticket.version + 1)


def ticket_details(ticket: Ticket) -> dict[str, str]:
    """What the journal says of a ticket: ids, numbers and codes, none of its words."""
    return {
        "ticket_id": ticket.ticket_id,
        "number": ticket.number,
        "category": ticket.category.value,
        "desk": f"{ticket.desk.kind.value}:{ticket.desk.code}",
    }
