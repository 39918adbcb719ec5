"""What has to be known of an XLSX file before it is read: its size unpacked, and how far its cells reach."""

from __future__ import annotations

import io
import re
import zipfile
from typing import Final

from chalicelib.domain.errors import InvalidValue

MAX_UNPACKED: Final = 300 * 1024 * 1024
MAX_CELLS: Final = 6_000_000
"""The reader keeps every cell between the first and the last: two cells far apart would take all memory."""

_PART: Final = 1024 * 1024
_OVERLAP: Final = 64
_CELL: Final = re.compile(rb'\br="([A-Z]{1,3})([0-9]{1,7})"')
_SHEET: Final = re.compile(r"xl/worksheets/[^/]+\.xml")


def check_xlsx(data: bytes) -> None:
    """Refuse what would unpack, or spread, to more than any list of staff.

    Raises:
        InvalidValue: ``list_unreadable`` or ``list_too_large``.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            if sum(entry.file_size for entry in entries) > MAX_UNPACKED:
                raise _too_large()
            for entry in entries:
                if _SHEET.fullmatch(entry.filename):
                    _check_sheet(archive, entry)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError) as failure:
        raise InvalidValue("list_unreadable", "Файл повреждён: сохраните список снова как XLSX или CSV") from failure


def _check_sheet(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> None:
    columns: set[bytes] = set()
    last_row = unpacked = 0
    tail = b""
    with archive.open(entry) as sheet:
        while part := sheet.read(_PART):
            unpacked += len(part)
            if unpacked > MAX_UNPACKED:
                raise _too_large()
            found = _CELL.findall(tail + part)
            columns.update(column for column, _ in found)
            last_row = max(last_row, max((int(row) for _, row in found), default=0))
            tail = part[-_OVERLAP:]
    width = max((_index(column) for column in columns), default=0)
    if width * last_row > MAX_CELLS:
        raise _too_large()


def _index(column: bytes) -> int:
    number = 0
    for letter in column:
        number = number * 26 + letter - 64
    return number


def _too_large() -> InvalidValue:
    mend = "Удалите пустые строки и столбцы справа и снизу от списка или разделите его"
    return InvalidValue("list_too_large", f"Таблица слишком большая. {mend}")
