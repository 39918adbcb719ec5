"""A row of the registry file to an insurer: what is wrong is told in the federal codes, and the row comes in (H1)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from chalicelib.domain import inn as numbers
from chalicelib.domain.errors import InvalidValue
from chalicelib.domain.insurer import Insurer
from chalicelib.domain.regions import REGIONS
from chalicelib.domain.registry_job import Finding
from chalicelib.domain.registry_messages import finding
from chalicelib.domain.registry_periods import inclusions_of, licences_of, notices_of
from chalicelib.domain.registry_values import (
    digits_of,
    emails_of,
    is_empty,
    is_mixed,
    phones_of,
    read_date,
    russian_letters,
    site_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from chalicelib.domain.registry_file import RawInsurer

_CODE = re.compile(r"[0-9]{2}[0-9A-Za-zА-Яа-я]{3}")
_INDEX = re.compile(r"[0-9]{6}")
_OKOPF = re.compile(r"[0-9]{5}")
FIRST_REGISTRY_DAY = date(2011, 1, 1)
ORGANISATIONS = {"1": "head", "2": "branch"}
ENTREPRENEUR = "3"
"""ОГРН of an individual entrepreneur begins so."""

CELL_LENGTH = 500
"""No cell of the registry is longer than 254 signs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedRow:
    """What became of a row: the insurer, unless an error forbids it, and everything found on the way."""

    number: int
    code: str
    insurer: Insurer | None
    findings: tuple[Finding, ...]


def check_row(*, raw: RawInsurer, on: date, source: str) -> CheckedRow:
    """Read a row; only one without a usable code is not taken in."""
    return _Reader(raw, on).read(source)


class _Reader:
    """Reads the cells of one row and collects what is wrong with them."""

    def __init__(self, raw: RawInsurer, on: date) -> None:
        self._raw = raw
        self._on = on
        self._found: list[Finding] = []

    def read(self, source: str) -> CheckedRow:
        code = self._code()
        if code is None:
            return CheckedRow(
                number=self._raw.number, code=self._cell("SMOCOD")[:40], insurer=None, findings=tuple(self._found)
            )
        insurer = self._insurer(code, source)
        return CheckedRow(number=self._raw.number, code=code, insurer=insurer, findings=tuple(self._found))

    def _insurer(self, code: str, source: str) -> Insurer:
        names = self._names(code)
        ogrn = self._number("OGRN", "F002-07", "F002-08", _ogrn)
        licences = licences_of(cells=self._raw.licences, found=self._found)
        inclusions = inclusions_of(cells=self._raw.inclusions, found=self._found)
        address, postal_address = self._addresses()
        insurer = Insurer(
            code=code,
            region=code[:2],
            name=names[0],
            full_name=names[1],
            inn=self._number("INN", "F002-05", "F002-06", _inn),
            ogrn=ogrn,
            kpp=self._kpp(ogrn),
            address=address,
            postal_address=postal_address,
            phones=self._phones(),
            fax=self._fax(),
            email=self._email(),
            site=self._site(),
            head=self._head(),
            okopf=self._coded("OKOPF", "F002-33", _OKOPF),
            organisation=self._organisation(),
            licence_number=licences[-1].number if licences else "",
            licence_from=licences[-1].issued_on if licences else None,
            licence_until=licences[-1].until if licences else None,
            included_on=inclusions[-1].begins_on,
            excluded_on=inclusions[-1].ends_on,
            licences=licences,
            inclusions=inclusions,
            notices=notices_of(cells=self._raw.notices, on=self._on, found=self._found),
            edited_on=self._edited_on(),
            source=source,
        )
        self._check_okato(code[:2])
        self._check_in_force(insurer)
        return insurer

    def _cell(self, name: str) -> str:
        return self._raw.cells.get(name, "")[:CELL_LENGTH].strip()

    def _note(self, code: str, value: str = "") -> None:
        self._found.append(finding(code=code, value=value))

    def _code(self) -> str | None:
        typed = self._cell("SMOCOD")
        if not typed:
            self._note("F002-01")
        elif not _CODE.fullmatch(typed):
            self._note("F002-02", typed)
        elif typed[:2] not in REGIONS:
            self._note("F002-35", typed)
        else:
            return typed.upper()
        return None

    def _names(self, code: str) -> tuple[str, str]:
        short, full = self._cell("NAM_SMOK"), self._cell("NAM_SMOP")
        if not short:
            self._note("F002-03")
        if not full:
            self._note("F002-04")
        return short or full or code, full or short or code

    def _number(self, name: str, absent: str, wrong: str, parse: Callable[[str], str]) -> str:
        """Read a number by its check digits; one that is wrong is kept as it stands and told."""
        typed = self._cell(name)
        if is_empty(typed):
            self._note(absent, typed)
            return ""
        try:
            return parse(typed)
        except InvalidValue:
            self._note(wrong, typed)
        for word in digits_of(typed):
            try:
                return parse(word)
            except InvalidValue:
                continue
        return typed

    def _kpp(self, ogrn: str) -> str:
        typed = self._cell("KPP")
        if ogrn[:1] == ENTREPRENEUR:
            if not is_empty(typed):
                self._note("F002-09", typed)
            return ""
        return self._number("KPP", "F002-10", "F002-11", lambda text: numbers.parse_kpp(text=text))

    def _addresses(self) -> tuple[str, str]:
        legal = self._address("J", "F002-12", "F002-14")
        return legal, self._address("F", "F002-13", "F002-15") or legal

    def _address(self, which: str, absent: str, wrong_index: str) -> str:
        index, text = self._cell(f"INDEX_{which}"), self._cell(f"ADDR_{which}")
        if is_empty(text):
            self._note(absent)
            return ""
        if not _INDEX.fullmatch(index):
            self._note(wrong_index, index)
        return text if not index or text.startswith(index) else f"{index}, {text}"

    def _phones(self) -> tuple[str, ...]:
        cells = [cell[:CELL_LENGTH] for cell in self._raw.phones if not is_empty(cell)]
        if not cells:
            self._note("F002-19")
        phones: list[str] = []
        for cell in cells:
            read, is_exact = phones_of(cell)
            phones.extend(read)
            if not is_exact:
                self._note("F002-75", cell)
        return tuple(dict.fromkeys(phones))

    def _fax(self) -> str:
        typed = self._cell("FAX")
        if is_empty(typed):
            return ""
        read, is_exact = phones_of(typed)
        if not is_exact:
            self._note("F002-76", typed)
        return ", ".join(read)

    def _email(self) -> str:
        typed = "; ".join(cell[:CELL_LENGTH] for cell in self._raw.emails if not is_empty(cell))
        if not typed:
            self._note("F002-21")
            return ""
        read, is_exact = emails_of(typed)
        if not is_exact:
            self._note("F002-77", typed)
        return read[0] if read else ""

    def _site(self) -> str:
        typed = self._cell("WWW")
        if is_empty(typed):
            return ""
        site = site_of(typed)
        if not site:
            self._note("F002-78", typed)
        return site

    def _head(self) -> str:
        for name, absent in (("FAM_RUK", "F002-17"), ("IM_RUK", "F002-18")):
            if is_empty(self._cell(name)):
                self._note(absent)
        parts = []
        for name, mixed in (("FAM_RUK", "F002-72"), ("IM_RUK", "F002-73"), ("OT_RUK", "F002-74")):
            typed = "" if is_empty(self._cell(name)) else self._cell(name)
            if is_mixed(typed):
                self._note(mixed, typed)
            parts.append(russian_letters(typed))
        return " ".join(filter(None, parts))

    def _coded(self, name: str, absent: str, form: re.Pattern[str]) -> str:
        typed = self._cell(name)
        if not form.fullmatch(typed):
            self._note(absent, typed)
        return typed[:CELL_LENGTH]

    def _organisation(self) -> str:
        typed = self._cell("ORG")
        if typed not in ORGANISATIONS:
            self._note("F002-23" if typed else "F002-22", typed)
        return ORGANISATIONS.get(typed, "")

    def _edited_on(self) -> date | None:
        typed = self._cell("D_EDIT")
        edited = read_date(typed)
        if edited is None or edited < FIRST_REGISTRY_DAY:
            self._note("F002-24", typed)
        return edited

    def _check_okato(self, region: str) -> None:
        typed = self._cell("TF_OKATO")
        if not typed:
            self._note("F002-31")
        elif typed != REGIONS[region].okato:
            self._note("F002-79", typed)

    def _check_in_force(self, insurer: Insurer) -> None:
        if not insurer.is_included_on(self._on):
            self._note("F002-70", str(insurer.excluded_on or insurer.included_on))
        elif insurer.licences and not insurer.is_licensed_on(self._on):
            self._note("F002-69", insurer.licence_number)


def _inn(text: str) -> str:
    try:
        return numbers.parse_organization_inn(text=text)
    except InvalidValue:
        return numbers.parse_person_inn(text=text)


def _ogrn(text: str) -> str:
    try:
        return numbers.parse_ogrn(text=text)
    except InvalidValue:
        return numbers.parse_ogrnip(text=text)
