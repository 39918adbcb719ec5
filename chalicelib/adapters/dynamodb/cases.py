"""The cases of operators: by insurer or region, in the queue or by the day of filing, never by a scan (O2, O3)."""

from __future__ import annotations

from heapq import merge
from typing import TYPE_CHECKING

from chalicelib.adapters.dynamodb import index_keys, items

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from chalicelib.adapters.dynamodb.table import Table
    from chalicelib.domain.case_summary import CaseSummary, Scope


class CaseReads:
    """The part of the store that operators use."""

    _table: Table

    def waiting_cases(self, *, scope: Scope, after: tuple[date, str] | None, page: int) -> Iterator[CaseSummary]:
        """Walk through the queue, first due first: the shards are merged as they are read."""
        since = index_keys.case_after(*after) if after else index_keys.FIRST
        shards = (index_keys.queue_partition(scope.kind.value, scope.code, n) for n in range(index_keys.CASE_SHARDS))
        walks = [self._cases(scope, shard, since, index_keys.LAST, page) for shard in shards]
        return merge(*walks, key=lambda summary: summary.place)

    def filed_cases(self, *, scope: Scope, since: date, until: date) -> Iterator[CaseSummary]:
        """Walk through what was filed in a period: what stands in the queue, and the rest by its months."""
        for shard in range(index_keys.CASE_SHARDS):
            queue = index_keys.queue_partition(scope.kind.value, scope.code, shard)
            for summary in self._cases(scope, queue, index_keys.FIRST, index_keys.LAST, None):
                if since <= summary.submitted_on < until:
                    yield summary
            for month in months_of(since, until):
                partition = index_keys.filed_partition(scope.kind.value, scope.code, month, shard)
                yield from self._cases(scope, partition, since.isoformat(), until.isoformat(), None)

    def _cases(self, scope: Scope, partition: str, since: str, until: str, page: int | None) -> Iterator[CaseSummary]:
        index = index_keys.CASE_INDEXES[scope.kind]
        after: str | None = None
        while True:
            found, after = self._table.query_between(
                index, partition, since=since, until=until, limit=page, after=after
            )
            yield from (items.case_summary(item) for item in found)
            if after is None:
                return


def months_of(since: date, until: date) -> Iterator[str]:
    """The months of the days from ``since`` until before ``until``."""
    month = since.replace(day=1)
    while month < until:
        yield f"{month:%Y-%m}"
        month = month.replace(year=month.year + month.month // 12, month=month.month % 12 + 1)
