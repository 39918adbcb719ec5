"""The life of a ticket of support (обращение) as data: states, arrows, who follows them, what is told (L2)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from chalicelib.domain.errors import StateConflict


class TicketState(StrEnum):
    """Whose turn it is."""

    OPEN = "open"
    ANSWERED = "answered"
    CLOSED = "closed"


class TicketEvent(StrEnum):
    """What may happen to a ticket."""

    WRITE = "write"
    REOPEN = "reopen"
    REPLY = "reply"
    HAND_OVER = "hand_over"
    CLOSE = "close"
    SETTLE = "settle"
    FALL_SILENT = "fall_silent"
    RATE = "rate"


class TicketWho(StrEnum):
    """Who lets an event happen: who asks, the operator who answers, time."""

    PERSON = "person"
    OPERATOR = "operator"
    SCHEDULE = "schedule"


TICKET_STATE_TITLES = {
    TicketState.OPEN: "Ждёт ответа поддержки",
    TicketState.ANSWERED: "Поддержка ответила",
    TicketState.CLOSED: "Закрыто",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketRule:
    """One arrow; ``entry`` names it in the journal, ``silent_because`` says why one without a notification has none."""

    event: TicketEvent
    sources: frozenset[TicketState]
    target: TicketState
    by: TicketWho
    entry: str
    notification: str | None = None
    silent_because: str | None = None


_S, _E = TicketState, TicketEvent
_BY_HAND = "the person does it on the screen, or by a letter"

TICKET_TRANSITIONS: tuple[TicketRule, ...] = (
    TicketRule(
        event=_E.WRITE,
        sources=frozenset({_S.OPEN, _S.ANSWERED}),
        target=_S.OPEN,
        by=TicketWho.PERSON,
        entry="ticket_written_to",
        silent_because=_BY_HAND,
    ),
    TicketRule(
        event=_E.REOPEN,
        sources=frozenset({_S.CLOSED}),
        target=_S.OPEN,
        by=TicketWho.PERSON,
        entry="ticket_reopened",
        silent_because=_BY_HAND,
    ),
    TicketRule(
        event=_E.REPLY,
        sources=frozenset({_S.OPEN, _S.ANSWERED}),
        target=_S.ANSWERED,
        by=TicketWho.OPERATOR,
        entry="ticket_answered",
        notification="ticket_answered",
    ),
    TicketRule(
        event=_E.HAND_OVER,
        sources=frozenset({_S.OPEN}),
        target=_S.OPEN,
        by=TicketWho.OPERATOR,
        entry="ticket_handed_over",
        silent_because="who answers is no matter of the person's",
    ),
    TicketRule(
        event=_E.CLOSE,
        sources=frozenset({_S.OPEN, _S.ANSWERED}),
        target=_S.CLOSED,
        by=TicketWho.PERSON,
        entry="ticket_closed",
        silent_because=_BY_HAND,
    ),
    TicketRule(
        event=_E.SETTLE,
        sources=frozenset({_S.OPEN, _S.ANSWERED}),
        target=_S.CLOSED,
        by=TicketWho.OPERATOR,
        entry="ticket_closed",
        notification="ticket_closed",
    ),
    TicketRule(
        event=_E.FALL_SILENT,
        sources=frozenset({_S.ANSWERED}),
        target=_S.CLOSED,
        by=TicketWho.SCHEDULE,
        entry="ticket_closed",
        notification="ticket_closed",
    ),
    TicketRule(
        event=_E.RATE,
        sources=frozenset({_S.CLOSED}),
        target=_S.CLOSED,
        by=TicketWho.PERSON,
        entry="ticket_rated",
        silent_because=_BY_HAND,
    ),
)
"""Only these arrows exist."""

_BY_EVENT = {rule.event: rule for rule in TICKET_TRANSITIONS}


def ticket_rule(*, state: TicketState, event: TicketEvent) -> TicketRule:
    """Return the arrow that an event follows; raises StateConflict if there is none from this state."""
    rule = _BY_EVENT[event]
    if state not in rule.sources:
        raise StateConflict(f"Действие невозможно: обращение в состоянии «{TICKET_STATE_TITLES[state]}»")
    return rule


def open_ticket_events(*, state: TicketState, who: TicketWho) -> tuple[TicketEvent, ...]:
    """What somebody may do with a ticket now."""
    return tuple(rule.event for rule in TICKET_TRANSITIONS if state in rule.sources and rule.by is who)
