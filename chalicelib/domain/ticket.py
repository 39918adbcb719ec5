"""A ticket of support (обращение): its thread, who answers it by when, how it is rated (requirement L2)."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from chalicelib.domain.audit import Actor, ChainHead
from chalicelib.domain.case_summary import Scope, ScopeKind
from chalicelib.domain.errors import FieldError, StateConflict, ValidationFailed
from chalicelib.domain.regions import end_of_day, local_date
from chalicelib.domain.ticket_states import TicketEvent, TicketState, ticket_rule
from chalicelib.domain.working_days import RUSSIAN_CALENDAR

if TYPE_CHECKING:
    from collections.abc import Mapping

MAX_TEXT = 4000
MAX_MESSAGES = 100
"""A longer talk is another matter: it is begun anew."""

MAX_ATTACHMENTS = 30
SILENCE = timedelta(days=14)
"""An answer that nobody objects to for so long closes the ticket."""

REOPENED_WITHIN = timedelta(days=30)
BEST_RATING = 5


class TicketCategory(StrEnum):
    """What a ticket is about."""

    APPLICATION = "application"
    POLICY = "policy"
    ACCOUNT = "account"
    DELIVERY = "delivery"
    TECHNICAL = "technical"
    SUGGESTION = "suggestion"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class CategoryRule:
    """The title of a category, at whose desk it begins where an insurer is known, working days to answer."""

    title: str
    desk: ScopeKind
    answer_days: int


CATEGORIES: Final[Mapping[TicketCategory, CategoryRule]] = MappingProxyType(
    {
        TicketCategory.APPLICATION: CategoryRule(title="Заявление", desk=ScopeKind.INSURER, answer_days=2),
        TicketCategory.POLICY: CategoryRule(title="Полис и страхование", desk=ScopeKind.INSURER, answer_days=2),
        TicketCategory.ACCOUNT: CategoryRule(title="Учётная запись и вход", desk=ScopeKind.REGION, answer_days=2),
        TicketCategory.DELIVERY: CategoryRule(title="Доставка выписки", desk=ScopeKind.INSURER, answer_days=2),
        TicketCategory.TECHNICAL: CategoryRule(title="Сбой на сайте", desk=ScopeKind.REGION, answer_days=1),
        TicketCategory.SUGGESTION: CategoryRule(title="Предложение", desk=ScopeKind.REGION, answer_days=10),
        TicketCategory.OTHER: CategoryRule(title="Другое", desk=ScopeKind.REGION, answer_days=3),
    }
)


class Source(StrEnum):
    """By which way a message came."""

    CABINET = "cabinet"
    MAIL = "mail"
    DESK = "desk"


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketMessage:
    """One message of the thread, in the order of ``place``; ``internal`` is for colleagues only."""

    ticket_id: str
    place: int
    text: str
    at: datetime
    author: Actor
    source: Source
    internal: bool = False
    attachments: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedLetter:
    """Holds the place of a letter by its hashed Message-ID: it is taken in once, with these attachments."""

    letter_hash: str
    ticket_id: str
    attachments: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketNumber:
    """Holds a number that was given out; the number itself is hashed."""

    number_hash: str
    ticket_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """One ticket; ``desk`` is whose operators answer it, ``assignee`` which of them, "" while nobody does.

    ``application_id`` is the case that it is about, if any. ``due_on`` is the day of the answer while it is open.
    ``other_desk`` is where it may be handed over to.
    """

    ticket_id: str
    person_id: str
    account_id: str
    number: str
    category: TicketCategory
    subject: str
    desk: Scope
    region: str
    state: TicketState
    opened_at: datetime
    updated_at: datetime
    due_on: date
    other_desk: Scope | None = None
    application_id: str = ""
    application_number: str = ""
    assignee: str = ""
    is_overdue: bool = False
    messages: int = 0
    rating: int | None = None
    comment: str = ""
    version: int = 1
    chain: ChainHead = field(default_factory=ChainHead)

    @property
    def next_step_at(self) -> datetime | None:
        """When a timer has to look at it: a late answer, or the end of silence."""
        if self.state is TicketState.ANSWERED:
            return self.updated_at + SILENCE
        if self.state is TicketState.OPEN and not self.is_overdue:
            return end_of_day(self.due_on, self.region)
        return None


def answer_due(*, category: TicketCategory, region: str, at: datetime) -> date:
    """The day by which a message is to be answered (working days of the category)."""
    days = CATEGORIES[category].answer_days
    return RUSSIAN_CALENDAR.add_working_days(start=local_date(at=at, region=region), days=days)


def desks_of(*, category: TicketCategory, insurer_code: str, region: str) -> tuple[Scope, Scope | None]:
    """Where a ticket begins, and the other desk that it may be handed over to."""
    fund = Scope(kind=ScopeKind.REGION, code=region)
    if not insurer_code:
        return fund, None
    insurer = Scope(kind=ScopeKind.INSURER, code=insurer_code)
    return (insurer, fund) if CATEGORIES[category].desk is ScopeKind.INSURER else (fund, insurer)


def move_ticket(*, ticket: Ticket, event: TicketEvent, at: datetime) -> Ticket:
    """Follow one arrow; what the person writes is to be answered anew.

    Raises:
        StateConflict: there is no such arrow from the present state, or it was closed too long ago.
    """
    rule = ticket_rule(state=ticket.state, event=event)
    if event is TicketEvent.REOPEN and at > ticket.updated_at + REOPENED_WITHIN:
        raise StateConflict(f"Обращение закрыто больше {REOPENED_WITHIN.days} дней назад: создайте новое")
    moved = replace(ticket, state=rule.target)
    if rule.target is TicketState.OPEN and ticket.state is not TicketState.OPEN:
        moved = replace(moved, due_on=answer_due(category=ticket.category, region=ticket.region, at=at))
    # A rating is no reason to keep a ticket open for longer.
    return moved if event is TicketEvent.RATE else replace(moved, updated_at=at, is_overdue=_still_late(moved))


def _still_late(moved: Ticket) -> bool:
    return moved.is_overdue and moved.state is TicketState.OPEN


def written(
    *, ticket: Ticket, text: str, author: Actor, source: Source, at: datetime, internal: bool = False
) -> tuple[Ticket, TicketMessage]:
    """Add a message to the thread; returns the ticket and the message.

    Raises:
        StateConflict: the thread is too long.
        ValidationFailed: it says nothing.
    """
    words = check_text(text)
    if ticket.messages >= MAX_MESSAGES:
        raise StateConflict(f"В обращении уже {MAX_MESSAGES} сообщений: создайте новое")
    place = ticket.messages + 1
    message = TicketMessage(
        ticket_id=ticket.ticket_id, place=place, text=words, at=at, author=author, source=source, internal=internal
    )
    return replace(ticket, messages=place), message


def check_text(text: str) -> str:
    """Return a text without the blanks around it; raises ValidationFailed if nothing is left."""
    return _checked(text=text)["text"]


def check_question(*, subject: str, text: str) -> str:
    """Return the subject of a question as one line without blanks around it.

    Raises:
        ValidationFailed: the subject, the text or both say nothing.
    """
    return " ".join(_checked(subject=subject, text=text)["subject"].split())


_MISSING = {"subject": "Напишите, о чём вопрос, одной строкой", "text": "Напишите сообщение"}


def _checked(**texts: str) -> dict[str, str]:
    words = {name: text.strip() for name, text in texts.items()}
    errors = [
        FieldError(field=name, code="required", message=_MISSING[name]) for name, text in words.items() if not text
    ]
    if errors:
        raise ValidationFailed(errors)
    return words


def assigned(*, ticket: Ticket, operator_id: str) -> Ticket:
    """Let an operator answer the ticket from now on; a late one is anybody's.

    Raises:
        StateConflict: it is closed, or another operator's.
    """
    if ticket.state is TicketState.CLOSED:
        raise StateConflict("Обращение закрыто")
    if ticket.assignee not in {"", operator_id} and not ticket.is_overdue:
        raise StateConflict("Обращением занимается другой оператор: он может передать его вам")
    return replace(ticket, assignee=operator_id)


def require_assignee(*, ticket: Ticket, operator_id: str) -> None:
    """Refuse who does not answer the ticket; raises StateConflict."""
    if ticket.assignee != operator_id:
        raise StateConflict("Сначала возьмите обращение в работу")


def handed_over(*, ticket: Ticket, to_other_desk: bool) -> Ticket:
    """Give the ticket to whoever takes it next: of the same desk, or of the other one.

    Raises:
        StateConflict: there is no other desk.
    """
    if not to_other_desk:
        return replace(ticket, assignee="")
    if ticket.other_desk is None:
        raise StateConflict("Передать обращение некому: страховая организация не известна")
    return replace(ticket, assignee="", desk=ticket.other_desk, other_desk=ticket.desk)
