"""Rows of the clinics' registries F031 and F032, and of doctors and areas, read with every mistake named (J1)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, TypeVar

from chalicelib.domain.areas import AreaType
from chalicelib.domain.birth_date import read_date
from chalicelib.domain.clinic import Ages, Clinic, Department, Doctor, Houses, ServedArea
from chalicelib.domain.errors import FieldError, InvalidValue
from chalicelib.domain.inn import parse_ogrn, parse_ogrnip, parse_organization_inn, parse_person_inn
from chalicelib.domain.plain_text import composed, is_ascii_digits
from chalicelib.domain.regions import is_region

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")
Row = "Mapping[str, str]"

CODE_LENGTH = 6
ENTREPRENEUR_OGRN = 15
PERSON_INN = 12
"""A sole trader has an ИНН of 12 digits and an ОГРНИП of 15 (DOMAIN 5.2)."""

LONGEST = {"nam_mop": 2500, "nam_mok": 250, "addr_j": 300, "name": 200, "street": 120, "city": 120}
MESSAGES = {
    "required": "Заполните это поле",
    "clinic_code_format": "Код медицинской организации (F032) — шесть цифр, первые две — код региона F010",
    "number_format": "Нужно целое число, не меньше нуля",
    "coordinate_format": "Нужны градусы числом, например 55.7558",
    "choice": "Допустимые значения: {allowed}",
    "too_long": "Сократите до {limit} знаков",
    "ends_before_it_begins": "Дата окончания раньше даты начала",
    "unknown_clinic": "Сначала загрузите медицинскую организацию с этим кодом",
    "other_region": "Это медицинская организация другого региона: её загружает фонд того региона",
    "twice": "Такая строка уже есть выше в этом файле",
}


@dataclass(slots=True)
class RowReader:
    """Reads the fields of one row and collects what is wrong with them; names of columns are in lower case."""

    row: Mapping[str, str]
    errors: list[FieldError] = field(default_factory=list)

    def text(self, name: str, *, required: bool = False) -> str:
        """A text without spare spaces; what is longer than its column is a mistake."""
        found = composed(self.row.get(name) or "")
        if required and not found:
            self.fail(name, "required")
        if len(found) > LONGEST.get(name, 500):
            self.fail(name, "too_long", limit=LONGEST.get(name, 500))
        return found

    def parsed(self, name: str, parse: Callable[[str], T], fallback: T, *, required: bool = True) -> T:
        """A value that a parser of the domain reads, or the fallback with the mistake noted."""
        found = self.text(name, required=required)
        if not found:
            return fallback
        try:
            return parse(found)
        except InvalidValue as refusal:
            self.errors.append(FieldError(field=name, code=refusal.reason, message=refusal.detail))
            return fallback

    def number(self, name: str, fallback: int = 0) -> int:
        """A whole number of at most nine digits."""
        found = self.text(name)
        if found and not (is_ascii_digits(found) and len(found) <= 9):  # noqa: PLR2004 — far above any count
            self.fail(name, "number_format")
            return fallback
        return int(found) if found else fallback

    def degrees(self, name: str, limit: float) -> float | None:
        """A coordinate, or None where there is none."""
        found = self.text(name).replace(",", ".")
        try:
            value = float(found) if found else None
        except ValueError:
            value = limit + 1
        if value is None or -limit <= value <= limit:
            return value
        self.fail(name, "coordinate_format")
        return None

    def choice(self, name: str, allowed: Mapping[str, T], fallback: T) -> T:
        """One of the allowed words."""
        found = self.text(name)
        if found and found not in allowed:
            self.fail(name, "choice", allowed=", ".join(allowed))
        return allowed.get(found, fallback)

    def code(self, name: str) -> str:
        """The code of a clinic."""
        found = self.text(name, required=True)
        is_code = len(found) == CODE_LENGTH and is_ascii_digits(found) and is_region(code=found[:2])
        if found and not is_code:
            self.fail(name, "clinic_code_format")
        return found

    def fail(self, name: str, code: str, **values: object) -> None:
        """Note a mistake."""
        self.errors.append(FieldError(field=name, code=code, message=MESSAGES[code].format(**values)))


def read_clinic(reader: RowReader, *, departments: tuple[Department, ...], source: str) -> Clinic:
    """Read a row of F031 with its code of F032; the mistakes are in the reader."""
    code = reader.code("mcod")
    inn_is_persons = len(reader.text("inn")) == PERSON_INN
    ogrn_is_persons = len(reader.text("ogrn")) == ENTREPRENEUR_OGRN
    begins = reader.parsed("datebeg", lambda text: read_date(text=text), date.min)
    ends = reader.parsed("dateend", lambda text: read_date(text=text), None, required=False)
    if ends is not None and ends < begins:
        reader.fail("dateend", "ends_before_it_begins")
    name = reader.text("nam_mok", required=True)
    plain: dict[str, Any] = {ours: reader.text(theirs) for ours, theirs in _PLAIN.items()}
    return Clinic(
        code=code,
        region=code[:2],
        name=name,
        full_name=reader.text("nam_mop") or name,
        inn=reader.parsed("inn", _inn_of_person if inn_is_persons else _inn, ""),
        ogrn=reader.parsed("ogrn", _ogrnip if ogrn_is_persons else _ogrn, ""),
        address=reader.text("addr_j", required=True),
        included_on=begins,
        excluded_on=None if ends is None else ends + timedelta(days=1),
        programmes=tuple(filter(None, (part.strip() for part in reader.text("programmes").split(";")))),
        latitude=reader.degrees("latitude", 90),
        longitude=reader.degrees("longitude", 180),
        departments=departments,
        source=source,
        **plain,
    )


_PLAIN = {
    "idmo": "idmo",
    "oid": "oid_mo",
    "kpp": "kpp",
    "okopf": "okopf",
    "okfs": "okfs",
    "oktmo": "oktmo",
    "address_gar": "addr_j_gar",
    "phone": "phone",
    "fax": "fax",
    "email": "email",
    "licence": "licence",
    "profile": "profile",
}


def read_department(reader: RowReader) -> tuple[str, Department]:
    """Read a row of departments (F033): the clinic's code and the department."""
    return reader.code("mcod"), Department(
        code=reader.text("code", required=True),
        name=reader.text("name", required=True),
        address=reader.text("address", required=True),
        phone=reader.text("phone"),
    )


def read_doctor(reader: RowReader) -> Doctor:
    """Read a row of doctors."""
    code = reader.code("mcod")
    return Doctor(
        doctor_id=reader.text("id", required=True),
        clinic_code=code,
        region=code[:2],
        name=reader.text("name", required=True),
        speciality=reader.text("speciality", required=True),
        speciality_title=reader.text("speciality_title", required=True),
        department=reader.text("department"),
        area=reader.choice("area", {"": None, **{str(int(area)): area for area in AreaType}}, None),
        ages=reader.choice("ages", {ages.value: ages for ages in Ages}, Ages.ALL),
        limit=reader.number("limit"),
    )


def read_area(reader: RowReader) -> ServedArea:
    """Read a row of served areas."""
    code = reader.code("mcod")
    return ServedArea(
        area_id=reader.text("id", required=True),
        clinic_code=code,
        region=code[:2],
        doctor_id=reader.text("doctor", required=True),
        city=reader.text("city", required=True),
        street=reader.text("street", required=True),
        houses=reader.choice("houses", {houses.value: houses for houses in Houses}, Houses.ALL),
        house_from=reader.number("from", 1),
        house_until=reader.number("until"),
    )


def _inn(text: str) -> str:
    return parse_organization_inn(text=text)


def _inn_of_person(text: str) -> str:
    return parse_person_inn(text=text)


def _ogrn(text: str) -> str:
    return parse_ogrn(text=text)


def _ogrnip(text: str) -> str:
    return parse_ogrnip(text=text)
