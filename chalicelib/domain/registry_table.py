"""Plain tables about insurers as they come: XML, JSON pages or a sheet, cells by their federal names (H1, H2).

Issue points are the classifier F013 (SMOCOD, CODPVP, ADDRESS, PHONE, DATEBEG, DATEEND); ratings have SMOCOD, YEAR,
SOURCE and a column a criterion. Sheets may name columns in Russian, in any order and among others.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from chalicelib.domain.errors import InvalidValue
from chalicelib.domain.insurer_ratings import CRITERIA
from chalicelib.domain.registry_file import MAX_ROWS, Cells
from chalicelib.domain.registry_job import Registry
from chalicelib.domain.registry_pages import read_pages, values_of
from chalicelib.domain.xml_tree import decoded, read_xml

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

HEADER_WITHIN: Final = 20
"""In how many first rows of a sheet the header is looked for: titles stand above it."""

_INSURER: Final = ("SMOCOD", "код смо", "код страховой организации", "код страховой медицинской организации", "смо")
_COLUMNS: Final[Mapping[Registry, Mapping[str, tuple[str, ...]]]] = {
    Registry.ISSUE_POINTS: {
        "SMOCOD": _INSURER,
        "CODPVP": ("CODPVP", "код пункта", "код пункта выдачи", "код пвп", "пвп"),
        "ADDRESS": ("ADDRESS", "адрес", "адрес пункта", "адрес пункта выдачи"),
        "PHONE": ("PHONE", "телефон", "телефоны"),
        "DATEBEG": ("DATEBEG", "дата открытия", "дата начала", "открыт", "действует с"),
        "DATEEND": ("DATEEND", "дата закрытия", "дата окончания", "закрыт", "действует по"),
    },
    Registry.RATINGS: {
        "SMOCOD": _INSURER,
        "YEAR": ("YEAR", "год"),
        "SOURCE": ("SOURCE", "источник"),
        **{one.value: (one.value, rule.title, f"{rule.title}, {rule.unit}") for one, rule in CRITERIA.items()},
    },
}
"""Registry → the name of a cell → what its column may be called."""

_NEEDED: Final = {Registry.ISSUE_POINTS: ("SMOCOD", "CODPVP", "ADDRESS"), Registry.RATINGS: ("SMOCOD", "YEAR")}


@dataclass(frozen=True, slots=True, kw_only=True)
class TableRow:
    """A row, text as it stands; ``number`` is its place in the file: of a sheet the row, else the row of data."""

    number: int
    cells: Cells


def is_sheet(*, data: bytes) -> bool:
    """Whether a file is a sheet, not XML and not JSON."""
    text = data[:4096].lstrip(b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n")
    return not text.startswith((b"<", b"{", b"["))


def rows_of_tree(*, registry: Registry, data: bytes) -> list[TableRow]:
    """Read XML (a row is an element that holds the code of an insurer) or JSON pages of columns and values.

    Raises:
        InvalidValue: it is neither, or holds no row.
    """
    found = _json_rows(data) if decoded(data=data[:4096]).lstrip("\ufeff \t\r\n")[:1] in "{[" else _xml_rows(data)
    rows = [TableRow(number=number, cells=_named(registry, cells)) for number, cells in enumerate(found, start=1)]
    return _bounded(rows)


def rows_of_sheet(*, registry: Registry, rows: Iterable[Sequence[Any]]) -> list[TableRow]:
    """Read a sheet below its header.

    Raises:
        InvalidValue: no row names the columns that are needed, or there is none below it.
    """
    read: list[TableRow] = []
    names: dict[int, str] = {}
    for number, row in enumerate(islice(rows, MAX_ROWS + HEADER_WITHIN + 1), start=1):
        texts = [_text(cell) for cell in row]
        if not names:
            names = _header(registry, texts)
            if not names and number >= HEADER_WITHIN:
                break
        elif any(texts):
            cells = {name: texts[place] for place, name in names.items() if place < len(texts)}
            read.append(TableRow(number=number, cells=cells))
    if not names:
        wanted = ", ".join(_NEEDED[registry])
        raise InvalidValue("no_header", f"Нет строки с названиями столбцов: нужны {wanted} или их русские названия")
    return _bounded(read)


def _bounded(rows: list[TableRow]) -> list[TableRow]:
    if not rows:
        raise InvalidValue("no_rows", "В файле нет ни одной строки: проверьте, тот ли это файл")
    if len(rows) > MAX_ROWS:
        raise InvalidValue("too_many_rows", f"В файле больше {MAX_ROWS} строк: разделите его")
    return rows


def _xml_rows(data: bytes) -> list[Cells]:
    """The elements right around a code of an insurer, whatever they are called."""
    names = {"SMOCOD", "SMO_COD"}
    return [
        {child.name: child.text for child in element.children}
        for element in read_xml(data=data).walk()
        if any(child.name in names for child in element.children)
    ]


def _json_rows(data: bytes) -> list[Cells]:
    rows = [values_of(row=row) for page in read_pages(data=data) for row in page["list"]]
    return [{name: _text(value) for name, value in row.items()} for row in rows]


def _named(registry: Registry, cells: Cells) -> Cells:
    known = {name: _column(registry, name) for name in cells}
    return {column: " ".join(cells[name].split()) for name, column in known.items() if column}


def _header(registry: Registry, texts: Sequence[str]) -> dict[int, str]:
    """Place → cell, if a row names what is needed and, of ratings, at least one criterion."""
    found: dict[int, str] = {}
    for place, text in enumerate(texts):
        column = _column(registry, text)
        if column and column not in found.values():
            found[place] = column
    has_needed = set(_NEEDED[registry]) <= set(found.values())
    has_values = registry is not Registry.RATINGS or bool({one.value for one in CRITERIA} & set(found.values()))
    return found if has_needed and has_values else {}


def _column(registry: Registry, text: str) -> str:
    wanted = _plain(text)
    names = _COLUMNS[registry].items()
    return next((column for column, called in names if wanted in {_plain(one) for one in called}), "") if wanted else ""


def _plain(text: str) -> str:
    return re.sub(r"[^0-9a-zа-я]+", "", text.casefold().replace("ё", "е"))


def _text(value: Any) -> str:
    """A cell as text: whole numbers without a point, days as XML has them."""
    if value is None or isinstance(value, dict | list | bool):
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return " ".join(str(value).split())
