"""A table of DynamoDB in memory: rows that are replaced and never altered, so that any moment of it can be kept."""

from __future__ import annotations

import marshal
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.memory.values import Invalid, Item, Value, size_of, stored

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


LARGEST_ITEM = 400 * 1024
LARGEST_PAGE = 1024 * 1024
LONGEST_PARTITION, LONGEST_SORT = 2048, 1024

Rows = dict[str, dict[str, "Row"]]
Place = tuple[str, str]
IndexedRows = dict[str, dict[Place, "Row"]]


class Row:
    """One item as it is kept; what reads it gets a copy."""

    __slots__ = ("item", "packed")

    def __init__(self, item: Item) -> None:
        self.item = item
        self.packed = marshal.dumps(item, 2)

    def copy(self) -> Item:
        """Return the item, to keep."""
        copy: Item = marshal.loads(self.packed)  # noqa: S302 — it was packed here
        return copy

    def size(self) -> int:
        """Count its bytes; how long it is packed is more than that, and known."""
        return size_of(self.item)


@dataclass(frozen=True, slots=True, kw_only=True)
class Index:
    """How a secondary index finds items, and which of their attributes it holds (all of them if None)."""

    keys: tuple[str, str]
    attributes: frozenset[str] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a page of a query is to hold."""

    partition: str
    index: str | None
    descending: bool
    limit: int | None
    after: Mapping[str, Value] | None


@dataclass(kw_only=True)
class MemoryTable:
    """Items by partition and sort key, which are texts."""

    keys: tuple[str, str]
    indexes: dict[str, Index]
    rows: Rows = field(default_factory=lambda: defaultdict(dict))
    _found: dict[str, IndexedRows] = field(default_factory=dict)
    """What the indexes hold, of those that anybody asked."""

    @classmethod
    def of(cls, description: Mapping[str, Any]) -> MemoryTable:
        """Make a table as CreateTable is asked to."""
        kinds = {part["AttributeName"]: part["AttributeType"] for part in description["AttributeDefinitions"]}
        assert set(kinds.values()) == {"S"}, "keys are texts here"
        indexes = {index["IndexName"]: _index(index, description) for index in description["GlobalSecondaryIndexes"]}
        return cls(keys=_names(description["KeySchema"]), indexes=indexes)

    def copy(self) -> Rows:
        """Return all rows as they are now."""
        return defaultdict(dict, {partition: dict(rows) for partition, rows in self.rows.items()})

    def restore(self, rows: Rows) -> None:
        """Go back to rows that were kept."""
        self.rows = defaultdict(dict, {partition: dict(found) for partition, found in rows.items()})
        self._found.clear()

    @property
    def items(self) -> dict[tuple[str, str], Item]:
        """Copies of all items by their keys, in the order of these."""
        return {self._place(row.item): row.copy() for row in self._ordered()}

    def _ordered(self) -> Iterator[Row]:
        for partition in sorted(self.rows):
            rows = self.rows[partition]
            for sort in sorted(rows):
                yield rows[sort]

    def key_of(self, key: Mapping[str, Any]) -> tuple[str, str]:
        """Read a key; raises Invalid if it is none of this table."""
        if set(key) != set(self.keys):
            raise Invalid("The provided key element does not match the schema")
        return self._place(key)

    def _place(self, item: Mapping[str, Any]) -> tuple[str, str]:
        for name in self.keys:
            value = item.get(name)
            if value is None:
                raise Invalid(f"One or more parameter values were invalid: Missing the key {name} in the item")
            _check_key(name, value)
        partition, sort = (item[name]["S"] for name in self.keys)
        if len(partition.encode()) > LONGEST_PARTITION or len(sort.encode()) > LONGEST_SORT:
            raise Invalid("One or more parameter values were invalid: a key has exceeded its size limit")
        return partition, sort

    def row(self, place: tuple[str, str]) -> Row | None:
        """Return what stands there."""
        rows = self.rows.get(place[0])
        return rows.get(place[1]) if rows else None

    def made(self, item: Mapping[str, Any]) -> tuple[tuple[str, str], Row]:
        """Return a row and its place, to be put there; raises Invalid if the table takes no such item."""
        copy = stored(item)
        place = self._place(copy)
        for index in self.indexes.values():
            for name in index.keys:
                if name in copy:
                    _check_key(name, copy[name])
        row = Row(copy)
        if len(row.packed) > LARGEST_ITEM and row.size() > LARGEST_ITEM:
            raise Invalid("Item size has exceeded the maximum allowed size")
        return place, row

    def put(self, place: tuple[str, str], row: Row) -> None:
        """Put a row in its place."""
        self._index_anew(place, row)
        self.rows[place[0]][place[1]] = row

    def delete(self, place: tuple[str, str]) -> None:
        """Take a row away, if there is one."""
        self._index_anew(place, None)
        self.rows.get(place[0], {}).pop(place[1], None)

    def page(self, wanted: Wanted, found: Iterable[Row]) -> tuple[list[Item], Item | None]:
        """Return one page of what was found, and the key after which the next one begins.

        An end that falls together with the limit is known as the end; DynamoDB itself would give an empty page more.
        """
        names = self._order(wanted.index)
        rows = sorted(found, key=lambda row: _place_in(row.item, names), reverse=wanted.descending)
        if wanted.after is not None:
            start = _start(wanted.after, names)
            rows = [row for row in rows if _is_after(_place_in(row.item, names), start, wanted)]
        page = rows[: _fitting(rows, wanted.limit)]
        items = [self._projected(row, wanted.index) for row in page]
        last = None if len(page) == len(rows) else {name: dict(page[-1].item[name]) for name in sorted({*names})}
        return items, last

    def candidates(self, partition: str, index: str | None) -> list[Row]:
        """Return the rows of a partition of the table or of an index."""
        if index is None:
            return list(self.rows.get(partition, {}).values())
        if index not in self._found:
            self._found[index] = self._indexed(index)
        return list(self._found[index].get(partition, {}).values())

    def _indexed(self, index: str) -> IndexedRows:
        found: IndexedRows = defaultdict(dict)
        for partition, rows in self.rows.items():
            for sort, row in rows.items():
                self._enter(found, self.indexes[index], (partition, sort), row)
        return found

    def _enter(self, found: IndexedRows, index: Index, place: Place, row: Row) -> None:
        name, sort = index.keys
        if name in row.item and sort in row.item:
            found[row.item[name]["S"]][place] = row

    def _index_anew(self, place: Place, row: Row | None) -> None:
        """Let the indexes that were asked know of what stands in a place from now on."""
        before = self.row(place)
        for name, found in self._found.items():
            index = self.indexes[name]
            if before is not None and index.keys[0] in before.item:
                found[before.item[index.keys[0]]["S"]].pop(place, None)
            if row is not None:
                self._enter(found, index, place, row)

    def everything(self) -> list[Row]:
        """Return all rows."""
        return list(self._ordered())

    def _order(self, index: str | None) -> tuple[str, ...]:
        if index is None:
            return self.keys
        hash_key, range_key = self.indexes[index].keys
        return (hash_key, range_key, *self.keys)

    def _projected(self, row: Row, index: str | None) -> Item:
        copy = row.copy()
        attributes = None if index is None else self.indexes[index].attributes
        return copy if attributes is None else {name: copy[name] for name in copy if name in attributes}


def _names(schema: Iterable[Mapping[str, str]]) -> tuple[str, str]:
    by_kind = {part["KeyType"]: part["AttributeName"] for part in schema}
    return by_kind["HASH"], by_kind["RANGE"]


def _index(index: Mapping[str, Any], table: Mapping[str, Any]) -> Index:
    projection = index["Projection"]
    keys = _names(index["KeySchema"])
    if projection["ProjectionType"] == "ALL":
        return Index(keys=keys, attributes=None)
    more = projection.get("NonKeyAttributes", ())
    return Index(keys=keys, attributes=frozenset({*keys, *_names(table["KeySchema"]), *more}))


def _check_key(name: str, value: Mapping[str, Any]) -> None:
    if set(value) != {"S"}:
        raise Invalid(f"One or more parameter values were invalid: Type mismatch for key {name}")
    if not value["S"]:
        raise Invalid(f"One or more parameter values are not valid: empty string value for key {name}")


def _place_in(item: Item, names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(item[name]["S"] for name in names)


def _start(after: Mapping[str, Any], names: tuple[str, ...]) -> tuple[str, ...]:
    if set(after) != set(names):
        raise Invalid("The provided starting key is invalid")
    return tuple(after[name]["S"] for name in names)


def _is_after(place: tuple[str, ...], start: tuple[str, ...], wanted: Wanted) -> bool:
    return place < start if wanted.descending else place > start


def _fitting(rows: list[Row], limit: int | None) -> int:
    """Count the rows that one page takes."""
    count = len(rows) if limit is None else min(limit, len(rows))
    if sum(len(row.packed) for row in rows[:count]) <= LARGEST_PAGE:
        return count
    total = 0
    for position, row in enumerate(rows[:count]):
        total += row.size()
        if total > LARGEST_PAGE:
            return position
    return count
