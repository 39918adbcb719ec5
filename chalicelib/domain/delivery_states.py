"""The life of a delivery as data: who moves it along, and what each step tells the person (requirement F8)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from chalicelib.domain.errors import StateConflict


class DeliveryMethod(StrEnum):
    """How the paper comes; the values are those of the form."""

    OFFICE = "office"
    POST = "post"


class DeliveryState(StrEnum):
    """Where a delivery is in its life."""

    ORDERED = "ordered"
    READY = "ready"
    HANDED_OVER = "handed_over"
    UNCLAIMED = "unclaimed"
    PARCEL_FORMED = "parcel_formed"
    SENT = "sent"
    DELIVERED = "delivered"
    NOT_CLAIMED = "not_claimed"
    RETURNED = "returned"
    CANCELLED = "cancelled"


class DeliveryEvent(StrEnum):
    """What may happen to a delivery."""

    PREPARE = "prepare"
    RENEW_CODE = "renew_code"
    HAND_OVER = "hand_over"
    END_STORAGE = "end_storage"
    CHANGE_ADDRESS = "change_address"
    FORM_PARCEL = "form_parcel"
    SEND = "send"
    DELIVER = "deliver"
    MISS = "miss"
    RETURN = "return"
    CANCEL = "cancel"
    REOPEN = "reopen"


class Who(StrEnum):
    """Who may let an event happen: the person (or who acts for the person), the insurer's operator, time, an appeal."""

    PERSON = "person"
    OPERATOR = "operator"
    SCHEDULE = "schedule"
    APPEAL = "appeal"


DELIVERY_STATE_TITLES = {
    DeliveryState.ORDERED: "Заказана",
    DeliveryState.READY: "Готова к выдаче",
    DeliveryState.HANDED_OVER: "Выдана",
    DeliveryState.UNCLAIMED: "Срок хранения истёк",
    DeliveryState.PARCEL_FORMED: "Отправление сформировано",
    DeliveryState.SENT: "Отправлена почтой",
    DeliveryState.DELIVERED: "Доставлена",
    DeliveryState.NOT_CLAIMED: "Не получена на почте",
    DeliveryState.RETURNED: "Возвращена",
    DeliveryState.CANCELLED: "Доставка отменена",
}

FINAL_DELIVERY_STATES = frozenset(
    {DeliveryState.HANDED_OVER, DeliveryState.DELIVERED, DeliveryState.RETURNED, DeliveryState.CANCELLED}
)
AWAITED_STATES = frozenset({DeliveryState.ORDERED, DeliveryState.PARCEL_FORMED, DeliveryState.SENT})
"""The person waits for the paper: from the due date on such a delivery is overdue."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryRule:
    """One arrow of the machine, for one ``method`` or both (None).

    ``entry`` names it in the journal; ``silent_because`` says why an arrow without a notification has none.
    """

    event: DeliveryEvent
    sources: frozenset[DeliveryState]
    target: DeliveryState
    by: Who
    entry: str
    method: DeliveryMethod | None = None
    notification: str | None = None
    silent_because: str | None = None


_S = DeliveryState
_E = DeliveryEvent

DELIVERY_TRANSITIONS: tuple[DeliveryRule, ...] = (
    DeliveryRule(
        event=_E.PREPARE,
        sources=frozenset({_S.ORDERED}),
        target=_S.READY,
        by=Who.OPERATOR,
        entry="delivery_ready",
        method=DeliveryMethod.OFFICE,
        notification="extract_ready_for_pickup",
    ),
    DeliveryRule(
        event=_E.RENEW_CODE,
        sources=frozenset({_S.READY}),
        target=_S.READY,
        by=Who.PERSON,
        entry="pickup_code_renewed",
        method=DeliveryMethod.OFFICE,
        silent_because="the code itself is the message",
    ),
    DeliveryRule(
        event=_E.HAND_OVER,
        sources=frozenset({_S.READY}),
        target=_S.HANDED_OVER,
        by=Who.OPERATOR,
        entry="delivery_handed_over",
        method=DeliveryMethod.OFFICE,
        notification="extract_delivered",
    ),
    DeliveryRule(
        event=_E.END_STORAGE,
        sources=frozenset({_S.READY}),
        target=_S.UNCLAIMED,
        by=Who.SCHEDULE,
        entry="delivery_unclaimed",
        method=DeliveryMethod.OFFICE,
        silent_because="the last day was told before, the message on the return follows",
    ),
    DeliveryRule(
        event=_E.CHANGE_ADDRESS,
        sources=frozenset({_S.ORDERED}),
        target=_S.ORDERED,
        by=Who.PERSON,
        entry="delivery_address_changed",
        method=DeliveryMethod.POST,
        silent_because="the person does it on the screen, by a code",
    ),
    DeliveryRule(
        event=_E.FORM_PARCEL,
        sources=frozenset({_S.ORDERED}),
        target=_S.PARCEL_FORMED,
        by=Who.OPERATOR,
        entry="delivery_parcel_formed",
        method=DeliveryMethod.POST,
        silent_because="the message with the tracking number follows",
    ),
    DeliveryRule(
        event=_E.SEND,
        sources=frozenset({_S.PARCEL_FORMED}),
        target=_S.SENT,
        by=Who.OPERATOR,
        entry="delivery_sent",
        method=DeliveryMethod.POST,
        notification="extract_sent",
    ),
    DeliveryRule(
        event=_E.DELIVER,
        sources=frozenset({_S.SENT}),
        target=_S.DELIVERED,
        by=Who.OPERATOR,
        entry="delivery_delivered",
        method=DeliveryMethod.POST,
        notification="extract_delivered",
    ),
    DeliveryRule(
        event=_E.MISS,
        sources=frozenset({_S.SENT}),
        target=_S.NOT_CLAIMED,
        by=Who.OPERATOR,
        entry="delivery_not_claimed",
        method=DeliveryMethod.POST,
        silent_because="the post tells of it, and the message on the return follows",
    ),
    DeliveryRule(
        event=_E.RETURN,
        sources=frozenset({_S.NOT_CLAIMED, _S.UNCLAIMED}),
        target=_S.RETURNED,
        by=Who.OPERATOR,
        entry="delivery_returned",
        notification="extract_returned",
    ),
    DeliveryRule(
        event=_E.RETURN,
        sources=frozenset({_S.UNCLAIMED}),
        target=_S.RETURNED,
        by=Who.SCHEDULE,
        entry="delivery_returned",
        method=DeliveryMethod.OFFICE,
        notification="extract_returned",
    ),
    DeliveryRule(
        event=_E.CANCEL,
        sources=frozenset({_S.ORDERED, _S.READY}),
        target=_S.CANCELLED,
        by=Who.PERSON,
        entry="delivery_cancelled",
        notification="extract_delivery_cancelled",
    ),
    DeliveryRule(
        event=_E.REOPEN,
        sources=frozenset({_S.RETURNED}),
        target=_S.ORDERED,
        by=Who.APPEAL,
        entry="delivery_reopened",
        silent_because="the message on the appeal that is upheld tells of it",
    ),
)
"""Only these arrows exist. Once a parcel is formed nothing is cancelled and the address stands (requirement F8)."""


def open_arrows(*, state: DeliveryState, method: DeliveryMethod, who: Who) -> tuple[DeliveryRule, ...]:
    """The arrows that somebody may follow now."""
    return tuple(
        rule
        for rule in DELIVERY_TRANSITIONS
        if state in rule.sources and rule.by is who and rule.method in {None, method}
    )


def delivery_rule(*, state: DeliveryState, method: DeliveryMethod, event: DeliveryEvent, who: Who) -> DeliveryRule:
    """Return the arrow that ``event`` follows.

    Raises:
        StateConflict: there is none from this state, by this method, for whoever asks.
    """
    for rule in open_arrows(state=state, method=method, who=who):
        if rule.event is event:
            return rule
    how = "почтой" if method is DeliveryMethod.POST else "в пункте выдачи"
    title = DELIVERY_STATE_TITLES[state]
    raise StateConflict(f"Действие невозможно: доставка {how} в состоянии «{title}»")
