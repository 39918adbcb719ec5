"""The outbox's and the deliveries' own reads and writes."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from chalicelib.adapters.dynamodb import items, keys
from chalicelib.adapters.dynamodb.failures import is_refused, translated
from chalicelib.domain.records import OUTBOX_SHARDS, OutboxEntry

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from chalicelib.adapters.dynamodb.table import Table

READ_AT_ONCE = 100
DELETED_AT_ONCE = 25
WAITING_AT_ONCE = 100
DELIVERIES_KEPT_FOR = timedelta(days=30)


class OutboxReads:
    """The part of the store that the relay and the deliveries use."""

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

    def claim_delivery(self, *, key: str, at: datetime, lease_seconds: int) -> str:
        """Claim one delivery; a claim that nobody finished may be taken over after its lease."""
        with translated():
            try:
                self._table.client.update_item(
                    TableName=self._table.name,
                    Key=keys.delivery(key).item(),
                    UpdateExpression="SET outcome = :taken, leased_until = :until, expires_epoch = :end",
                    ConditionExpression="attribute_not_exists(outcome) OR (outcome = :taken AND leased_until < :now)",
                    ExpressionAttributeValues={
                        ":taken": {"S": "taken"},
                        ":now": {"N": str(int(at.timestamp()))},
                        ":until": {"N": str(int(at.timestamp()) + lease_seconds)},
                        ":end": items.expiry(at + DELIVERIES_KEPT_FOR)["expires_epoch"],
                    },
                    ReturnValuesOnConditionCheckFailure="ALL_OLD",
                )
            except self._table.client.exceptions.ClientError as failure:
                if not is_refused(failure):
                    raise
                return str(failure.response["Item"]["outcome"]["S"])
        return "claimed"

    def finish_delivery(self, *, key: str, outcome: str, at: datetime) -> None:
        """Note the final outcome of a claimed delivery."""
        with translated():
            self._table.client.update_item(
                TableName=self._table.name,
                Key=keys.delivery(key).item(),
                UpdateExpression="SET outcome = :outcome, finished_at = :at",
                ExpressionAttributeValues={":outcome": {"S": outcome}, ":at": {"S": at.isoformat()}},
            )

    def release_delivery(self, *, key: str) -> None:
        """Give a claim back."""
        with translated():
            self._table.client.delete_item(TableName=self._table.name, Key=keys.delivery(key).item())

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
