"""The operators' desk of support: the list, a ticket, an answer or a note, handing over, closing (L2, O1, O2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from chalicelib.bootstrap import container
from chalicelib.domain.ticket import MAX_TEXT
from chalicelib.domain.ticket_states import TICKET_STATE_TITLES, TicketState
from chalicelib.http.applications import entity_id
from chalicelib.http.operators import place_of
from chalicelib.http.pagination import encode_cursor
from chalicelib.http.schemas.tickets import handled_ticket_out, ticket_line
from chalicelib.use_cases import handle_tickets
from chalicelib.use_cases.idempotency import request_key
from chalicelib.web.answers import UNPROCESSABLE, Answer, Page
from chalicelib.web.attempts import attempted
from chalicelib.web.blueprint import WebBlueprint
from chalicelib.web.operator_presenters import path_of, scan_row
from chalicelib.web.rendering import moment
from chalicelib.web.scan_pictures import picture_of
from chalicelib.web.tickets import RATINGS, TONES
from chalicelib.web.typed_words import beside, listed, named, words_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from chalicelib.domain.errors import FieldError
    from chalicelib.domain.ticket import Ticket
    from chalicelib.http.schemas.tickets import MessageOut
    from chalicelib.web.visits import Visit

blueprint = WebBlueprint(__name__)

DESK = "/operator/tickets"
ONE = f"{DESK}/{{ticket_id}}"
ROWS = 25
_TITLES = {"text": "Сообщение", "note": "Пояснение"}
_AUTHORS = {"person": "Заявитель", "representative": "Представитель", "operator": "Поддержка"}


@blueprint.page("GET", DESK)
def desk(visit: Visit) -> Answer:
    """The tickets of one's desk in a state, by default what waits for an answer; first due first."""
    text = visit.query.get("state", "")
    state = TicketState(text) if text in set(TicketState) else TicketState.OPEN
    found, more = handle_tickets.tickets_of_desk(
        tools=container(),
        principal=visit.principal,
        state=state,
        limit=ROWS,
        after=place_of(visit.query.get("after")),
    )
    following = ""
    if more:
        cursor = encode_cursor({"due": found[-1].due_on.isoformat(), "id": found[-1].ticket_id})
        following = f"{DESK}?{urlencode({'state': state.value, 'after': cursor})}"
    context = {
        "section": "tickets",
        "rows": [_row(one, visit) for one in found],
        "state": state.value,
        "states": [{"code": code.value, "title": title} for code, title in TICKET_STATE_TITLES.items()],
        "following": following,
    }
    return Page(template="pages/operator_tickets.html", context=context)


def _row(ticket: Ticket, visit: Visit) -> dict[str, Any]:
    line = ticket_line(ticket, by=visit.principal.account_id)
    return {"line": line, "address": f"{DESK}/{line.id}", "tone": TONES[ticket.state]}


@blueprint.page("GET", ONE)
def one(visit: Visit, ticket_id: str) -> Answer:
    """The thread with the notes of colleagues; with a file in the address, its page beside it."""
    return _page(visit, ticket_id)


def _page(visit: Visit, ticket_id: str, errors: tuple[FieldError, ...] = (), refusal: str = "") -> Page:
    file = handle_tickets.view_ticket(
        tools=container(), principal=visit.principal, ticket_id=entity_id(ticket_id), at=visit.at
    )
    ticket, here = file.ticket, f"{DESK}/{ticket_id}"
    storage, picture = picture_of(visit, folder_id=ticket_id, here=here, show=handle_tickets.view_attachment)
    told = handled_ticket_out(ticket, file, by=visit.principal.account_id)
    context = {
        "section": "tickets",
        "address": here,
        "ticket": told,
        "tone": TONES[ticket.state],
        "thread": [_message(message) for message in told.thread],
        "may_be_taken": ticket.state is not TicketState.CLOSED
        and not told.is_mine
        and (not told.is_taken or ticket.is_overdue),
        "application": path_of(ticket.application_id) if ticket.application_number else "",
        "rated": RATINGS[ticket.rating - 1] if ticket.rating else "",
        "scans": [scan_row(scan) for scan in file.scans],
        "picture": picture,
        "typed": visit.form,
        "longest": MAX_TEXT,
        "errors": listed(errors, _TITLES),
        "wrong": beside(errors, _TITLES),
        "refusal": refusal,
        "key": container().ids.new_id(at=visit.at),
    }
    status = UNPROCESSABLE if errors or refusal else 200
    return Page(template="pages/operator_ticket.html", context=context, status=status, storage=storage)


def _message(message: MessageOut) -> dict[str, Any]:
    return {
        "by": "Заметка для коллег" if message.internal else _AUTHORS.get(message.by, message.by),
        "at": moment(message.at),
        "text": message.text,
        "is_internal": message.internal,
        "is_mine": message.by == "operator",
    }


@blueprint.page("POST", f"{ONE}/assignment")
def take(visit: Visit, ticket_id: str) -> Answer:
    """Answer it from now on; what is late may be taken from whoever has it."""

    def act() -> str:
        handle_tickets.take_ticket(
            tools=container(), principal=visit.principal, ticket_id=entity_id(ticket_id), at=visit.at
        )
        return f"{DESK}/{ticket_id}?done=ticket-taken"

    return _tried(visit, ticket_id, act)


@blueprint.page("POST", f"{ONE}/messages")
def answer(visit: Visit, ticket_id: str) -> Answer:
    """Answer the person, or leave a note that colleagues alone see."""

    def act() -> str:
        text, internal = words_of(visit, "text", longest=MAX_TEXT), visit.form.get("as") == "note"
        handle_tickets.answer_ticket(
            tools=container(),
            principal=visit.principal,
            ticket_id=entity_id(ticket_id),
            text=text,
            internal=internal,
            at=visit.at,
            request=request_key(visit.key, "ticket-answer", ticket_id, text, str(internal)),
        )
        return f"{DESK}/{ticket_id}?done={'noted' if internal else 'ticket-answered'}"

    return _tried(visit, ticket_id, act)


@blueprint.page("POST", f"{ONE}/handover")
def hand_over(visit: Visit, ticket_id: str) -> Answer:
    """Let a colleague or the other desk answer, and say why."""

    def act() -> str:
        handle_tickets.hand_over(
            tools=container(),
            principal=visit.principal,
            ticket_id=entity_id(ticket_id),
            note=words_of(visit, "note", longest=MAX_TEXT),
            to_other_desk=visit.form.get("to") == "other",
            at=visit.at,
        )
        return f"{DESK}?done=handed-over"

    return _tried(visit, ticket_id, act, words="note")


@blueprint.page("POST", f"{ONE}/closure")
def settle(visit: Visit, ticket_id: str) -> Answer:
    """It is settled; the person is asked for a rating."""

    def act() -> str:
        handle_tickets.settle_ticket(
            tools=container(), principal=visit.principal, ticket_id=entity_id(ticket_id), at=visit.at
        )
        return f"{DESK}?done=ticket-settled"

    return _tried(visit, ticket_id, act)


def _tried(visit: Visit, ticket_id: str, act: Callable[[], str], *, words: str = "text") -> Answer:
    """Do it, or show the page again; ``words`` names the field of the form that the use case calls text."""
    return attempted(act, lambda errors, refusal: _page(visit, ticket_id, named(errors, {"text": words}), refusal))
