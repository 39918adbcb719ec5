"""Reading of many people at once: by batches where the keys are known, side by side where they are not."""

from __future__ import annotations

from abc import ABC, abstractmethod
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

from chalicelib.adapters.dynamodb import items, keys
from chalicelib.domain.records import Pointer

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from chalicelib.adapters.dynamodb.table import Table
    from chalicelib.ports.folders import PersonFile

A = TypeVar("A")
B = TypeVar("B")

SHARED_KINDS = frozenset({"person", "old_policy"})
"""Identifiers that several people may have, each by an item of its own."""

SIDE_BY_SIDE = 16
"""How many reads are under way at once: half of what the client keeps connections for."""

FEW = 8
"""Up to so many are read one after the other: threads would cost more."""


def side_by_side(do: Callable[[A], B], wanted: Sequence[A]) -> list[B]:
    """Do something for each, many at once; in the order of what was wanted."""
    if len(wanted) <= FEW:
        return [do(one) for one in wanted]
    with ThreadPoolExecutor(max_workers=SIDE_BY_SIDE) as pool:
        return list(pool.map(do, wanted))


class ManyReads(ABC):
    """The part of the store that batches use; the store itself reads one."""

    _table: Table

    @abstractmethod
    def person_file(self, *, person_id: str) -> PersonFile:
        """Read a person with policies, certificates and documents."""

    @abstractmethod
    def pointers(self, *, kind: str, value_hash: str) -> Sequence[Pointer]:
        """Follow an identifier."""

    def person_files(self, *, person_ids: Sequence[str]) -> Mapping[str, PersonFile]:
        """Read many people's folders, side by side."""
        wanted = list(dict.fromkeys(person_ids))
        return dict(zip(wanted, side_by_side(lambda one: self.person_file(person_id=one), wanted), strict=True))

    def pointers_of_many(self, *, wanted: Sequence[tuple[str, str]]) -> Mapping[tuple[str, str], Sequence[Pointer]]:
        """Follow many identifiers, each a kind and a hash."""
        asked = list(dict.fromkeys(wanted))
        alone = [one for one in asked if one[0] not in SHARED_KINDS]
        shared = [one for one in asked if one[0] in SHARED_KINDS]
        read = self._table.batch_get([keys.pointer(kind, value_hash) for kind, value_hash in alone])
        found: dict[tuple[str, str], Sequence[Pointer]] = dict.fromkeys(asked, ())
        for item in read:
            pointer = items.from_item(Pointer, item)
            found[(pointer.kind, pointer.value_hash)] = (pointer,)
        several = side_by_side(lambda one: self.pointers(kind=one[0], value_hash=one[1]), shared)
        return found | dict(zip(shared, several, strict=True))
