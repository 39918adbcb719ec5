"""Reads of appeals: one's own, those to decide, those filed in a period, those that are due (requirement L1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.adapters.dynamodb import appeal_items, appeal_keys, index_keys, items, keys
from chalicelib.adapters.dynamodb.cases import months_of
from chalicelib.adapters.dynamodb.due import due_pages
from chalicelib.domain.appeal import Appeal
from chalicelib.domain.scan import Scan
from chalicelib.ports.appeals import AppealFile
from chalicelib.ports.errors import NotFound
from chalicelib.ports.queries import Slice

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date, datetime

    from chalicelib.adapters.dynamodb.table import Table
    from chalicelib.domain.appeal_summary import AppealSummary
    from chalicelib.domain.case_summary import Scope


class AppealReads:
    """The part of the store that appeals use."""

    _table: Table

    def appeal_file(self, *, appeal_id: str) -> AppealFile:
        """Read an appeal with its documents; raises NotFound."""
        found = self._table.query_all(appeal_keys.appeal(appeal_id).partition)
        appeals = [items.from_item(Appeal, item) for item in found if item["type"]["S"] == "Appeal"]
        if not appeals:
            raise NotFound("Жалоба не найдена")
        scans = tuple(items.from_item(Scan, item) for item in found if item["type"]["S"] == "Scan")
        return AppealFile(appeal=appeals[0], scans=scans)

    def scans_in(self, *, folder_id: str) -> Sequence[Scan]:
        """Read the scans of an application or of an appeal."""
        partition = keys.application(folder_id).partition
        return [
            items.from_item(Scan, item) for item in self._table.query_all(partition, prefix=appeal_keys.SCAN_PREFIX)
        ]

    def appeals_of(self, *, account_id: str, limit: int, after: str | None) -> Slice[Appeal]:
        """List the appeals that an account made, newest first; ``after`` is the last id seen."""
        start = None
        if after is not None:
            index = appeal_keys.appeals_index(account_id, after)
            start = index_keys.index_start(appeal_keys.appeal(after), index)
        found, following = self._table.query_index(
            index_keys.OWNER_INDEX, appeal_keys.appeals_partition(account_id), limit=limit, after=start
        )
        appeals = tuple(items.from_item(Appeal, item) for item in found)
        return Slice(items=appeals, after=appeals[-1].appeal_id if following else None)

    def open_appeals(
        self, *, scope: Scope, limit: int, after: tuple[date, str] | None
    ) -> tuple[Sequence[AppealSummary], bool]:
        """List the appeals that a scope has to decide, first due first; tells whether more follow."""
        since = index_keys.case_after(*after) if after else index_keys.FIRST
        found, following = self._table.query_between(
            index_keys.CASE_INDEXES[scope.kind],
            appeal_keys.open_appeals_partition(scope.kind.value, scope.code),
            since=since,
            until=index_keys.LAST,
            limit=limit,
            after=None,
        )
        return [appeal_items.summary_of_item(item) for item in found], following is not None

    def filed_appeals(self, *, scope: Scope, since: date, until: date) -> Iterator[AppealSummary]:
        """Walk through the appeals of a scope that were filed in a period: those to decide, and the rest by months."""
        kind, code = scope.kind.value, scope.code
        waiting = appeal_keys.open_appeals_partition(kind, code)
        for summary in self._appeals(scope, waiting, index_keys.FIRST, index_keys.LAST):
            if since <= summary.filed_on < until:
                yield summary
        for month in months_of(since, until):
            partition = appeal_keys.filed_appeals_partition(kind, code, month)
            yield from self._appeals(scope, partition, since.isoformat(), until.isoformat())

    def _appeals(self, scope: Scope, partition: str, since: str, until: str) -> Iterator[AppealSummary]:
        index, after = index_keys.CASE_INDEXES[scope.kind], None
        while True:
            found, after = self._table.query_between(
                index, partition, since=since, until=until, limit=None, after=after
            )
            yield from (appeal_items.summary_of_item(item) for item in found)
            if after is None:
                return

    def due_appeals(self, *, until: datetime, page: int) -> Iterator[Sequence[Appeal]]:
        """Page through appeals that a timer has to look at."""
        return due_pages(self._table, "appeal", Appeal, until=until, page=page)
