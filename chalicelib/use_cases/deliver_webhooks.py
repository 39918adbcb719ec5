"""Bringing events into the feed of their organisation, and sending them to whoever subscribed (requirement M3)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from math import ceil
from typing import TYPE_CHECKING

from chalicelib.domain.dispatch import LONGEST_DELAY
from chalicelib.domain.records import Queue
from chalicelib.domain.regions import home_day
from chalicelib.domain.webhook import HookFeed, HookSubscription, body_of
from chalicelib.domain.webhook_events import FeedEvent, split_name
from chalicelib.domain.webhook_progress import HookProgress, HookState, begin, delivered, failed, next_of, rest
from chalicelib.domain.webhook_signature import derive_secret, signed_headers
from chalicelib.ports.errors import AlreadyExists, StaleWrite, Throttled
from chalicelib.ports.toolbox import Toolbox
from chalicelib.ports.webhooks import HookAnswer
from chalicelib.use_cases.journal import notify
from chalicelib.use_cases.journal import send as put_into_outbox
from chalicelib.use_cases.tell_organisations import DELIVER_STEP

if TYPE_CHECKING:
    from chalicelib.domain.webhook_events import CaseEvent
    from chalicelib.ports.storage import UnitOfWork
    from chalicelib.ports.webhooks import HookFolder

PAGE = 8
"""Messages of one run: all of them may be as slow as the sender allows."""

TOGETHER = 20
"""Events of one case that enter the feed in one transaction."""


def tell_of_case(*, tools: Toolbox, organisation: str, case: str, at: datetime) -> int:
    """Bring what is new of a case into the feed, in the order of the case, and deliver; returns how many were sent.

    Raises:
        Throttled: another process was faster; the message comes again.
    """
    folder = tools.store.hook_folder(organisation=organisation)
    if not folder.subscriptions:
        return 0
    began_at = min(one.created_at for one in folder.subscriptions)
    untold = tools.store.untold_events(organisation=organisation, case=case)[:TOGETHER]
    if untold:
        folder = replace(folder, feed=_fed(tools, folder, untold, began_at, at))
    return _deliver(tools, folder.subscriptions[0], folder, at)


def deliver_to(*, tools: Toolbox, organisation: str, subscription_id: str, at: datetime) -> int:
    """Go on with one subscription; returns how many messages its receiver took."""
    folder = tools.store.hook_folder(organisation=organisation)
    wanted = [one for one in folder.subscriptions if one.subscription_id == subscription_id]
    return sum(_deliver(tools, one, folder, at) for one in wanted)


def queue_delivery(
    *, work: UnitOfWork, tools: Toolbox, progress: HookProgress, at: datetime, delay_seconds: int = 0
) -> None:
    """Queue a run of one subscription."""
    _queue(work, tools, progress.organisation, progress.subscription_id, at, delay_seconds)


def _queue(
    work: UnitOfWork, tools: Toolbox, organisation: str, subscription_id: str, at: datetime, delay_seconds: int = 0
) -> None:
    body = {"step": DELIVER_STEP, "organisation": organisation, "subscription_id": subscription_id}
    put_into_outbox(work=work, tools=tools, queue=Queue.WEBHOOKS, body=body, at=at, delay_seconds=delay_seconds)


def _fed(tools: Toolbox, folder: HookFolder, untold: Sequence[CaseEvent], began_at: datetime, at: datetime) -> HookFeed:
    """Number the events and take them out of what is untold; what is older than all subscriptions is told to nobody.

    The first subscription follows at once, the others by messages of their own: a slow receiver holds up no other.
    """
    feed = folder.feed or HookFeed(organisation=untold[0].organisation)
    fresh = [event for event in untold if event.at >= began_at]
    work = tools.store.work(at=at)
    for number, event in enumerate(fresh, start=feed.last + 1):
        work.create(FeedEvent(number=number, event=event))
    for event in untold:
        work.remove(event)
    for subscription in folder.subscriptions[1:]:
        _queue(work, tools, subscription.organisation, subscription.subscription_id, at)
    grown = replace(feed, last=feed.last + len(fresh))
    if folder.feed is None:
        work.create(grown)
    elif fresh:
        work.update(grown)
    try:
        work.commit()
    except (StaleWrite, AlreadyExists):
        raise Throttled("Лента событий пополняется прямо сейчас", retry_after=1) from None
    return grown


@dataclass(frozen=True, slots=True, kw_only=True)
class _Run:
    """What one run of a subscription works with."""

    tools: Toolbox
    subscription: HookSubscription
    feed: Sequence[FeedEvent]
    aside: Mapping[int, FeedEvent]
    at: datetime


def _deliver(tools: Toolbox, subscription: HookSubscription, folder: HookFolder, at: datetime) -> int:
    known = folder.progress_of(subscription.subscription_id)
    last = folder.feed.last if folder.feed else 0
    if known is None or not known.may_begin(at) or (known.through >= last and not known.due_aside(at)):
        return 0
    begun = _begun(tools, known, at)
    if begun is None:
        return 0
    run = _read(tools, subscription, begun, at)
    progress, taken = _sent(run, begun)
    _noted(run, progress)
    return taken


def _begun(tools: Toolbox, known: HookProgress, at: datetime) -> HookProgress | None:
    """Take the lease; None if another process was faster: it sees what this one has seen."""
    begun = begin(known, at=at)
    work = tools.store.work(at=at)
    work.update(begun)
    try:
        work.commit()
    except StaleWrite:
        return None
    return replace(begun, version=begun.version + 1)


def _read(tools: Toolbox, subscription: HookSubscription, progress: HookProgress, at: datetime) -> _Run:
    name = progress.organisation
    feed = tools.store.feed_events(organisation=name, after=progress.through, limit=PAGE)
    numbers = [number for one in progress.due_aside(at)[:PAGE] for number in one.numbers[:PAGE]]
    aside = tools.store.feed_events_at(organisation=name, numbers=numbers[:PAGE]) if numbers else ()
    return _Run(
        tools=tools,
        subscription=subscription,
        feed=feed,
        aside={found.number: found for found in (*aside, *feed)},
        at=at,
    )


def _sent(run: _Run, progress: HookProgress) -> tuple[HookProgress, int]:
    """Send one message after another as the rule chooses them; returns where that leads and how many were taken."""
    taken = 0
    for _ in range(PAGE):
        progress, number = next_of(progress, feed=run.feed, kinds=run.subscription.kinds, at=run.at)
        if number is None or number not in run.aside:
            break
        found = run.aside[number]
        answer = _send(run, found)
        if answer is HookAnswer.TAKEN:
            taken, progress = taken + 1, delivered(progress, found, at=run.at)
        else:
            progress = failed(progress, found, at=run.at, is_gone=answer is HookAnswer.GONE)
    return progress, taken


def _send(run: _Run, found: FeedEvent) -> HookAnswer:
    at, body = run.at, body_of(found)
    subscription, secret = run.subscription, run.tools.secrets.signing_secret
    secrets = [
        derive_secret(secret=secret, subscription_id=subscription.subscription_id, generation=generation)
        for generation in subscription.generations_at(at)
    ]
    headers = signed_headers(secrets=secrets, event_id=found.event_id, at=at, body=body)
    return run.tools.hooks.send(url=subscription.url, headers=headers, body=body)


def _noted(run: _Run, progress: HookProgress) -> None:
    """Keep where the run has led and queue the next one, if anything is left.

    What came into the feed while the lease was held found the lease taken: so the feed is looked at once more.
    """
    tools, at = run.tools, run.at
    rested = rest(progress, at=at)
    work = tools.store.work(at=at)
    work.update(rested)
    if rested.stopped_at is not None:
        _tell_stop(run, work, rested)
    delay = _pause(run, rested)
    if delay is not None:
        queue_delivery(work=work, tools=tools, progress=rested, at=at, delay_seconds=delay)
    try:
        work.commit()
    except StaleWrite:
        # Its operator moved the cursor or took the subscription away meanwhile: their word stands.
        return
    if delay != 0 and rested.not_before is None and _has_more(tools, rested):
        work = tools.store.work(at=at)
        queue_delivery(work=work, tools=tools, progress=rested, at=at)
        work.commit()


def _tell_stop(run: _Run, work: UnitOfWork, progress: HookProgress) -> None:
    """Let the organisation have a letter: nothing is sent any more until it mends its receiver and says so."""
    organisation, code = split_name(progress.organisation)
    context = {f"{organisation.value}_code": code, "day": str(home_day(at=run.at, region=""))}
    kind = f"{organisation.value}_webhook_stopped"
    person_id = run.subscription.account_id
    notify(work=work, tools=run.tools, kind=kind, person_id=person_id, at=run.at, context=context)


def _pause(run: _Run, progress: HookProgress) -> int | None:
    """After how many seconds the next run is queued; None leaves it to the timer, or to what comes."""
    is_open = progress.not_before is None and progress.next_try_at != run.at
    if len(run.feed) == PAGE and is_open and progress.state is HookState.ACTIVE and not progress.is_full:
        return 0
    moment = progress.next_try_at
    if moment is None or moment - run.at > LONGEST_DELAY:
        return None
    # Never before its moment: a run that is too early finds nothing to do.
    return max(0, ceil((moment - run.at).total_seconds()))


def _has_more(tools: Toolbox, progress: HookProgress) -> bool:
    found = tools.store.feed_events(organisation=progress.organisation, after=progress.through, limit=1)
    return bool(found) and not progress.is_full
