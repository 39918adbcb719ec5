"""Tickets of support as JSON (requirement L2)."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from pydantic import Field

from chalicelib.domain.ticket import BEST_RATING, CATEGORIES, MAX_TEXT, Source, TicketCategory
from chalicelib.domain.ticket_states import (
    TICKET_STATE_TITLES,
    TICKET_TRANSITIONS,
    TicketEvent,
    TicketState,
    TicketWho,
    open_ticket_events,
)
from chalicelib.http.models import In, Out, PageQuery
from chalicelib.http.schemas.scans import OperatorScanOut, ScanOut, operator_scan_out, scan_out

if TYPE_CHECKING:
    from collections.abc import Mapping

    from chalicelib.domain.ticket import Ticket, TicketMessage
    from chalicelib.ports.tickets import TicketFile

_TEXT = "Сообщение"


class TicketIn(In):
    """A question to support."""

    category: TicketCategory = Field(strict=False, description="О чём", examples=["application"])
    subject: str = Field(max_length=200, description="Тема, одной строкой")
    text: str = Field(max_length=MAX_TEXT, description=_TEXT)
    application_id: str | None = Field(default=None, max_length=26, description="Заявление, о котором вопрос")


class MessageIn(In):
    """A message of the person's."""

    text: str = Field(max_length=MAX_TEXT, description=_TEXT)


class AnswerIn(In):
    """A message of an operator's."""

    text: str = Field(max_length=MAX_TEXT, description=_TEXT)
    internal: bool = Field(default=False, description="Заметка для коллег: заявитель её не видит")


class HandOverIn(In):
    """Who is to answer instead, and why."""

    note: str = Field(max_length=MAX_TEXT, description="Для коллег: почему передано и что уже известно")
    to_other_desk: bool = Field(
        default=False, description="В территориальный фонд или, из фонда, в страховую организацию; иначе — коллеге"
    )


class RatingIn(In):
    """How the person found the answer."""

    rating: int = Field(ge=1, le=BEST_RATING, description="От 1 до 5")
    comment: str = Field(default="", max_length=1000)


class FileIn(In):
    """A file that is going to be uploaded."""

    media_type: str = Field(max_length=100, description="Тип файла", examples=["application/pdf", "image/jpeg"])


class TicketsQuery(PageQuery):
    """Which tickets to list."""

    state: TicketState = Field(default=TicketState.OPEN, description="Состояние обращения")


class MessageOut(Out):
    """One message of the thread; who of the operators wrote is not told."""

    place: int
    text: str
    at: datetime
    by: str
    source: Source
    internal: bool
    attachments: list[str]


class TicketRowOut(Out):
    """A ticket in the operators' list: nothing that the person wrote."""

    id: str
    number: str
    category: TicketCategory
    category_title: str
    state: TicketState
    state_title: str
    application_number: str
    opened_at: datetime
    updated_at: datetime
    due_on: date
    is_overdue: bool
    messages: int


class TicketLineOut(TicketRowOut):
    """A ticket in the operators' list, with whether somebody answers it."""

    is_mine: bool
    is_taken: bool


class TicketOut(TicketRowOut):
    """A ticket with its thread."""

    subject: str
    application_id: str
    rating: int | None
    comment: str
    may: list[TicketEvent] = Field(description="Что сейчас можно сделать")
    thread: list[MessageOut]
    attachments: list[ScanOut]


class HandledTicketOut(TicketOut):
    """A ticket as the operator sees it."""

    attachments: list[OperatorScanOut]  # type: ignore[assignment]  # with the hash of each original
    person_id: str
    is_mine: bool
    is_taken: bool
    may_go_to_other_desk: bool


def ticket_out(ticket: Ticket, file: TicketFile | None = None) -> TicketOut:
    """Present a ticket to who asked; without the file, without its thread."""
    return TicketOut(
        **_row(ticket),
        **_whole(ticket, file, TicketWho.PERSON),
        attachments=[scan_out(scan) for scan in file.scans] if file else [],
    )


def handled_ticket_out(ticket: Ticket, file: TicketFile | None = None, *, by: str) -> HandledTicketOut:
    """Present a ticket to an operator; ``by`` is who looks."""
    return HandledTicketOut(
        **_row(ticket),
        **_whole(ticket, file, TicketWho.OPERATOR),
        attachments=[operator_scan_out(scan) for scan in file.scans] if file else [],
        person_id=ticket.person_id,
        is_mine=ticket.assignee == by,
        is_taken=bool(ticket.assignee),
        may_go_to_other_desk=ticket.other_desk is not None,
    )


def ticket_line(ticket: Ticket, *, by: str) -> TicketLineOut:
    """Present a ticket in the operators' list."""
    return TicketLineOut(**_row(ticket), is_mine=ticket.assignee == by, is_taken=bool(ticket.assignee))


def _row(ticket: Ticket) -> Mapping[str, Any]:
    return {
        "id": ticket.ticket_id,
        "number": ticket.number,
        "category": ticket.category,
        "category_title": CATEGORIES[ticket.category].title,
        "state": ticket.state,
        "state_title": TICKET_STATE_TITLES[ticket.state],
        "application_number": ticket.application_number,
        "opened_at": ticket.opened_at,
        "updated_at": ticket.updated_at,
        "due_on": ticket.due_on,
        "is_overdue": ticket.is_overdue,
        "messages": ticket.messages,
    }


def _whole(ticket: Ticket, file: TicketFile | None, who: TicketWho) -> Mapping[str, Any]:
    return {
        "subject": ticket.subject,
        "application_id": ticket.application_id,
        "rating": ticket.rating,
        "comment": ticket.comment,
        "may": list(open_ticket_events(state=ticket.state, who=who)),
        "thread": [_message(message) for message in file.messages] if file else [],
    }


def _message(message: TicketMessage) -> MessageOut:
    return MessageOut(
        place=message.place,
        text=message.text,
        at=message.at,
        by=message.author.kind,
        source=message.source,
        internal=message.internal,
        attachments=list(message.attachments),
    )


Rows = list[dict[str, Any]]


def ticket_states() -> Rows:
    """The states of a ticket with their arrows, for the dictionaries."""
    return [
        {
            "code": state.value,
            "title": title,
            "transitions": [
                {
                    "event": rule.event.value,
                    "target": rule.target.value,
                    "by": rule.by.value,
                    "notification": rule.notification,
                    "silent_because": rule.silent_because,
                }
                for rule in TICKET_TRANSITIONS
                if state in rule.sources
            ],
        }
        for state, title in TICKET_STATE_TITLES.items()
    ]


def ticket_categories() -> Rows:
    """The categories, with the working days until an answer."""
    return [
        {"code": code.value, "title": rule.title, "answer_days": rule.answer_days} for code, rule in CATEGORIES.items()
    ]
