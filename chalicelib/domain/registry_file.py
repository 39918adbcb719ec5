"""The file of the federal insurers' registry F002 as it comes: XML, or JSON pages of the newer interface (H1)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from chalicelib.domain.errors import InvalidValue
from chalicelib.domain.registry_pages import read_pages, values_of
from chalicelib.domain.xml_tree import Element, decoded, read_xml

Cells = Mapping[str, str]

MAX_FILE_BYTES = 10 * 1024 * 1024
"""The whole registry of some 500 rows takes one or two megabytes."""

MAX_ROWS = 20_000
LICENCE = ("N_DOC", "D_START", "DATE_E", "D_TERM")
INCLUSION = ("D_BEGIN", "D_END", "NAME_E", "NAL_P")
NOTICE = ("YEAR_WORK", "DUVED", "KOL_ZL")
_OTHER_NAMES = {"DATA_E": "DATE_E", "EMAIL": "E_MAIL", "SITE": "WWW", "NAMSMOP": "NAM_SMOP", "NAMSMOK": "NAM_SMOK"}
_GROUPS = {"LICENZIY": LICENCE, "INSINCLUDE": INCLUSION, "INSADVICE": NOTICE}
_MANY = {"PHONE", "E_MAIL"}


@dataclass(frozen=True, slots=True, kw_only=True)
class RawInsurer:
    """A row of the registry, text as it stands; ``number`` is its place in the file, from 1."""

    number: int
    cells: Cells
    phones: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    licences: tuple[Cells, ...] = ()
    inclusions: tuple[Cells, ...] = ()
    notices: tuple[Cells, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistryFile:
    """What a file holds; ``total`` is how many rows its source says there are, None if it does not say."""

    release: str = ""
    rows: Sequence[RawInsurer] = field(default=())
    total: int | None = None


def read_registry(*, data: bytes) -> RegistryFile:
    """Read a registry file of either kind, by what it holds.

    Raises:
        InvalidValue: it is neither, or holds no row; what is wrong with a single row is not judged here.
    """
    if len(data) > MAX_FILE_BYTES:
        raise InvalidValue("file_too_large", "Файл больше 10 МБ: загрузите реестр частями")
    text = decoded(data=data[:4096]).lstrip()
    found = _from_json(data) if text.startswith(("{", "[")) else _from_xml(data)
    if not found.rows:
        raise InvalidValue("no_rows", "В файле нет ни одной строки реестра: проверьте, тот ли это файл")
    if len(found.rows) > MAX_ROWS:
        raise InvalidValue("too_many_rows", f"В файле больше {MAX_ROWS} строк: разделите его")
    return found


def _from_xml(data: bytes) -> RegistryFile:
    root = read_xml(data=data)
    if root.name != "PACKET":
        raise InvalidValue("not_f002", "Это не файл реестра F002: в нём нет элемента packet")
    rows = [_xml_row(number, row) for number, row in enumerate(root.all("INSCOMPANY"), start=1)]
    attributes = root.attributes
    release = " от ".join(filter(None, (_short(attributes.get("VERSION", "")), _short(attributes.get("DATE", "")))))
    return RegistryFile(release=release, rows=rows)


def _short(text: str) -> str:
    return " ".join(text.split())[:40]


def _xml_row(number: int, row: Element) -> RawInsurer:
    cells: dict[str, str] = {}
    groups: dict[str, list[Cells]] = {name: [] for name in _GROUPS}
    many: dict[str, list[str]] = {name: [] for name in _MANY}
    for element in row.children:
        name = _OTHER_NAMES.get(element.name, element.name)
        if name in groups:
            groups[name].append({_OTHER_NAMES.get(e.name, e.name): e.text for e in element.children})
        elif name in many:
            many[name].append(element.text)
        elif element.children:  # an address: index and text
            cells |= {inner.name: inner.text for inner in element.children}
        else:
            cells[name] = element.text
    return RawInsurer(
        number=number,
        cells=cells,
        phones=tuple(filter(None, many["PHONE"])),
        emails=tuple(filter(None, many["E_MAIL"])),
        licences=tuple(groups["LICENZIY"]),
        inclusions=tuple(groups["INSINCLUDE"]),
        notices=tuple(groups["INSADVICE"]),
    )


def _from_json(data: bytes) -> RegistryFile:
    pages = read_pages(data=data)
    flat = [_cells(row) for page in pages for row in page["list"]]
    totals = [page["total"] for page in pages if type(page.get("total")) is int]
    return RegistryFile(
        release=next((_short(cells["VERSION"]) for cells in flat if cells.get("VERSION")), ""),
        rows=_joined([_flat_row(number, cells) for number, cells in enumerate(flat, start=1)]),
        total=max(totals, default=None),
    )


def _cells(row: Any) -> Cells:
    read = {name.strip().upper(): _text(value) for name, value in values_of(row=row).items()}
    return {_OTHER_NAMES.get(name, name): value for name, value in read.items()}


def _text(value: Any) -> str:
    if value is None or isinstance(value, dict | list):
        return ""
    return " ".join(str(value).split())


def _flat_row(number: int, cells: Cells) -> RawInsurer:
    return RawInsurer(
        number=number,
        cells=cells,
        phones=tuple(filter(None, [cells.get("PHONE", "")])),
        emails=tuple(filter(None, [cells.get("E_MAIL", "")])),
        licences=_group(cells, LICENCE),
        inclusions=_group(cells, INCLUSION),
        notices=_group(cells, NOTICE),
    )


def _group(cells: Cells, names: Sequence[str]) -> tuple[Cells, ...]:
    found = {name: cells[name] for name in names if cells.get(name)}
    return (found,) if found else ()


def _joined(rows: Sequence[RawInsurer]) -> list[RawInsurer]:
    """The flat interface repeats an insurer for each licence, inclusion and notice: they are one row."""
    kept: dict[object, RawInsurer] = {}
    for row in rows:
        code = row.cells.get("SMOCOD", "")
        earlier = kept.get(code) if code else None
        if earlier is None:
            kept[code or row.number] = row
        elif _own(earlier) == _own(row):
            kept[code] = _united(earlier, row)
        else:
            kept[row.number] = row
    return sorted(kept.values(), key=lambda row: row.number)


def _own(row: RawInsurer) -> Cells:
    """What belongs to the insurer itself, not to one of its licences, inclusions or notices."""
    repeated = {*LICENCE, *INCLUSION, *NOTICE, "PHONE", "E_MAIL", "VERSION"}
    return {name: value for name, value in row.cells.items() if value and name not in repeated and name[:4] != "SYS_"}


def _united(first: RawInsurer, second: RawInsurer) -> RawInsurer:
    def both(one: tuple[Any, ...], other: tuple[Any, ...]) -> tuple[Any, ...]:
        return (*one, *(value for value in other if value not in one))

    return replace(
        first,
        phones=both(first.phones, second.phones),
        emails=both(first.emails, second.emails),
        licences=both(first.licences, second.licences),
        inclusions=both(first.inclusions, second.inclusions),
        notices=both(first.notices, second.notices),
    )
