"""Sheets: CSV by the standard library, XLSX in by python-calamine, XLSX out by XlsxWriter (requirement K2)."""

from __future__ import annotations

import csv
import io
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from chalicelib.adapters.sheets.csv_dialect import decoded, delimiter_of, without_hint
from chalicelib.adapters.sheets.xlsx_guard import check_xlsx
from chalicelib.domain.errors import InvalidValue

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from chalicelib.domain.staff_columns import Cell
    from chalicelib.ports.sheets import SheetRow

ZIP: Final = b"PK\x03\x04"
OLE: Final = b"\xd0\xcf\x11\xe0"
"""The signature of old workbooks, and of new ones under a password."""

LONGEST_CELL: Final = 32_767
WIDTH: Final = 22
MARK: Final = "#FFE3E3"


class FileSheets:
    """Implements the Sheets port."""

    def rows(self, *, data: bytes) -> Iterator[Sequence[Cell]]:
        """Read the rows of a CSV or XLSX file, told apart by their first bytes."""
        if data.startswith(ZIP):
            return _xlsx_rows(data)
        if data.startswith(OLE):
            message = "Файл защищён паролем или сохранён в старом формате XLS: снимите пароль и сохраните как XLSX"
            raise InvalidValue("list_protected", message)
        return _csv_rows(data)

    def workbook(self, *, header: Sequence[str], rows: Iterable[SheetRow]) -> bytes:
        """Write an XLSX file row by row; what begins like a formula stays a text, also when it is edited."""
        from xlsxwriter import Workbook  # type: ignore[import-untyped] # noqa: PLC0415 — only who writes sheets loads it

        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "sheet.xlsx"
            options = {"constant_memory": True, "tmpdir": folder, "strings_to_urls": False}
            with Workbook(str(path), options) as book:
                _write(book, header, rows)
            return path.read_bytes()


def _csv_rows(data: bytes) -> Iterator[Sequence[Cell]]:
    try:
        text, told = without_hint(decoded(data))
    except UnicodeError as failure:
        raise InvalidValue("list_unreadable", "Не удалось прочитать файл: сохраните список как XLSX") from failure
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=told or delimiter_of(text))
    return _read(reader)


def _read(reader: Any) -> Iterator[Sequence[Cell]]:
    try:
        yield from reader
    except csv.Error as failure:
        message = "Файл CSV повреждён: проверьте кавычки или сохраните список как XLSX"
        raise InvalidValue("list_unreadable", message) from failure


def _xlsx_rows(data: bytes) -> Iterator[Sequence[Cell]]:
    from python_calamine import CalamineError, CalamineWorkbook  # noqa: PLC0415 — only who reads sheets loads it

    check_xlsx(data)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        sheets = [book.get_sheet_by_index(index) for index in range(len(book.sheet_names))]
    except CalamineError as failure:
        message = "Файл XLSX повреждён или это не таблица: сохраните список снова"
        raise InvalidValue("list_unreadable", message) from failure
    filled = next((sheet for sheet in sheets if sheet.height), None)
    return iter(()) if filled is None else iter(filled.iter_rows())


def _write(book: Any, header: Sequence[str], rows: Iterable[SheetRow]) -> None:
    # A leading quote, which is not part of the text, keeps a cell a text when somebody edits it.
    plain = book.add_format({"num_format": "@", "quote_prefix": True})
    marked = book.add_format({"num_format": "@", "quote_prefix": True, "bg_color": MARK})
    title = book.add_format({"bold": True, "num_format": "@", "text_wrap": True})
    sheet = book.add_worksheet("Список")
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, max(len(header) - 1, 0), WIDTH)
    for column, text in enumerate(header):
        sheet.write_string(0, column, text[:LONGEST_CELL], title)
    for number, row in enumerate(rows, start=1):
        for column, text in enumerate(row.cells):
            if text or column in row.marked:
                sheet.write_string(number, column, text[:LONGEST_CELL], marked if column in row.marked else plain)
