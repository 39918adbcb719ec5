"""The outbox's own reads and writes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chalicelib.adapters.dynamodb import items, keys
from chalicelib.adapters.dynamodb.failures import translated
from chalicelib.domain.records import OUTBOX_SHARDS, OutboxEntry

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from chalicelib.adapters.dynamodb.table import Table

READ_AT_ONCE = 100
DELETED_AT_ONCE = 25
WAITING_AT_ONCE = 100


class OutboxReads:
    """The part of the store that the relay uses."""

    _table: Table

    def outbox_entries(self, *, entry_ids: Sequence[str]) -> Sequence[OutboxEntry]:
        """Read the entries that still wait, in the order of their ids."""
        found: list[OutboxEntry] = []
        for start in range(0, len(entry_ids), READ_AT_ONCE):
            wanted = [_outbox_key(entry_id).item() for entry_id in entry_ids[start : start + READ_AT_ONCE]]
            found.extend(self._read(wanted))
        return sorted(found, key=lambda entry: entry.entry_id)

    def outbox_waiting(self, *, shard: int, before: datetime) -> Sequence[OutboxEntry]:
        """Read the entries of a shard that a lost hint left behind."""
        found, _ = self._table.query(keys.outbox(shard, "").partition, limit=WAITING_AT_ONCE)
        entries = [items.from_item(OutboxEntry, item) for item in found]
        return [entry for entry in entries if entry.created_at < before]

    def outbox_done(self, *, entries: Sequence[OutboxEntry]) -> None:
        """Forget entries that were sent."""
        for start in range(0, len(entries), DELETED_AT_ONCE):
            part = entries[start : start + DELETED_AT_ONCE]
            requests: Any = {
                self._table.name: [{"DeleteRequest": {"Key": items.key_of(entry).item()}} for entry in part]
            }
            with translated():
                while requests:
                    answer = self._table.client.batch_write_item(RequestItems=requests)
                    requests = answer.get("UnprocessedItems")

    def _read(self, wanted: list[dict[str, Any]]) -> list[OutboxEntry]:
        found: list[OutboxEntry] = []
        request: Any = {self._table.name: {"Keys": wanted, "ConsistentRead": True}}
        with translated():
            while request:
                answer = self._table.client.batch_get_item(RequestItems=request)
                rows = answer["Responses"].get(self._table.name, [])
                found.extend(items.from_item(OutboxEntry, row) for row in rows)
                request = answer.get("UnprocessedKeys")
        return found


def _outbox_key(entry_id: str) -> keys.Key:
    return keys.outbox(sum(entry_id.encode()) % OUTBOX_SHARDS, entry_id)
