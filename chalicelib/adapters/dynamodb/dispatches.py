"""Reads of messages on their way, by order and channel, by a provider's id, and of what is due."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chalicelib.adapters.dynamodb import dispatch_keys, items
from chalicelib.adapters.dynamodb.due import due_pages
from chalicelib.adapters.dynamodb.failures import translated
from chalicelib.domain.dispatch import Dispatch, SentPointer
from chalicelib.domain.notifications import Channel

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from chalicelib.adapters.dynamodb.table import Table

_SENT_BY = (Channel.SMS, Channel.EMAIL)
READ_AT_ONCE = 100
"""Keys of one BatchGetItem."""


class DispatchReads:
    """The part of the store that messages use."""

    _table: Table

    def dispatch(self, *, order_id: str, channel: Channel) -> Dispatch | None:
        """Read one message by one channel."""
        return self._table.get(Dispatch, dispatch_keys.dispatch(order_id, channel.value))

    def dispatches(self, *, order_ids: Sequence[str]) -> Mapping[str, Sequence[Dispatch]]:
        """Read what goes by SMS and e-mail of each order, newest request first as given."""
        found: dict[str, list[Dispatch]] = {order_id: [] for order_id in order_ids}
        wanted = [dispatch_keys.dispatch(order_id, by.value).item() for order_id in order_ids for by in _SENT_BY]
        for start in range(0, len(wanted), READ_AT_ONCE):
            for dispatch in self._read_dispatches(wanted[start : start + READ_AT_ONCE]):
                found[dispatch.order_id].append(dispatch)
        return {order_id: sorted(found[order_id], key=lambda d: d.channel.value) for order_id in order_ids}

    def sent_pointer(self, *, provider: str, provider_id: str) -> SentPointer | None:
        """Follow a provider's own id."""
        return self._table.get(SentPointer, dispatch_keys.sent_pointer(provider, provider_id))

    def due_dispatches(self, *, until: datetime, page: int) -> Iterator[Sequence[Dispatch]]:
        """Page through messages that a timer has to look at."""
        return due_pages(self._table, "dispatch", Dispatch, until=until, page=page)

    def _read_dispatches(self, wanted: list[dict[str, Any]]) -> list[Dispatch]:
        found: list[Dispatch] = []
        request: Any = {self._table.name: {"Keys": wanted, "ConsistentRead": True}}
        with translated():
            while request:
                answer = self._table.client.batch_get_item(RequestItems=request)
                rows = answer["Responses"].get(self._table.name, [])
                found.extend(items.from_item(Dispatch, row) for row in rows)
                request = answer.get("UnprocessedKeys")
        return found
