"""One message on its way by one channel: tries, what its providers tell of it, and how it ends (requirements M1, M2).

Receipts come in any order and more than once. What is known of a dispatch follows from the set of its receipts, so
neither order nor repetition changes how it ends.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from chalicelib.domain.notifications import Channel, NotificationKind

LEASE: Final = timedelta(seconds=60)
"""How long a try stands if the process that makes it dies."""

PAUSES: Final = (
    timedelta(seconds=30),
    timedelta(minutes=2),
    timedelta(minutes=10),
    timedelta(hours=1),
    timedelta(hours=4),
    timedelta(hours=12),
    timedelta(hours=24),
)
"""Between the tries: eight of them within 42 hours, then the message is given up by name."""

BOUNCE_PAUSE: Final = timedelta(hours=1)
"""A mailbox that is full, or a phone that is off, is not tried again sooner."""

CONFIRMED_WITHIN: Final = timedelta(hours=72)
"""Providers try for three days at most: after that no receipt comes."""

LATE: Final = timedelta(minutes=5)
"""How long after its moment a try is looked for by the timer, if its own message got lost."""

LONGEST_DELAY: Final = timedelta(minutes=15)
"""A queue keeps no message back for longer (SQS)."""

LOOK_AGAIN: Final = timedelta(minutes=15)
"""How long after it was queued a due try is looked for again."""


class DispatchState(StrEnum):
    """Where a message by one channel stands."""

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    DELIVERED = "delivered"
    REJECTED = "rejected"
    BOUNCED = "bounced"
    COMPLAINED = "complained"
    UNDELIVERED = "undelivered"
    UNCONFIRMED = "unconfirmed"
    TOO_LATE = "too_late"
    CANCELLED = "cancelled"


STATE_TITLES: Final[Mapping[DispatchState, str]] = {
    DispatchState.WAITING: "Ждёт отправки",
    DispatchState.SENDING: "Отправляется",
    DispatchState.SENT: "Передано службе доставки",
    DispatchState.DELIVERED: "Доставлено",
    DispatchState.REJECTED: "Служба доставки отказалась доставлять",
    DispatchState.BOUNCED: "Такого номера или адреса нет, или он больше не принимает сообщения",
    DispatchState.COMPLAINED: "Получатель пожаловался на сообщение",
    DispatchState.UNDELIVERED: "Не доставлено: все попытки исчерпаны",
    DispatchState.UNCONFIRMED: "Отправлено, доставка не подтверждена",
    DispatchState.TOO_LATE: "Не отправлено: код успел устареть",
    DispatchState.CANCELLED: "Не отправлено: этот способ связи отключён или больше не подходит",
}

UNDER_WAY: Final = frozenset({DispatchState.WAITING, DispatchState.SENDING, DispatchState.SENT})
_PARTS: Final = 3
_NUMBER: Final = re.compile("[1-9][0-9]{0,2}")
_MAY_BE_TRIED_AGAIN: Final = frozenset({DispatchState.SENDING, DispatchState.SENT, DispatchState.UNCONFIRMED})


class Recipient(StrEnum):
    """Whose contact a message goes to."""

    PERSON = "person"
    NEW_CONTACT = "new_contact"
    ORGANISATION = "organisation"


class ReceiptOutcome(StrEnum):
    """What a provider tells of a message that it took."""

    DELAYED = "delayed"
    SOFT_BOUNCE = "soft_bounce"
    REFUSED = "refused"
    DELIVERED = "delivered"
    HARD_BOUNCE = "hard_bounce"
    COMPLAINT = "complaint"


DEAD: Final = frozenset({ReceiptOutcome.HARD_BOUNCE, ReceiptOutcome.COMPLAINT})
"""These stop the channel (requirement M2)."""

_ENDS: Final = (
    (ReceiptOutcome.COMPLAINT, DispatchState.COMPLAINED),
    (ReceiptOutcome.HARD_BOUNCE, DispatchState.BOUNCED),
    (ReceiptOutcome.DELIVERED, DispatchState.DELIVERED),
    (ReceiptOutcome.REFUSED, DispatchState.REJECTED),
)
"""What a message ends with, the strongest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """A receipt of one attempt, kept once."""

    attempt: int
    outcome: ReceiptOutcome
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """What a reference names."""

    order_id: str
    channel: Channel
    attempt: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispatch:
    """One message by one channel.

    ``attempt`` numbers what a provider accepted: it grows only when an accepted message did not arrive, so that a
    repeated try is the same message to a provider that knows its reference. ``tries`` counts what was begun.
    ``not_before`` is the moment of the next try; ``look_at`` is when a timer has to look, None when nothing is ahead.
    ``contact_hash`` tells whether a receipt is about the contact that the person still has.
    """

    order_id: str
    channel: Channel
    kind: NotificationKind
    person_id: str
    recipient: Recipient
    contact_hash: str
    context: Mapping[str, str]
    ordered_at: datetime
    state: DispatchState = DispatchState.WAITING
    attempt: int = 1
    tries: int = 0
    provider: str = ""
    heard: tuple[Heard, ...] = ()
    leased_until: datetime | None = None
    not_before: datetime | None = None
    look_at: datetime | None = None
    changed_at: datetime | None = None
    version: int = 1

    @property
    def name(self) -> Reference:
        """What names the present attempt."""
        return Reference(order_id=self.order_id, channel=self.channel, attempt=self.attempt)

    @property
    def reference(self) -> str:
        """The name of the present attempt, for providers and their receipts: letters, digits and hyphens."""
        return f"{self.order_id}-{self.channel.value}-{self.attempt}"

    @property
    def is_under_way(self) -> bool:
        """Whether the message may still be sent or confirmed."""
        return self.state in UNDER_WAY

    def may_be_tried(self, at: datetime) -> bool:
        """Whether a try may begin: its moment has come, and nobody else is at it."""
        if self.state is DispatchState.SENDING:
            return self.leased_until is None or at >= self.leased_until
        return self.state is DispatchState.WAITING and (self.not_before is None or at >= self.not_before)


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What a provider tells of a message: by our reference, or else by the provider's own id."""

    channel: Channel
    outcome: ReceiptOutcome
    at: datetime
    reference: Reference | None = None
    provider: str = ""
    provider_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SentPointer:
    """Leads from a provider's id to the attempt that it took, where its receipts name nothing else."""

    provider: str
    provider_id: str
    reference: Reference
    at: datetime


def read_reference(text: str) -> Reference | None:
    """Read what `Dispatch.reference` wrote; None for anything else."""
    parts = text.split("-")
    if len(parts) != _PARTS or parts[1] not in set(Channel) or not _NUMBER.fullmatch(parts[2]):
        return None
    return Reference(order_id=parts[0], channel=Channel(parts[1]), attempt=int(parts[2]))


def begin(dispatch: Dispatch, *, at: datetime) -> Dispatch:
    """Begin a try; the lease lets another begin if this one dies."""
    until = at + LEASE
    return replace(
        dispatch,
        state=DispatchState.SENDING,
        tries=dispatch.tries + 1,
        leased_until=until,
        look_at=until + LOOK_AGAIN,
        changed_at=at,
    )


def defer(dispatch: Dispatch, *, until: datetime, at: datetime) -> Dispatch:
    """Let a message wait for its moment, such as the end of quiet hours."""
    waits = replace(dispatch, state=DispatchState.WAITING, leased_until=None, not_before=until, changed_at=at)
    return replace(waits, look_at=until)


def accepted(dispatch: Dispatch, *, provider: str, at: datetime) -> Dispatch:
    """Note that a provider took the message; a receipt may have come before."""
    sent = replace(dispatch, state=DispatchState.SENT, provider=provider, leased_until=None, not_before=None)
    return _settled(replace(sent, look_at=at + CONFIRMED_WITHIN, changed_at=at), at)


def put_off(dispatch: Dispatch, *, at: datetime, least: timedelta = timedelta(0)) -> Dispatch:
    """Plan the next try after one that failed; the message is given up once the plan is used up."""
    if dispatch.tries > len(PAUSES):
        return end(dispatch, state=DispatchState.UNDELIVERED, at=at)
    pause = max(PAUSES[dispatch.tries - 1], least)
    waits = defer(dispatch, until=at + pause, at=at)
    # Short pauses have a message of their own: the timer only makes good what got lost.
    return replace(waits, look_at=at + pause + LATE) if pause <= LONGEST_DELAY else waits


def end(dispatch: Dispatch, *, state: DispatchState, at: datetime) -> Dispatch:
    """End a message by name; nothing is ahead of it any more."""
    return replace(dispatch, state=state, leased_until=None, not_before=None, look_at=None, changed_at=at)


def queued_again(dispatch: Dispatch, *, at: datetime) -> Dispatch:
    """Note that the timer queued a due try: it looks again in case that message got lost."""
    return replace(dispatch, look_at=at + LOOK_AGAIN)


def hear(dispatch: Dispatch, receipt: Receipt, *, attempt: int, at: datetime) -> Dispatch:
    """Take a receipt in; one that is known already changes nothing.

    Returns the dispatch itself if nothing changes.
    """
    known = {(heard.attempt, heard.outcome) for heard in dispatch.heard}
    if (attempt, receipt.outcome) in known or attempt > dispatch.attempt:
        return dispatch
    heard = Heard(attempt=attempt, outcome=receipt.outcome, at=receipt.at)
    return _settled(replace(dispatch, heard=(*dispatch.heard, heard)), at)


def _settled(dispatch: Dispatch, at: datetime) -> Dispatch:
    """The state that follows from all receipts together."""
    outcomes = {heard.outcome for heard in dispatch.heard}
    for outcome, state in _ENDS:
        if outcome in outcomes:
            return dispatch if dispatch.state is state else end(dispatch, state=state, at=at)
    soft = any(h.attempt == dispatch.attempt and h.outcome is ReceiptOutcome.SOFT_BOUNCE for h in dispatch.heard)
    if soft and dispatch.state is DispatchState.WAITING:
        # A try whose answer got lost was accepted after all: the next one is another message to the provider.
        return replace(dispatch, attempt=dispatch.attempt + 1)
    if soft and dispatch.state in _MAY_BE_TRIED_AGAIN:
        return put_off(replace(dispatch, attempt=dispatch.attempt + 1), at=at, least=BOUNCE_PAUSE)
    return dispatch
