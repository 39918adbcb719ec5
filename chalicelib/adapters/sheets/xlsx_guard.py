"""What has to be known of an XLSX file before it is read: its size unpacked, and how far its cells reach.

The reader is given a sheet only after a parser of XML has seen all of it: a cell far away would make the reader take
more memory than there is, which ends the process without a chance to refuse the file.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from typing import TYPE_CHECKING, Final
from xml.parsers import expat

from chalicelib.domain.errors import InvalidValue

if TYPE_CHECKING:
    from collections.abc import Mapping

MAX_UNPACKED: Final = 128 * 1024 * 1024
"""A list of 100,000 rows and ten columns takes 40 MB; texts take the reader thrice as much as they are long."""

MAX_CELLS: Final = 6_000_000
"""The reader keeps every cell between the first and the last: two cells far apart would take all memory."""

_PART: Final = 1024 * 1024
_REFERENCE: Final = re.compile(r"([A-Za-z]{1,3})([0-9]{1,7})")
_NUMBER: Final = re.compile(r"[0-9]{1,7}")
_COUNTS: Final = ("count", "uniqueCount")
_MARKS: Final = tuple(
    mark for text in ("sheetData", "<sst", ":sst") for mark in (text.encode(), text.encode("utf-16-le")[:-1])
)
"""What makes a part a sheet, or the texts of one, whatever it is called: the workbook may name any part."""

_LONGEST_MARK: Final = max(map(len, _MARKS))


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
                _check_part(archive, entry)
    except InvalidValue:
        raise
    except (
        zipfile.BadZipFile,
        zlib.error,
        NotImplementedError,
        RuntimeError,
        EOFError,
        OSError,
        ValueError,
    ) as failure:
        # ValueError: a place before the beginning of the file, which the directory of an archive may name.
        raise _unreadable() from failure


def _check_part(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> None:
    reach, is_read, tail = _Reach(), False, b""
    with archive.open(entry) as part:
        # No more comes out than the entry says, and that was summed up before.
        while read := part.read(_PART):
            is_read = is_read or any(mark in tail + read for mark in _MARKS)
            tail = read[-_LONGEST_MARK:]
            reach.feed(read)
    if is_read and not reach.is_whole():
        raise _unreadable()


class _Reach:
    """How far the cells of a sheet reach; parts that are no sheets have none."""

    def __init__(self) -> None:
        self._row = self._column = self._width = self._rows = 0
        self._is_broken = False
        self._parser = expat.ParserCreate()
        self._parser.StartElementHandler = self._start
        self._parser.StartDoctypeDeclHandler = _refuse

    def feed(self, part: bytes) -> None:
        """Read on, until it turns out to be no XML."""
        if not self._is_broken:
            try:
                self._parser.Parse(part, False)  # noqa: FBT003 — positional in expat
            except expat.ExpatError:
                self._is_broken = True
        if self._width * self._rows > MAX_CELLS:
            raise _too_large()

    def is_whole(self) -> bool:
        """Say whether all of it was XML."""
        if not self._is_broken:
            try:
                self._parser.Parse(b"", True)  # noqa: FBT003 — as above
            except expat.ExpatError:
                self._is_broken = True
        return not self._is_broken

    def _start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "c" or name.endswith(":c"):
            self._cell(attributes.get("r"))
        elif name == "row" or name.endswith(":row"):
            told = attributes.get("r")
            self._row, self._column = (self._row + 1 if told is None else _number(told)), 0
        for told in (attributes[count] for count in _COUNTS if count in attributes):
            # The reader makes room for as many at once.
            if _number(told) > MAX_CELLS:
                raise _too_large()

    def _cell(self, told: str | None) -> None:
        if told is None:
            self._column += 1
        else:
            found = _REFERENCE.fullmatch(told)
            if found is None:
                raise _unreadable()
            self._column, self._row = _index(found[1].upper()), int(found[2])
        self._width, self._rows = max(self._width, self._column), max(self._rows, self._row)


def _number(told: str) -> int:
    if _NUMBER.fullmatch(told) is None:
        raise _unreadable()
    return int(told)


def _index(column: str) -> int:
    number = 0
    for letter in column:
        number = number * 26 + ord(letter) - 64
    return number


def _refuse(*_: object) -> None:
    raise _unreadable()


def _unreadable() -> InvalidValue:
    return InvalidValue("list_unreadable", "Файл повреждён: сохраните список снова как XLSX или CSV")


def _too_large() -> InvalidValue:
    mend = "Удалите пустые строки и столбцы справа и снизу от списка или разделите его"
    return InvalidValue("list_too_large", f"Таблица слишком большая. {mend}")
