"""Sheets that employers send and get: CSV and XLSX in, XLSX out (requirement K2)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from chalicelib.domain.staff_columns import Cell


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetRow:
    """A row to write, all of it text; ``marked`` are the indexes of cells that are to catch the eye."""

    cells: tuple[str, ...]
    marked: frozenset[int] = field(default_factory=frozenset)


class Sheets(Protocol):
    """Reads and writes sheets."""

    def rows(self, *, data: bytes) -> Iterator[Sequence[Cell]]:
        """Read the rows of a CSV file of any dialect, or of the first sheet with content of an XLSX file.

        Raises:
            InvalidValue: it is neither, is protected, or is larger than any list of staff; names the mend.
        """
        ...

    def workbook(self, *, header: Sequence[str], rows: Iterable[SheetRow]) -> bytes:
        """Write an XLSX file: every cell is text, so that no formula can stand in it."""
        ...
