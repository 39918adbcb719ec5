"""Reads of webhooks: an organisation's folder, its feed, what is not in it yet, and what is due."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chalicelib.adapters.dynamodb import index_keys, items, webhook_keys
from chalicelib.adapters.dynamodb.due import due_pages
from chalicelib.domain.webhook import HookFeed, HookSubscription
from chalicelib.domain.webhook_events import CaseEvent, FeedEvent
from chalicelib.domain.webhook_progress import HookProgress
from chalicelib.ports.webhooks import HookFolder

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from chalicelib.adapters.dynamodb.table import Table


class WebhookReads:
    """The part of the store that webhooks use."""

    _table: Table

    def hook_folder(self, *, organisation: str) -> HookFolder:
        """Read feed, subscriptions and progress of an organisation."""
        found = self._table.query_all(webhook_keys.hook_feed(organisation).partition)
        feeds = _of(HookFeed, found)
        return HookFolder(
            feed=feeds[0] if feeds else None,
            subscriptions=tuple(_of(HookSubscription, found)),
            progress=tuple(_of(HookProgress, found)),
        )

    def untold_events(self, *, organisation: str, case: str) -> Sequence[CaseEvent]:
        """Read what of a case is not in the feed yet."""
        found = self._table.query_all(webhook_keys.case_event(organisation, case, 0).partition)
        return [items.from_item(CaseEvent, item) for item in found]

    def feed_events(self, *, organisation: str, after: int, limit: int) -> Sequence[FeedEvent]:
        """Read the feed behind a number."""
        low = webhook_keys.feed_event(organisation, after + 1)
        high = webhook_keys.feed_event(organisation, webhook_keys.LAST_NUMBER)
        found, _ = self._table.query_range(low.partition, low=low.sort, high=high.sort, limit=limit)
        return [items.from_item(FeedEvent, item) for item in found]

    def feed_events_at(self, *, organisation: str, numbers: Sequence[int]) -> Sequence[FeedEvent]:
        """Read events of the feed by their numbers."""
        found = self._table.batch_get([webhook_keys.feed_event(organisation, number) for number in numbers])
        return [items.from_item(FeedEvent, item) for item in found]

    def due_hooks(self, *, until: datetime, page: int) -> Iterator[Sequence[HookProgress]]:
        """Page through subscriptions that a timer has to look at."""
        return due_pages(self._table, "webhook", HookProgress, until=until, page=page)

    def stopped_hooks(self) -> Sequence[HookProgress]:
        """Read all subscriptions that have stopped, the oldest stop first."""
        found: list[HookProgress] = []
        after: str | None = None
        while True:
            page, after = self._table.query_index(index_keys.OWNER_INDEX, webhook_keys.STOPPED_PARTITION, after=after)
            found += [items.from_item(HookProgress, item) for item in page]
            if after is None:
                return found


def _of(kind: type[Any], found: Sequence[items.Item]) -> list[Any]:
    return [items.from_item(kind, item) for item in found if item["type"]["S"] == kind.__name__]
