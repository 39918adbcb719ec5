"""How far a subscription's messages are: ordered within a case, a failing case waits beside the others (M3).

Events are tried in the order of the feed. One that fails is put aside, and what follows of its case queues up behind
it, so that cases never overtake themselves and one bad message does not hold up the others. When several cases fail in
a row the receiver is taken to be down: then one message at a time probes it by the plan, and after the last probe the
subscription stops by name, until its operator resumes it from a cursor.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from chalicelib.domain.dispatch import LATE, LONGEST_DELAY, LOOK_AGAIN, PAUSES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chalicelib.domain.webhook_events import EventKind, FeedEvent

LEASE: Final = timedelta(seconds=90)
"""Longer than the Lambda that delivers may run."""

DOWN_AFTER: Final = 3
"""So many cases that failed since the last success mean that the receiver is down."""

MOST_CASES: Final = 50
MOST_ASIDE: Final = 400
"""What is put aside is kept in one item: beyond this the feed waits."""

MOST_TOLD: Final = 50
"""How many messages that were given up are told of, the last ones."""


class HookState(StrEnum):
    """Where a subscription stands."""

    ACTIVE = "active"
    WAITING = "waiting"
    STOPPED = "stopped"
    GONE = "gone"


STATE_TITLES: Final = {
    HookState.ACTIVE: "Доставляется",
    HookState.WAITING: "Получатель не отвечает: попытки продолжаются",
    HookState.STOPPED: "Остановлена: получатель не ответил ни на одну из попыток",
    HookState.GONE: "Остановлена: получатель ответил, что адреса больше нет (410)",
}
ENDED: Final = frozenset({HookState.STOPPED, HookState.GONE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Aside:
    """A case whose first message failed ``tries`` times, with what queues behind it (numbers of the feed)."""

    case: str
    numbers: tuple[int, ...]
    tries: int
    not_before: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenUp:
    """A message that is sent no more by itself: all tries of the plan failed while others arrived."""

    number: int
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class HookProgress:
    """``through`` is the number up to which events are delivered, passed over or put ``aside``.

    ``failing`` names the cases that failed since the last success, ``probes`` counts tries while the receiver is down.
    ``look_at`` is when a timer has to look, None when nothing is ahead.
    """

    organisation: str
    subscription_id: str
    state: HookState = HookState.ACTIVE
    through: int = 0
    aside: tuple[Aside, ...] = ()
    failing: tuple[str, ...] = ()
    probes: int = 0
    given_up: tuple[GivenUp, ...] = ()
    not_before: datetime | None = None
    leased_until: datetime | None = None
    look_at: datetime | None = None
    delivered_at: datetime | None = None
    failed_at: datetime | None = None
    version: int = 1

    def may_begin(self, at: datetime) -> bool:
        """Whether deliveries may begin: it is not stopped, its moment has come, and nobody else is at it."""
        is_free = self.leased_until is None or at >= self.leased_until
        return self.state not in ENDED and is_free and (self.not_before is None or at >= self.not_before)

    def due_aside(self, at: datetime) -> Sequence[Aside]:
        """The cases put aside whose moment has come, earliest first."""
        return sorted((one for one in self.aside if at >= one.not_before), key=lambda one: one.numbers[0])

    @property
    def is_full(self) -> bool:
        """Whether nothing more can be put aside."""
        return len(self.aside) >= MOST_CASES or sum(len(one.numbers) for one in self.aside) >= MOST_ASIDE

    @property
    def stopped_at(self) -> datetime | None:
        """Since when nothing is sent any more, by the last failure; None while something is."""
        return self.failed_at if self.state in ENDED else None

    @property
    def next_try_at(self) -> datetime | None:
        """When something that failed is tried again."""
        if self.state in ENDED:
            return None
        moments = [one.not_before for one in self.aside]
        if not moments:
            return self.not_before
        return max(min(moments), self.not_before) if self.not_before else min(moments)


def begin(progress: HookProgress, *, at: datetime) -> HookProgress:
    """Begin to deliver; the lease lets another begin if this process dies."""
    until = at + LEASE
    return replace(progress, leased_until=until, look_at=until + LOOK_AGAIN)


def next_of(
    progress: HookProgress, *, feed: Sequence[FeedEvent], kinds: Sequence[EventKind], at: datetime
) -> tuple[HookProgress, int | None]:
    """Choose the number to deliver next, None if nothing is to be tried now.

    Args:
        progress: Where the subscription stands.
        feed: Events behind ``through``, in order.
        kinds: What the subscription wants; the rest is passed over.
        at: The moment.
    """
    if not (progress.state not in ENDED and (progress.not_before is None or at >= progress.not_before)):
        return progress, None
    for one in progress.due_aside(at):
        return progress, one.numbers[0]
    for found in feed:
        if found.number <= progress.through:
            continue
        if found.event.kind not in kinds:
            progress = replace(progress, through=found.number)
        elif progress.is_full:
            return progress, None
        elif any(one.case == found.event.case for one in progress.aside):
            progress = replace(progress, through=found.number, aside=_queued(progress, found))
        else:
            return progress, found.number
    return progress, None


def _queued(progress: HookProgress, found: FeedEvent) -> tuple[Aside, ...]:
    return tuple(
        replace(one, numbers=(*one.numbers, found.number)) if one.case == found.event.case else one
        for one in progress.aside
    )


def delivered(progress: HookProgress, found: FeedEvent, *, at: datetime) -> HookProgress:
    """Note that the receiver took a message: the next of its case follows at once, and after an outage all others."""
    aside = _without_first(progress.aside, found.number, at)
    if len(progress.failing) >= DOWN_AFTER:
        aside = tuple(replace(one, not_before=at) for one in aside)
    return replace(
        progress,
        state=HookState.ACTIVE,
        through=max(progress.through, found.number),
        aside=aside,
        failing=(),
        probes=0,
        not_before=None,
        delivered_at=at,
    )


def _without_first(aside: Sequence[Aside], number: int, at: datetime) -> tuple[Aside, ...]:
    left = [
        replace(one, numbers=one.numbers[1:], tries=0, not_before=at) if one.numbers[0] == number else one
        for one in aside
    ]
    return tuple(one for one in left if one.numbers)


def failed(progress: HookProgress, found: FeedEvent, *, at: datetime, is_gone: bool = False) -> HookProgress:
    """Note that a try failed: the case waits aside; with several of them the whole subscription does."""
    was_down = len(progress.failing) >= DOWN_AFTER
    failing = progress.failing if was_down else tuple(dict.fromkeys((*progress.failing, found.event.case)))
    noted = replace(
        _put_aside(progress, found, at, counts=not was_down),
        through=max(progress.through, found.number),
        failing=failing,
        failed_at=at,
    )
    if is_gone:
        return replace(noted, state=HookState.GONE, not_before=None)
    return _probed(noted, at) if len(failing) >= DOWN_AFTER else noted


def _put_aside(progress: HookProgress, found: FeedEvent, at: datetime, *, counts: bool) -> HookProgress:
    """While the receiver is down a try says nothing about the message: it does not count against it."""
    known = next((one for one in progress.aside if one.numbers[0] == found.number), None)
    if known is None:
        fresh = Aside(case=found.event.case, numbers=(found.number,), tries=1, not_before=at + PAUSES[0])
        return replace(progress, aside=(*progress.aside, fresh))
    others = tuple(one for one in progress.aside if one is not known)
    tries = known.tries + 1 if counts else known.tries
    if tries > len(PAUSES):
        told = (*progress.given_up, GivenUp(number=found.number, at=at))[-MOST_TOLD:]
        return replace(progress, aside=_without_first(progress.aside, found.number, at), given_up=told)
    again = replace(known, tries=tries, not_before=at + PAUSES[max(tries, 1) - 1])
    return replace(progress, aside=(*others, again))


def _probed(progress: HookProgress, at: datetime) -> HookProgress:
    if progress.probes >= len(PAUSES):
        return replace(progress, state=HookState.STOPPED, not_before=None)
    pause = PAUSES[progress.probes]
    # Whatever waits aside is tried at the next probe, one message of it.
    aside = tuple(replace(one, not_before=min(one.not_before, at + pause)) for one in progress.aside)
    return replace(progress, state=HookState.WAITING, probes=progress.probes + 1, not_before=at + pause, aside=aside)


def rest(progress: HookProgress, *, at: datetime) -> HookProgress:
    """End a run: nobody is at it any more, and the timer knows when to look."""
    moment = progress.next_try_at
    look_at = moment
    if moment is not None and moment - at <= LONGEST_DELAY:
        # Short pauses have a message of their own: the timer only makes good what got lost.
        look_at = moment + LATE
    return replace(progress, leased_until=None, look_at=look_at)


def queued_again(progress: HookProgress, *, at: datetime) -> HookProgress:
    """Note that the timer queued a run: it looks again in case that message got lost."""
    return replace(progress, look_at=at + LOOK_AGAIN)


def replayed(progress: HookProgress, *, after: int) -> HookProgress:
    """Send again what follows a cursor, also where the subscription was stopped.

    Whoever is at it keeps the lease, so that two never send at once; what it notes is not kept.
    """
    return replace(
        progress,
        state=HookState.ACTIVE,
        through=after,
        aside=(),
        failing=(),
        probes=0,
        given_up=(),
        not_before=None,
        look_at=None,
    )
