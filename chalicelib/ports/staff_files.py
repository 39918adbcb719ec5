"""Where rows of lists of staff and what came of them are kept, chunk by chunk (requirement K2)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chalicelib.domain.staff_result import RowResult
    from chalicelib.domain.staff_row import StaffRow


@dataclass(frozen=True, slots=True, kw_only=True)
class ChunkName:
    """A chunk: of which request's work, of which list, and the how-manieth, from 0."""

    work_id: str
    list_number: int
    chunk: int


class StaffFiles(Protocol):
    """Chunks of rows, and of results in the same order; writing one again replaces it."""

    def write_rows(self, *, name: ChunkName, rows: Sequence[StaffRow]) -> None:
        """Keep rows (1 call); raises Unavailable."""
        ...

    def read_rows(self, *, name: ChunkName) -> Sequence[StaffRow]:
        """Read rows back (1 call); raises NotFound, Unavailable."""
        ...

    def write_results(self, *, name: ChunkName, results: Sequence[RowResult]) -> None:
        """Keep what came of the rows of a chunk (1 call); raises Unavailable."""
        ...

    def read_results(self, *, name: ChunkName) -> Sequence[RowResult]:
        """Read results back (1 call); raises NotFound, Unavailable."""
        ...
