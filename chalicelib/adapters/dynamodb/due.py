"""What is due, found by the index on due date: the cost grows with what is due, not with what is stored."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from chalicelib.adapters.dynamodb import index_keys, items

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from chalicelib.adapters.dynamodb.table import Table

E = TypeVar("E")


def due_pages(table: Table, kind: str, entity: type[E], *, until: datetime, page: int) -> Iterator[Sequence[E]]:
    """Yield pages of what is due at ``until``, shard by shard, earliest first."""
    limit_key = f"{until.isoformat(timespec='seconds')}#~"
    for shard in range(index_keys.DUE_SHARDS):
        after: str | None = None
        while True:
            found, after = table.query_due(
                index_keys.due_partition(kind, shard), until=limit_key, limit=page, after=after
            )
            if found:
                yield [items.from_item(entity, item) for item in found]
            if after is None:
                break
