"""DynamoDB: each stored or removed item is journalled under the id of its table."""

from __future__ import annotations

import json
from collections import deque
from typing import TYPE_CHECKING, Any

from ministack.core.responses import get_account_id, get_region
from ministack.services import dynamodb

if TYPE_CHECKING:
    from infra.local.cloud.journal import Journal

_ITEM = "item"
_TOKEN = "transaction_token"  # noqa: S105 - a kind of journal entry, not a secret
_TOKEN_SECONDS = 600
_RESTORED_ACTIONS = frozenset({"ImportTable", "RestoreTableFromBackup", "RestoreTableToPointInTime"})
DATA_ACTIONS = frozenset({"PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem", "TransactWriteItems"})

_set_item = dynamodb._set_item  # noqa: SLF001 - the seam of the pinned version
_remove_item = dynamodb._remove_item  # noqa: SLF001 - as above
_items_replaced = dynamodb._items_replaced  # noqa: SLF001 - as above
_store_token = dynamodb._txn_token_store  # noqa: SLF001 - as above
_state = dynamodb.get_state


class TableJournal:
    """Observes the only three functions through which the emulator changes items."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._known: set[str] = set()
        self._tokens: deque[tuple[float, str, str]] = deque()

    def install(self) -> None:
        """Replace the emulator's functions by observed ones."""
        dynamodb._set_item = self._observed_set  # noqa: SLF001 - the seam of the pinned version
        dynamodb._remove_item = self._observed_remove  # noqa: SLF001 - as above
        dynamodb._items_replaced = self._observed_replacement  # noqa: SLF001 - as above
        dynamodb._txn_token_store = self._observed_token  # noqa: SLF001 - as above
        dynamodb.get_state = self.definitions

    def restore(self) -> None:
        """Fill the restored table definitions with the journalled items."""
        tables = {table["TableId"]: table for table in dynamodb._tables.all_values()}  # noqa: SLF001 - as above
        for owner, key, value in self._journal.rows(_ITEM):
            if owner in tables:
                partition, sort = json.loads(key)
                _set_item(tables[owner], partition, sort, json.loads(value))
        for table in tables.values():
            dynamodb._update_counts(table)  # noqa: SLF001 - as above
        self._known = set(tables)
        self._restore_tokens()

    def _restore_tokens(self) -> None:
        """Bring back the request tokens: a client may repeat its call after the restart."""
        found = [(json.loads(value), owner, key) for owner, key, value in self._journal.rows(_TOKEN)]
        for entry, owner, token in sorted(found, key=lambda row: row[0]["completed_at"]):
            account, region = json.loads(owner)
            dynamodb._txn_idempotency.set_scoped(account, region, token, entry)  # noqa: SLF001 - as above
            self._tokens.append((entry["completed_at"], owner, token))

    def definitions(self) -> dict[str, Any]:
        """Return the emulator's state without items; forget the items of tables that are gone."""
        with dynamodb._lock:  # noqa: SLF001 - as above
            tables = list(dynamodb._tables.all_values())  # noqa: SLF001 - as above
            items = [table["items"] for table in tables]
            for table in tables:
                table["items"] = {}
            try:
                state: dict[str, Any] = _state()
            finally:
                for table, content in zip(tables, items, strict=True):
                    table["items"] = content
        live = {table["TableId"] for table in tables}
        for gone in self._known - live:
            self._journal.forget(_ITEM, gone)
        self._known = live
        return state

    def after(self, action: str) -> None:
        """Journal whole tables after the actions that fill one behind the observed functions."""
        if action in _RESTORED_ACTIONS:
            for table in dynamodb._tables.all_values():  # noqa: SLF001 - as above
                self._rewrite(table)

    def _observed_set(self, table: dict[str, Any], partition: str, sort: str, item: object) -> Any:
        previous = _set_item(table, partition, sort, item)
        key = json.dumps([partition, sort])
        self._journal.record(_ITEM, table["TableId"], key, json.dumps(item))
        return previous

    def _observed_remove(self, table: dict[str, Any], partition: str, sort: str) -> Any:
        previous = _remove_item(table, partition, sort)
        self._journal.record(_ITEM, table["TableId"], json.dumps([partition, sort]), None)
        return previous

    def _observed_replacement(self, table: dict[str, Any]) -> None:
        _items_replaced(table)
        self._rewrite(table)

    def _observed_token(self, token: str, entry: dict[str, Any]) -> None:
        _store_token(token, entry)
        owner = json.dumps([get_account_id(), get_region()])
        self._journal.record(_TOKEN, owner, token, json.dumps(entry))
        self._tokens.append((entry["completed_at"], owner, token))
        self._drop_tokens(before=entry["completed_at"] - _TOKEN_SECONDS)

    def _drop_tokens(self, *, before: float) -> None:
        while self._tokens and self._tokens[0][0] < before:
            _, owner, token = self._tokens.popleft()
            self._journal.record(_TOKEN, owner, token, None)

    def _rewrite(self, table: dict[str, Any]) -> None:
        self._journal.forget(_ITEM, table["TableId"])
        for partition, bucket in table["items"].items():
            for sort, item in bucket.items():
                key = json.dumps([partition, sort])
                self._journal.record(_ITEM, table["TableId"], key, json.dumps(item))
