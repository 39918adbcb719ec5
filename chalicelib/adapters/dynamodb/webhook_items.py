"""Keys and extra attributes of webhooks."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from chalicelib.adapters.dynamodb import index_keys, webhook_keys
from chalicelib.adapters.dynamodb.attributes import expiry
from chalicelib.domain.webhook import HookFeed, HookSubscription
from chalicelib.domain.webhook_events import CaseEvent, FeedEvent
from chalicelib.domain.webhook_progress import HookProgress

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from chalicelib.adapters.dynamodb.keys import Key

UNTOLD_KEPT_FOR = timedelta(days=30)
"""Where nobody subscribed."""

FEED_KEPT_FOR = timedelta(days=90)
"""How far back a cursor may lie."""

_Item = dict[str, dict[str, Any]]


def _progress_item(entity: HookProgress) -> _Item:
    at, stopped_at = entity.look_at, entity.stopped_at
    found = {} if at is None else dict(index_keys.due_index("webhook", entity.subscription_id, at))
    return found if stopped_at is None else found | webhook_keys.stopped_index(entity.subscription_id, stopped_at)


KEYS: Mapping[type, Callable[[Any], Key]] = {
    HookFeed: lambda e: webhook_keys.hook_feed(e.organisation),
    HookSubscription: lambda e: webhook_keys.hook_subscription(e.organisation, e.subscription_id),
    HookProgress: lambda e: webhook_keys.hook_progress(e.organisation, e.subscription_id),
    CaseEvent: lambda e: webhook_keys.case_event(e.organisation, e.case, e.place),
    FeedEvent: lambda e: webhook_keys.feed_event(e.event.organisation, e.number),
}

EXTRAS: Mapping[type, Callable[[Any], _Item]] = {
    HookProgress: _progress_item,
    CaseEvent: lambda e: dict(expiry(e.at + UNTOLD_KEPT_FOR)),
    FeedEvent: lambda e: dict(expiry(e.event.at + FEED_KEPT_FOR)),
}
