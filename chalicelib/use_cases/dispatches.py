"""Sending one message by one channel once, and planning what failed (requirement M1)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from chalicelib.domain.dispatch import (
    LONGEST_DELAY,
    SentPointer,
    accepted,
    begin,
    defer,
    end,
    put_off,
    queued_again,
)
from chalicelib.domain.dispatch import DispatchState as State
from chalicelib.domain.records import Queue
from chalicelib.ports.errors import AlreadyExists, DependencyFailed, Rejected, StaleWrite, Throttled
from chalicelib.ports.notifications import OutcomeUnknown, Taken
from chalicelib.use_cases.journal import send as put_into_outbox

if TYPE_CHECKING:
    from chalicelib.domain.dispatch import Dispatch
    from chalicelib.ports.storage import UnitOfWork
    from chalicelib.ports.toolbox import Toolbox

NOTE_TRIES = 3
"""How often a result is noted anew: what is not noted is sent again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """How a message leaves: by what, not before when, and whether it may be sent again when nobody knows."""

    by: Callable[[str], Taken]
    not_before: datetime | None = None
    repeat_unknown: bool = True


def dispatch_once(*, tools: Toolbox, first: Dispatch, is_new: bool, sending: Sending, at: datetime) -> State:
    """Send a message unless it was sent or is not to be sent yet; returns where it stands then.

    ``first`` is the message as it begins; ``is_new`` tells that it most likely was never begun before.

    Raises:
        Throttled: another process is at it.
    """
    begun = _begun(tools, first, sending, at, is_new=is_new)
    if begun.state is not State.SENDING:
        return begun.state
    try:
        taken = sending.by(begun.reference)
    except Rejected:
        return _note(tools, begun, lambda d: end(d, state=State.REJECTED, at=at), at)
    except OutcomeUnknown:
        if not sending.repeat_unknown:
            return _note(tools, begun, lambda d: end(d, state=State.UNCONFIRMED, at=at), at)
        return _note(tools, begun, lambda d: put_off(d, at=at), at)
    except DependencyFailed as failure:
        least = timedelta(seconds=failure.retry_after)
        return _note(tools, begun, lambda d: put_off(d, at=at, least=least), at)
    pointer = _pointer(begun, taken, at)
    return _note(tools, begun, lambda d: accepted(d, provider=taken.provider, at=at), at, pointer)


def drop(*, tools: Toolbox, dispatch: Dispatch | None, state: State, at: datetime) -> None:
    """End a message that waits and is not to be sent any more."""
    if dispatch is None or not dispatch.may_be_tried(at):
        return
    work = tools.store.work(at=at)
    work.update(end(dispatch, state=state, at=at))
    work.commit()


def queue_again(*, work: UnitOfWork, tools: Toolbox, dispatch: Dispatch, at: datetime, delay: timedelta) -> None:
    """Put the message into the queue of notifications again, for this channel alone."""
    body = {
        "kind": dispatch.kind.value,
        "person_id": dispatch.person_id,
        "order_id": dispatch.order_id,
        "ordered_at": dispatch.ordered_at.isoformat(),
        "channel": dispatch.channel.value,
        **{f"context.{name}": value for name, value in dispatch.context.items()},
    }
    seconds = int(delay.total_seconds())
    put_into_outbox(work=work, tools=tools, queue=Queue.NOTIFICATIONS, body=body, at=at, delay_seconds=seconds)


def queue_due(*, tools: Toolbox, dispatch: Dispatch, at: datetime) -> None:
    """Queue a try whose moment has come; only one of two timers can (raises StaleWrite)."""
    work = tools.store.work(at=at)
    work.update(queued_again(dispatch, at=at))
    queue_again(work=work, tools=tools, dispatch=dispatch, at=at, delay=timedelta(0))
    work.commit()


def plan(*, work: UnitOfWork, tools: Toolbox, dispatch: Dispatch, at: datetime) -> None:
    """Queue the next try of a message that waits for it; longer pauses are kept by the timer."""
    if dispatch.state is not State.WAITING or dispatch.not_before is None:
        return
    pause = dispatch.not_before - at
    if pause <= LONGEST_DELAY:
        queue_again(work=work, tools=tools, dispatch=dispatch, at=at, delay=pause)


def _begun(tools: Toolbox, first: Dispatch, sending: Sending, at: datetime, *, is_new: bool) -> Dispatch:
    """Begin a try, or tell why not: the message that is begun is in the state SENDING and nobody else's."""
    if is_new:
        work = tools.store.work(at=at)
        made = _next(first, sending, at)
        work.create(made)
        try:
            work.commit()
        except AlreadyExists:
            pass
        else:
            return made
    stored = tools.store.dispatch(order_id=first.order_id, channel=first.channel)
    if stored is None:
        return _begun(tools, first, sending, at, is_new=True)
    if not stored.may_be_tried(at):
        if stored.state is State.SENDING:
            raise Throttled("Отправка уже идёт", retry_after=60)
        return stored
    work = tools.store.work(at=at)
    following = _next(stored, sending, at)
    work.update(following)
    try:
        work.commit()
    except StaleWrite:
        raise Throttled("Отправка уже идёт", retry_after=60) from None
    return replace(following, version=following.version + 1)


def _next(dispatch: Dispatch, sending: Sending, at: datetime) -> Dispatch:
    if dispatch.state is State.SENDING and not sending.repeat_unknown:
        # Whoever was at it died: the code may have left, and one code is never sent twice.
        return end(dispatch, state=State.UNCONFIRMED, at=at)
    if sending.not_before is not None:
        return defer(dispatch, until=sending.not_before, at=at)
    return begin(dispatch, at=at)


def _note(
    tools: Toolbox,
    begun: Dispatch,
    result: Callable[[Dispatch], Dispatch],
    at: datetime,
    pointer: SentPointer | None = None,
) -> State:
    """Keep what became of a try; a receipt may have been faster, and then its word stands beside."""
    stored, left = begun, NOTE_TRIES
    while True:
        left -= 1
        noted = result(stored)
        work = tools.store.work(at=at)
        work.update(noted)
        if pointer is not None:
            work.put(pointer)
        plan(work=work, tools=tools, dispatch=noted, at=at)
        try:
            work.commit()
        except (StaleWrite, DependencyFailed):
            if not left:
                raise
            # The answer may have got lost, or a receipt was faster: then there is nothing left to note.
            stored = tools.store.dispatch(order_id=begun.order_id, channel=begun.channel) or begun
            if stored.state is not State.SENDING:
                return stored.state
        else:
            return noted.state


def _pointer(begun: Dispatch, taken: Taken, at: datetime) -> SentPointer:
    return SentPointer(provider=taken.provider, provider_id=taken.provider_id, reference=begun.name, at=at)
