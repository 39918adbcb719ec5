"""What operators do with tickets: listed, looked at, taken, answered, noted, handed over, closed (L2, O1, O2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.domain.errors import NotPermitted, StateConflict
from chalicelib.domain.ticket import Source, Ticket, assigned, handed_over, require_assignee, written
from chalicelib.domain.ticket_states import TicketEvent, TicketState
from chalicelib.ports.errors import NotFound
from chalicelib.use_cases import idempotency
from chalicelib.use_cases.access import operator_actor, require_operator
from chalicelib.use_cases.journal import record
from chalicelib.use_cases.ticket_steps import add_ticket_step, keep_ticket, ticket_details
from chalicelib.use_cases.view_scans import PageView, ShownPage, show_page, shown_scan
from chalicelib.use_cases.views import note_view

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from chalicelib.domain.case_summary import Scope
    from chalicelib.domain.principal import Principal
    from chalicelib.domain.scan import Scan
    from chalicelib.ports.tickets import TicketFile
    from chalicelib.ports.toolbox import Toolbox


def tickets_of_desk(
    *, tools: Toolbox, principal: Principal, state: TicketState, limit: int, after: tuple[date, str] | None
) -> tuple[Sequence[Ticket], bool]:
    """List the tickets of the operator's desk in one state, first due first (1 AWS call).

    Raises:
        NotPermitted: the principal is no operator.
    """
    return tools.store.tickets_at(desk=require_operator(principal), state=state, limit=limit, after=after)


def handled_ticket(*, tools: Toolbox, principal: Principal, ticket_id: str) -> TicketFile:
    """Read a ticket of the operator's desk whole (1 AWS call).

    Raises:
        NotPermitted: the principal is no operator, or it is the own ticket.
        NotFound: it is at another desk.
    """
    desk = require_operator(principal)
    file = tools.store.ticket_file(ticket_id=ticket_id)
    if principal.account_id in {file.ticket.account_id, file.ticket.person_id}:
        raise NotPermitted("Отвечать на собственное обращение оператору нельзя: ответит другой")
    if file.ticket.desk != desk:
        raise NotFound("Обращение не найдено")
    return file


def view_ticket(*, tools: Toolbox, principal: Principal, ticket_id: str, at: datetime) -> TicketFile:
    """Show a ticket with its thread and notes; the view is journaled (3 AWS calls)."""
    file = handled_ticket(tools=tools, principal=principal, ticket_id=ticket_id)
    details = {"ticket_id": ticket_id, "number": file.ticket.number}
    person_id, name = file.ticket.person_id, "ticket_viewed"
    note_view(tools=tools, principal=principal, person_id=person_id, name=name, details=details, at=at)
    return file


def take_ticket(*, tools: Toolbox, principal: Principal, ticket_id: str, at: datetime) -> Ticket:
    """Answer a ticket from now on; one that is late may be taken from whoever has it (2 AWS calls).

    Raises:
        NotPermitted, NotFound: as `handled_ticket`.
        StateConflict: it is closed, or another operator's.
        StaleWrite: another was first.
    """
    ticket = handled_ticket(tools=tools, principal=principal, ticket_id=ticket_id).ticket
    taken = assigned(ticket=ticket, operator_id=principal.account_id)
    if taken == ticket:
        return ticket
    work, actor = tools.store.work(at=at), operator_actor(principal)
    name, details = "ticket_taken", ticket_details(ticket)
    return keep_ticket(
        work=work, ticket=record(taken, work=work, tools=tools, name=name, at=at, actor=actor, details=details)
    )


def _mine(tools: Toolbox, principal: Principal, ticket_id: str) -> Ticket:
    ticket = handled_ticket(tools=tools, principal=principal, ticket_id=ticket_id).ticket
    require_assignee(ticket=ticket, operator_id=principal.account_id)
    return ticket


def answer_ticket(
    *,
    tools: Toolbox,
    principal: Principal,
    ticket_id: str,
    text: str,
    at: datetime,
    internal: bool = False,
    request: idempotency.RequestKey | None = None,
) -> Ticket:
    """Answer the person, or leave a note for colleagues, who alone see it (3 AWS calls, 2 for a note).

    Raises:
        NotPermitted, NotFound: as `handled_ticket`.
        StateConflict: the ticket is not taken, is closed, or its thread is too long.
        ValidationFailed: nothing is written.
    """

    def answer() -> Ticket:
        ticket = _mine(tools, principal, ticket_id)
        work, actor = tools.store.work(at=at), operator_actor(principal)
        ticket, message = written(ticket=ticket, text=text, author=actor, source=Source.DESK, at=at, internal=internal)
        if internal:
            name, details = "ticket_noted", ticket_details(ticket)
            ticket = record(ticket, work=work, tools=tools, name=name, at=at, actor=actor, details=details)
        else:
            event = TicketEvent.REPLY
            ticket = add_ticket_step(work=work, tools=tools, ticket=ticket, event=event, actor=actor, at=at)
        work.create(message)
        idempotency.remember(work=work, request=request, principal=principal, result=ticket_id, tools=tools, at=at)
        return keep_ticket(work=work, ticket=ticket)

    return idempotency.once(
        request=request,
        principal=principal,
        tools=tools,
        create=answer,
        recall=lambda _: handled_ticket(tools=tools, principal=principal, ticket_id=ticket_id).ticket,
    )


def hand_over(
    *, tools: Toolbox, principal: Principal, ticket_id: str, note: str, to_other_desk: bool, at: datetime
) -> Ticket:
    """Let a colleague take the ticket, or the other desk answer it, with a note on why (2 AWS calls).

    The same again changes nothing, also where the ticket is at the other desk by now.

    Raises:
        NotPermitted, NotFound: as `handled_ticket`.
        StateConflict: the ticket is not taken, needs no answer, or there is no other desk.
        ValidationFailed: without a note.
    """
    try:
        ticket = _mine(tools, principal, ticket_id)
    except (StateConflict, NotFound):
        file = tools.store.ticket_file(ticket_id=ticket_id)
        if not _has_just_handed_over(file, principal, note):
            raise
        return file.ticket
    work, actor = tools.store.work(at=at), operator_actor(principal)
    ticket, message = written(ticket=ticket, text=note, author=actor, source=Source.DESK, at=at, internal=True)
    given = handed_over(ticket=ticket, to_other_desk=to_other_desk)
    given = add_ticket_step(work=work, tools=tools, ticket=given, event=TicketEvent.HAND_OVER, actor=actor, at=at)
    work.create(message)
    return keep_ticket(work=work, ticket=given)


def _has_just_handed_over(file: TicketFile, principal: Principal, note: str) -> bool:
    """Whether this very hand-over was the last thing that happened: its answer was lost on the way."""
    if file.ticket.assignee or not file.messages or require_operator(principal) not in _desks(file.ticket):
        return False
    last = file.messages[-1]
    return (last.internal, last.author.actor_id, last.text) == (True, principal.account_id, note.strip())


def _desks(ticket: Ticket) -> tuple[Scope | None, ...]:
    return ticket.desk, ticket.other_desk


def settle_ticket(*, tools: Toolbox, principal: Principal, ticket_id: str, at: datetime) -> Ticket:
    """Close a ticket that the operator answers; the person is asked for a rating (3 AWS calls).

    Raises:
        NotPermitted, NotFound: as `handled_ticket`.
        StateConflict: the ticket is not taken.
    """
    ticket = _mine(tools, principal, ticket_id)
    if ticket.state is TicketState.CLOSED:
        return ticket
    work, actor = tools.store.work(at=at), operator_actor(principal)
    closed = add_ticket_step(work=work, tools=tools, ticket=ticket, event=TicketEvent.SETTLE, actor=actor, at=at)
    return keep_ticket(work=work, ticket=closed)


def view_attachment(*, tools: Toolbox, principal: Principal, view: PageView, at: datetime) -> ShownPage:
    """Show a page of an attachment with the viewer's name over it; the view is journaled (5 AWS calls).

    ``view.application_id`` is the id of the ticket. Raises as `handled_ticket`, and NotFound for no such page.
    """

    def read() -> Scan:
        file = handled_ticket(tools=tools, principal=principal, ticket_id=view.application_id)
        return shown_scan(file.scan(view.scan_id), view)

    return show_page(tools=tools, principal=principal, read=read, view=view, at=at)
