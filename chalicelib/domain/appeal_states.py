"""The life of an appeal (обжалование) as data: states, arrows, who follows them, what the person is told (L1)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from chalicelib.domain.errors import StateConflict


class AppealState(StrEnum):
    """Where an appeal is in its life."""

    DRAFT = "draft"
    FILED = "filed"
    QUESTION_ASKED = "question_asked"
    UPHELD = "upheld"
    REJECTED = "rejected"
    REJECTED_FINALLY = "rejected_finally"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


class AppealEvent(StrEnum):
    """What may happen to an appeal."""

    FILE = "file"
    ASK = "ask"
    ANSWER = "answer"
    GO_ON = "go_on"
    UPHOLD = "uphold"
    REJECT = "reject"
    ESCALATE = "escalate"
    WITHDRAW = "withdraw"
    EXPIRE = "expire"


class AppealWho(StrEnum):
    """Who lets an event happen: who appeals, the operator who decides, time."""

    PERSON = "person"
    OPERATOR = "operator"
    SCHEDULE = "schedule"


class Level(StrEnum):
    """Who decides: whoever's work the refusal was, then the territorial fund."""

    FIRST = "first"
    FUND = "fund"


APPEAL_STATE_TITLES = {
    AppealState.DRAFT: "Черновик",
    AppealState.FILED: "На рассмотрении",
    AppealState.QUESTION_ASKED: "Ждём вашего ответа",
    AppealState.UPHELD: "Жалоба удовлетворена",
    AppealState.REJECTED: "В жалобе отказано",
    AppealState.REJECTED_FINALLY: "В жалобе отказано фондом",
    AppealState.WITHDRAWN: "Отозвана",
    AppealState.EXPIRED: "Не подана в срок",
}
FINAL_APPEAL_STATES = frozenset(
    {AppealState.UPHELD, AppealState.REJECTED_FINALLY, AppealState.WITHDRAWN, AppealState.EXPIRED}
)
OPEN_APPEAL_STATES = frozenset({AppealState.FILED, AppealState.QUESTION_ASKED})
"""Somebody has to decide: these stand in the operators' list."""

TAKES_DOCUMENTS = frozenset({AppealState.DRAFT, AppealState.QUESTION_ASKED})
"""When documents may be added: before it is filed, and in answer to a question."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AppealRule:
    """One arrow, of one ``level`` or both (None); ``entry`` names it in the journal.

    ``silent_because`` says why an arrow without a notification has none.
    """

    event: AppealEvent
    sources: frozenset[AppealState]
    target: AppealState
    by: AppealWho
    entry: str
    level: Level | None = None
    notification: str | None = None
    silent_because: str | None = None


_S = AppealState
_E = AppealEvent

APPEAL_TRANSITIONS: tuple[AppealRule, ...] = (
    AppealRule(
        event=_E.FILE,
        sources=frozenset({_S.DRAFT}),
        target=_S.FILED,
        by=AppealWho.PERSON,
        entry="appeal_filed",
        level=Level.FIRST,
        notification="appeal_filed",
    ),
    AppealRule(
        event=_E.ASK,
        sources=frozenset({_S.FILED}),
        target=_S.QUESTION_ASKED,
        by=AppealWho.OPERATOR,
        entry="appeal_question_asked",
        notification="appeal_question",
    ),
    AppealRule(
        event=_E.ANSWER,
        sources=frozenset({_S.QUESTION_ASKED}),
        target=_S.FILED,
        by=AppealWho.PERSON,
        entry="appeal_answered",
        silent_because="the person does it on the screen",
    ),
    AppealRule(
        event=_E.GO_ON,
        sources=frozenset({_S.QUESTION_ASKED}),
        target=_S.FILED,
        by=AppealWho.SCHEDULE,
        entry="appeal_not_answered",
        silent_because="the question told the day from which it is decided on what there is",
    ),
    AppealRule(
        event=_E.UPHOLD,
        sources=frozenset({_S.FILED}),
        target=_S.UPHELD,
        by=AppealWho.OPERATOR,
        entry="appeal_upheld",
        notification="appeal_upheld",
    ),
    AppealRule(
        event=_E.REJECT,
        sources=frozenset({_S.FILED}),
        target=_S.REJECTED,
        by=AppealWho.OPERATOR,
        entry="appeal_rejected",
        level=Level.FIRST,
        notification="appeal_rejected",
    ),
    AppealRule(
        event=_E.REJECT,
        sources=frozenset({_S.FILED}),
        target=_S.REJECTED_FINALLY,
        by=AppealWho.OPERATOR,
        entry="appeal_rejected",
        level=Level.FUND,
        notification="appeal_rejected_by_fund",
    ),
    AppealRule(
        event=_E.ESCALATE,
        sources=frozenset({_S.REJECTED}),
        target=_S.FILED,
        by=AppealWho.PERSON,
        entry="appeal_escalated",
        level=Level.FIRST,
        notification="appeal_escalated",
    ),
    AppealRule(
        event=_E.WITHDRAW,
        sources=frozenset({_S.DRAFT}),
        target=_S.WITHDRAWN,
        by=AppealWho.PERSON,
        entry="appeal_withdrawn",
        silent_because="nothing was filed",
    ),
    AppealRule(
        event=_E.WITHDRAW,
        sources=frozenset({_S.FILED, _S.QUESTION_ASKED}),
        target=_S.WITHDRAWN,
        by=AppealWho.PERSON,
        entry="appeal_withdrawn",
        notification="appeal_withdrawn",
    ),
    AppealRule(
        event=_E.EXPIRE,
        sources=frozenset({_S.DRAFT}),
        target=_S.EXPIRED,
        by=AppealWho.SCHEDULE,
        entry="appeal_draft_expired",
        silent_because="nothing was filed, and it may be begun again",
    ),
)
"""Only these arrows exist. What was rejected at the first level goes to the fund once, and no further here."""


def appeal_rule(*, state: AppealState, level: Level, event: AppealEvent) -> AppealRule:
    """Return the arrow that an event follows.

    Raises:
        StateConflict: there is none from this state at this level.
    """
    for rule in APPEAL_TRANSITIONS:
        if rule.event is event and state in rule.sources and rule.level in {None, level}:
            return rule
    raise StateConflict(f"Действие невозможно: жалоба в состоянии «{APPEAL_STATE_TITLES[state]}»")


def open_appeal_events(*, state: AppealState, level: Level, who: AppealWho) -> tuple[AppealEvent, ...]:
    """What somebody may do with an appeal now."""
    found = (
        rule.event
        for rule in APPEAL_TRANSITIONS
        if state in rule.sources and rule.by is who and rule.level in {None, level}
    )
    return tuple(dict.fromkeys(found))
