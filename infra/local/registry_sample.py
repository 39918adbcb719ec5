"""Registry files for demonstration and measurement, as dirty as real ones: F002 in XML, and pages in JSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from chalicelib.domain.regions import REGIONS
from chalicelib.domain.xml_tree import Element, write_xml
from infra.local.insurers_sample import INSURERS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

Row = dict[str, Any]

RELEASE = {"VERSION": "2.0", "DATE": "2026-03-01"}
_ADDRESSES = {"JURADDRESS": ("INDEX_J", "ADDR_J"), "PSTADDRESS": ("INDEX_F", "ADDR_F")}
_BEFORE = ("TF_OKATO", "SMOCOD", "NAM_SMOP", "NAM_SMOK", "INN", "OGRN", "KPP")
_AFTER = ("OKOPF", "FAM_RUK", "IM_RUK", "OT_RUK")


def clean_row(code: str = "77012", **cells: Any) -> Row:
    """A row without a single mistake; ``cells`` replace its own."""
    row: Row = {
        "TF_OKATO": REGIONS[code[:2]].okato if code[:2] in REGIONS else "45000",
        "SMOCOD": code,
        "NAM_SMOP": 'Акционерное общество "Страховая компания "Пример-Мед"',
        "NAM_SMOK": 'АО "СК "Пример-Мед"',
        "INN": "7728170427",
        "OGRN": "1027739008440",
        "KPP": "775001001",
        "INDEX_J": "117997",
        "ADDR_J": "г. Москва, ул. Намёткина, д. 16",
        "INDEX_F": "117997",
        "ADDR_F": "г. Москва, ул. Намёткина, д. 16",
        "OKOPF": "12247",
        "FAM_RUK": "Примеров",
        "IM_RUK": "Пётр",
        "OT_RUK": "Петрович",
        "PHONE": ["8(495)225-23-10"],
        "FAX": "8(495)225-23-11",
        "E_MAIL": [f"smo-{code.lower()}@example.org"],
        "WWW": "http://www.example.org",
        "LICENZIY": [{"N_DOC": "ОС 3230-01", "D_START": "2009-02-10", "DATE_E": "2099-12-31"}],
        "ORG": "1",
        "INSINCLUDE": [{"D_BEGIN": "2012-01-01"}],
        "INSADVICE": [{"YEAR_WORK": "2026", "DUVED": "2025-08-20", "KOL_ZL": "313837"}],
        "D_EDIT": "2025-09-01",
    }
    return row | cells


def xml_file(rows: Iterable[Mapping[str, Any]]) -> bytes:
    """An F002 file in the Cyrillic encoding."""
    packet = Element("packet", RELEASE)
    packet.children.extend(_company(row) for row in rows)
    return write_xml(root=packet)


def _company(row: Mapping[str, Any]) -> Element:
    company = Element("insCompany")
    company.children.extend(_leaf(name, row.get(name, "")) for name in _BEFORE)
    for name, inner in _ADDRESSES.items():
        company.children.append(Element(name, children=[_leaf(part, row.get(part, "")) for part in inner]))
    company.children.extend(_leaf(name, row.get(name, "")) for name in _AFTER)
    for name in ("PHONE", "FAX", "E_MAIL", "WWW"):
        values = row.get(name, "")
        company.children.extend(_leaf(name, value) for value in (values if isinstance(values, list) else [values]))
    company.children.extend(_group("LICENZIY", row))
    company.children.append(_leaf("ORG", row.get("ORG", "")))
    for name in ("INSINCLUDE", "INSADVICE"):
        company.children.extend(_group(name, row))
    company.children.append(_leaf("D_EDIT", row.get("D_EDIT", "")))
    return company


def _leaf(name: str, value: str) -> Element:
    return Element(name, text=value)


def _group(name: str, row: Mapping[str, Any]) -> list[Element]:
    return [
        Element(name, children=[_leaf(part, value) for part, value in group.items()]) for group in row.get(name, [])
    ]


def json_pages(rows: Sequence[Mapping[str, Any]], *, size: int = 200) -> bytes:
    """Pages of the newer interface: each licence, inclusion or notice more is one row more."""
    flat = [line for row in rows for line in _flat(row)]
    pages = [{"list": flat[start : start + size], "total": len(flat)} for start in range(0, len(flat), size)]
    return json.dumps(pages, ensure_ascii=False).encode()


def _flat(row: Mapping[str, Any]) -> list[list[dict[str, Any]]]:
    groups = {name: row.get(name, []) for name in ("LICENZIY", "INSINCLUDE", "INSADVICE")}
    own = {name: "; ".join(v) if isinstance(v, list) else v for name, v in row.items() if name not in groups}
    lines = []
    for number in range(max(1, *(len(group) for group in groups.values()))):
        cells = dict(own)
        for group in groups.values():
            cells |= group[min(number, len(group) - 1)] if group else {}
        lines.append([{"column": name, "value": value} for name, value in cells.items()])
    return lines


def sample_rows() -> list[Row]:
    """The demonstration's insurers as the registry of 2015 has them, with its own mistakes."""
    return [
        clean_row(
            insurer.code,
            NAM_SMOP=insurer.full_name,
            NAM_SMOK=insurer.name,
            INN=insurer.inn,
            OGRN=insurer.ogrn,
            KPP=insurer.kpp,
            INDEX_J=insurer.address[:6],
            ADDR_J=insurer.address[8:],
            INDEX_F=insurer.address[:6],
            ADDR_F=insurer.address[8:],
            PHONE=list(insurer.phones),
            E_MAIL=[insurer.email],
            WWW=insurer.site,
            LICENZIY=[{"N_DOC": insurer.licence_number, "D_START": str(insurer.licence_from), "DATE_E": "2099-12-31"}],
            INSINCLUDE=[{"D_BEGIN": str(insurer.included_on)}],
        )
        for insurer in INSURERS
        if insurer.licence_until is None
    ]


_DIRT: tuple[Row, ...] = (
    {"KPP": ""},
    {"KPP": "НЕТ"},
    {"KPP": "775001001/770101001"},
    {"INN": "77281704Z7"},
    {"LICENZIY": [{"N_DOC": "C № 3230 77", "D_START": "10.02.2009", "DATE_E": "30.12.2099"}]},
    {"INDEX_J": "29501", "INDEX_F": "29501"},
    {"WWW": "WWW.ПРИМЕР-МЕД.РФ"},
    {"PHONE": ["(495)276-00-10ДОБ.90-04 (495)951-35-61"]},
    {"FAM_RUK": "Cидоров", "IM_RUK": ""},
    {"E_MAIL": ["info@@example"], "INSADVICE": []},
    {},
)


def dirty_rows(count: int) -> list[Row]:
    """So many rows of different codes, most of them with a mistake that real files have; none of them is lost."""
    rows = []
    for number in range(count):
        region = sorted(REGIONS)[number % len(REGIONS)]
        code = f"{region}{300 + number // len(REGIONS):03d}"
        cells = _DIRT[number % len(_DIRT)]
        rows.append(
            clean_row(
                code, NAM_SMOK=f'ООО "СМО "Пример {number}"', **{"E_MAIL": [f"smo-{number}@example.org"], **cells}
            )
        )
    return rows
