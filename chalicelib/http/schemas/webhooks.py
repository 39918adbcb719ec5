"""Subscriptions to webhooks, and the feed of events, as JSON (M3)."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Any

from pydantic import Field

from chalicelib.domain.webhook import MOST_DAYS_OF_BOTH, body_of
from chalicelib.domain.webhook_events import OrganisationKind, split_name
from chalicelib.domain.webhook_progress import STATE_TITLES, HookState
from chalicelib.http.models import In, Out, Query

if TYPE_CHECKING:
    from chalicelib.domain.webhook_events import FeedEvent
    from chalicelib.domain.webhook_progress import HookProgress
    from chalicelib.use_cases.webhooks import Subscribed

_LAST = 999_999_999_998


class WebhookIn(In):
    """Where events go; without ``kinds`` all that the organisation can be told of."""

    url: str = Field(max_length=500, description="Адрес https без параметров", examples=["https://example.org/polis"])
    kinds: list[str] = Field(default_factory=list, max_length=20, description="Виды событий")


class SecretRotationIn(In):
    """For how many days the former secret signs too; 0 ends it at once, as after a leak."""

    both_days: int = Field(default=7, ge=0, le=MOST_DAYS_OF_BOTH, description="Сколько дней подписывают оба ключа")


class ReplayIn(In):
    """From where to send again."""

    after: int = Field(ge=0, le=_LAST, description="Курсор: отправить снова всё, что после него")


class EventsQuery(Query):
    """Which part of the feed."""

    after: int = Field(default=0, ge=0, le=_LAST, description="Курсор последнего полученного события")
    limit: int = Field(default=100, ge=1, le=100, description="Сколько событий вернуть")


class WaitingCaseOut(Out):
    """A case whose messages wait, since the first of them was not taken."""

    case: str
    messages: int
    tries: int
    next_try_at: datetime


class GivenUpOut(Out):
    """A message that is sent no more by itself."""

    cursor: int
    at: datetime


class WebhookOut(Out):
    """A subscription; ``secret`` is shown only when it was just made. ``sent_through`` is a cursor, as ``last``."""

    id: str
    url: str
    kinds: list[str]
    created_at: datetime
    state: HookState
    state_title: str
    sent_through: int
    last: int
    waiting: list[WaitingCaseOut]
    given_up: list[GivenUpOut]
    next_try_at: datetime | None
    delivered_at: datetime | None
    failed_at: datetime | None
    secret_generation: int
    former_secret_until: datetime | None
    secret: str | None = None


class WebhooksOut(Out):
    """All subscriptions of the organisation."""

    items: list[WebhookOut]


class EventsOut(Out):
    """A part of the feed, each event as it is sent; ``next`` is the cursor to go on from."""

    items: list[dict[str, Any]]
    next: int


class StoppedWebhookOut(Out):
    """A subscription by which nothing is sent any more; its address is known to its organisation alone."""

    id: str
    organisation_kind: OrganisationKind
    organisation_code: str
    state: HookState
    state_title: str
    stopped_at: datetime | None
    delivered_at: datetime | None
    sent_through: int
    waiting_messages: int


class StoppedWebhooksOut(Out):
    """All of them, the oldest stop first."""

    items: list[StoppedWebhookOut]


def stopped_out(progress: HookProgress) -> StoppedWebhookOut:
    """Present a stopped subscription."""
    kind, code = split_name(progress.organisation)
    return StoppedWebhookOut(
        id=progress.subscription_id,
        organisation_kind=kind,
        organisation_code=code,
        state=progress.state,
        state_title=STATE_TITLES[progress.state],
        stopped_at=progress.stopped_at,
        delivered_at=progress.delivered_at,
        sent_through=progress.through,
        waiting_messages=sum(len(one.numbers) for one in progress.aside),
    )


def webhook_out(found: Subscribed) -> WebhookOut:
    """Present a subscription."""
    subscription, progress = found.subscription, found.progress
    return WebhookOut(
        id=subscription.subscription_id,
        url=subscription.url,
        kinds=[kind.value for kind in subscription.kinds],
        created_at=subscription.created_at,
        state=progress.state,
        state_title=STATE_TITLES[progress.state],
        sent_through=progress.through,
        last=found.last,
        waiting=[
            WaitingCaseOut(case=one.case, messages=len(one.numbers), tries=one.tries, next_try_at=one.not_before)
            for one in progress.aside
        ],
        given_up=[GivenUpOut(cursor=one.number, at=one.at) for one in progress.given_up],
        next_try_at=progress.next_try_at,
        delivered_at=progress.delivered_at,
        failed_at=progress.failed_at,
        secret_generation=subscription.generation,
        former_secret_until=subscription.former_until,
        secret=found.secret or None,
    )


def events_out(found: list[FeedEvent], after: int) -> EventsOut:
    """Present a part of the feed."""
    items = [json.loads(body_of(one)) for one in found]
    return EventsOut(items=items, next=found[-1].number if found else after)
