"""Journals of a period: of one person in their folder, of everybody by an index on the day."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from chalicelib.adapters.dynamodb import index_keys, items, keys
from chalicelib.adapters.ids import first_id_at
from chalicelib.domain.audit import AuditEntry
from chalicelib.ports.queries import JournalLine, Slice

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chalicelib.adapters.dynamodb.table import Table
    from chalicelib.ports.queries import Period

QUERIES = 40
"""Calls of one page of everybody's journals, at most: a quiet year is read in several pages."""

_AFTER_ALL_IDS = "~"
_JUST_AFTER = "0"
"""Ids have one length: an id with another character sorts after it and before all later ones."""


def journal(*, table: Table, person_id: str, period: Period, limit: int, after: str | None) -> Slice[JournalLine]:
    """Read a page of a person's journal, oldest first; ``after`` is the last entry id seen."""
    low = f"{after}{_JUST_AFTER}" if after else _low(period.since)
    high = first_id_at(period.until) if period.until else _AFTER_ALL_IDS
    if low > high:
        return Slice(items=())
    partition = keys.person(person_id).partition
    prefix = keys.ACTIVITY_PREFIX
    found, more = table.query_range(partition, low=f"{prefix}{low}", high=f"{prefix}{high}", limit=limit)
    lines = _lines(found)
    return Slice(items=lines, after=lines[-1].entry.entry_id if more and lines else None)


class _Place(NamedTuple):
    """Where the reading goes on: the day, its shard, and the last entry seen there."""

    day: date
    shard: int
    last: str


def journal_of_all(
    *, table: Table, since: datetime, until: datetime, limit: int, after: str | None
) -> Slice[JournalLine]:
    """Read a page of everybody's journals, by day and shard; ``after`` is what the page before returned."""
    last_day = (until - timedelta(microseconds=1)).astimezone(UTC).date()
    place: _Place | None = _read(after) if after else _Place(since.astimezone(UTC).date(), 0, "")
    low, high = _low(since), first_id_at(until)
    lines: list[JournalLine] = []
    for _ in range(QUERIES):
        if place is None or len(lines) >= limit:
            break
        found, more = table.query_range(
            index_keys.journal_partition(place.day, place.shard),
            low=f"{place.last}{_JUST_AFTER}" if place.last else low,
            high=high,
            limit=limit - len(lines),
            index=index_keys.OWNER_INDEX,
        )
        lines.extend(_lines(found))
        place = place._replace(last=lines[-1].entry.entry_id) if more and found else _next(place, last_day)
    return Slice(items=tuple(lines), after=None if place is None else _written(place))


def _low(since: datetime | None) -> str:
    return first_id_at(since) if since else ""


def _next(place: _Place, last_day: date) -> _Place | None:
    if place.shard + 1 < index_keys.JOURNAL_SHARDS:
        return _Place(place.day, place.shard + 1, "")
    return _Place(place.day + timedelta(days=1), 0, "") if place.day < last_day else None


def _written(place: _Place) -> str:
    return f"{place.day}.{place.shard}.{place.last}"


def _read(after: str) -> _Place:
    day, shard, last = after.split(".")
    return _Place(date.fromisoformat(day), int(shard), last)


def _lines(found: Sequence[items.Item]) -> tuple[JournalLine, ...]:
    return tuple(
        JournalLine(
            person_id=keys.person_of(keys.of_item(item).partition),
            entry=items.from_item(AuditEntry, item),
        )
        for item in found
    )
