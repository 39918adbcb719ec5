"""The life of an application as data: states, events and what each transition tells the person (requirement B8)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from chalicelib.domain.errors import StateConflict

if TYPE_CHECKING:
    from collections.abc import Mapping


class ApplicationState(StrEnum):
    """Where an application is in its life."""

    DRAFT = "draft"
    AWAITING_SIGNATURE = "awaiting_signature"
    IN_PROCESSING = "in_processing"
    CLARIFICATION_REQUIRED = "clarification_required"
    APPROVED = "approved"
    READY = "ready"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


class ApplicationEvent(StrEnum):
    """What may happen to an application."""

    REQUEST_SIGNATURE = "request_signature"
    EDIT = "edit"
    SUBMIT = "submit"
    ASK_CLARIFICATION = "ask_clarification"
    CLARIFY = "clarify"
    LAPSE = "lapse"
    REFUSE = "refuse"
    APPROVE = "approve"
    SEND_BACK = "send_back"
    COMPLETE = "complete"
    WITHDRAW = "withdraw"
    EXPIRE = "expire"
    DISCONTINUE = "discontinue"
    REOPEN = "reopen"
    REOPEN_DRAFT = "reopen_draft"


STATE_TITLES = {
    ApplicationState.DRAFT: "Черновик",
    ApplicationState.AWAITING_SIGNATURE: "Ожидает подписи",
    ApplicationState.IN_PROCESSING: "В обработке",
    ApplicationState.CLARIFICATION_REQUIRED: "Требуется уточнение",
    ApplicationState.APPROVED: "Одобрено",
    ApplicationState.READY: "Готово к использованию",
    ApplicationState.REFUSED: "Отказано",
    ApplicationState.WITHDRAWN: "Отозвано",
    ApplicationState.EXPIRED: "Истекло",
}

FINAL_STATES = frozenset(
    {
        ApplicationState.READY,
        ApplicationState.REFUSED,
        ApplicationState.WITHDRAWN,
        ApplicationState.EXPIRED,
    }
)
BEFORE_THE_EFFECT = frozenset(
    {
        ApplicationEvent.WITHDRAW,
        ApplicationEvent.APPROVE,
        ApplicationEvent.REFUSE,
        ApplicationEvent.ASK_CLARIFICATION,
        ApplicationEvent.SEND_BACK,
    }
)
"""What may happen only until the decision is carried out."""

EDITABLE_STATES = frozenset(
    {
        ApplicationState.DRAFT,
        ApplicationState.AWAITING_SIGNATURE,
        ApplicationState.CLARIFICATION_REQUIRED,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TransitionRule:
    """One arrow of the machine; ``silent_because`` says why a transition without a notification has none.

    ``reason`` is the code that the history keeps where nothing more exact is told.
    """

    event: ApplicationEvent
    sources: frozenset[ApplicationState]
    target: ApplicationState
    reason: str
    notification: str | None = None
    silent_because: str | None = None


def _rule(
    event: ApplicationEvent,
    sources: set[ApplicationState],
    target: ApplicationState,
    reason: str,
    *,
    tells: str | None = None,
    silent: str | None = None,
) -> TransitionRule:
    return TransitionRule(
        event=event,
        sources=frozenset(sources),
        target=target,
        reason=reason,
        notification=tells,
        silent_because=silent,
    )


_S = ApplicationState
_E = ApplicationEvent

TRANSITIONS: tuple[TransitionRule, ...] = (
    _rule(
        _E.REQUEST_SIGNATURE,
        {_S.DRAFT, _S.AWAITING_SIGNATURE},
        _S.AWAITING_SIGNATURE,
        "code_requested",
        silent="the code itself is the message",
    ),
    _rule(
        _E.EDIT,
        {_S.DRAFT, _S.AWAITING_SIGNATURE},
        _S.DRAFT,
        "form_edited",
        silent="the person does it on the screen",
    ),
    _rule(_E.SUBMIT, {_S.AWAITING_SIGNATURE}, _S.IN_PROCESSING, "signed", tells="application_submitted"),
    _rule(
        _E.ASK_CLARIFICATION,
        {_S.IN_PROCESSING, _S.APPROVED},
        _S.CLARIFICATION_REQUIRED,
        "registers_differ",
        tells="clarification_required",
    ),
    _rule(
        _E.CLARIFY,
        {_S.CLARIFICATION_REQUIRED},
        _S.IN_PROCESSING,
        "answered",
        silent="the person does it on the screen",
    ),
    _rule(_E.LAPSE, {_S.CLARIFICATION_REQUIRED}, _S.EXPIRED, "not_answered", tells="application_lapsed"),
    _rule(_E.REFUSE, {_S.IN_PROCESSING, _S.APPROVED}, _S.REFUSED, "rules_refuse", tells="application_refused"),
    _rule(
        _E.APPROVE,
        {_S.IN_PROCESSING, _S.APPROVED},
        _S.APPROVED,
        "registers_confirm",
        silent="the message on the policy follows at once",
    ),
    _rule(
        _E.SEND_BACK,
        {_S.IN_PROCESSING, _S.APPROVED},
        _S.IN_PROCESSING,
        "checked_anew",
        silent="nothing is decided yet and nothing is asked of the person",
    ),
    _rule(_E.COMPLETE, {_S.APPROVED}, _S.READY, "carried_out", tells="policy_issued"),
    _rule(
        _E.WITHDRAW,
        {_S.DRAFT, _S.AWAITING_SIGNATURE, _S.IN_PROCESSING, _S.CLARIFICATION_REQUIRED, _S.APPROVED},
        _S.WITHDRAWN,
        "wish_of_the_person",
        tells="application_withdrawn",
    ),
    _rule(_E.EXPIRE, {_S.DRAFT, _S.AWAITING_SIGNATURE}, _S.EXPIRED, "unused", tells="draft_expired"),
    _rule(
        _E.DISCONTINUE,
        set(_S) - FINAL_STATES,
        _S.WITHDRAWN,
        "corrected",
        silent="the correction that closes it tells",
    ),
    _rule(
        _E.REOPEN,
        {_S.REFUSED, _S.WITHDRAWN, _S.EXPIRED},
        _S.IN_PROCESSING,
        "correction_undone",
        tells="application_reopened",
    ),
    _rule(_E.REOPEN_DRAFT, {_S.WITHDRAWN, _S.EXPIRED}, _S.DRAFT, "correction_undone", tells="application_reopened"),
)

BY_CORRECTION = frozenset({ApplicationEvent.DISCONTINUE, ApplicationEvent.REOPEN, ApplicationEvent.REOPEN_DRAFT})
"""The events that only four eyes bring, a correction or an upheld appeal; a final state is left by no others."""

TELLS: Mapping[ApplicationEvent, str] = {
    rule.event: rule.notification for rule in TRANSITIONS if rule.notification is not None
}
"""The message that follows an event, of those that are not silent."""

_BY_EVENT = {rule.event: rule for rule in TRANSITIONS}


def transition_rule(*, state: ApplicationState, event: ApplicationEvent) -> TransitionRule:
    """Return the arrow that ``event`` follows from ``state``.

    Raises:
        StateConflict: the event is not possible in this state.
    """
    rule = _BY_EVENT[event]
    if state not in rule.sources:
        raise StateConflict(f"Действие невозможно: заявление в состоянии «{STATE_TITLES[state]}»")
    return rule
