"""The sections of a form about the insured person: name, birth, documents, addresses (requirements B3, B5, B6)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.domain.contacts import PostalAddress, check_address
from chalicelib.domain.countries import COUNTRIES, RUSSIA
from chalicelib.domain.form_checks import birth_date_of, day_of, mistake, one_of, parsed
from chalicelib.domain.form_sections import EMPLOYMENT, SECTIONS
from chalicelib.domain.identity_document_types import IDENTITY_DOCUMENT_TYPES
from chalicelib.domain.identity_documents import IdentityDocument, check_document
from chalicelib.domain.inn import parse_person_inn
from chalicelib.domain.names import check_full_name, check_place_of_birth
from chalicelib.domain.regions import is_region
from chalicelib.domain.sex import Sex
from chalicelib.domain.snils import parse_snils

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from collections.abc import Set as AbstractSet
    from datetime import date

    from chalicelib.domain.errors import FieldError
    from chalicelib.domain.form_sections import Form
    from chalicelib.domain.matrix import MatrixRow

_SEXES = frozenset(sex.value for sex in Sex)
_FEW_COUNTRIES = 4
"""So many countries are named in a message: those of the Eurasian Economic Union."""


def check_person(form: Form, row: MatrixRow, on: date) -> Iterator[FieldError]:
    """Name, sex, birth, citizenship and numbers of the insured person."""
    person = form["person"]
    if person.keys() & {"family_name", "given_name", "middle_name"}:
        yield from check_full_name(
            family_name=person.get("family_name", ""),
            given_name=person.get("given_name", ""),
            middle_name=person.get("middle_name", ""),
            prefix="person",
        )
    if person.get("birthplace"):
        yield from check_place_of_birth(text=person["birthplace"], field="person.birthplace")
    yield from parsed(person, "person", "snils", lambda text: parse_snils(text=text))
    yield from parsed(person, "person", "inn", lambda text: parse_person_inn(text=text))
    yield from one_of(person, "person", "sex", _SEXES)
    yield from one_of(person, "person", "employment", EMPLOYMENT.keys())
    yield from _citizenship(person, row)
    yield from _birth_date(person, row, on)


def _citizenship(person: Mapping[str, str], row: MatrixRow) -> Iterator[FieldError]:
    code = person.get("citizenship")
    if not code:
        return
    if code not in COUNTRIES:
        message = "Выберите страну из списка: код из трёх латинских букв, например RUS"
        yield mistake("person.citizenship", "not_in_list", message)
    elif code not in row.citizenships:
        few = sorted(COUNTRIES[one] for one in row.citizenships)
        which = ", ".join(few) if len(few) <= _FEW_COUNTRIES else "иностранное"
        message = f"Для этой категории гражданство другое: {which}. Проверьте гражданство или категорию заявителя"
        yield mistake("person.citizenship", "citizenship_not_for_category", message)


def _birth_date(person: Mapping[str, str], row: MatrixRow, on: date) -> Iterator[FieldError]:
    born, errors = birth_date_of(person, "person", "born_on")
    yield from errors
    if born is None:
        return
    age = born.age_on(on)
    if born.earliest > on:
        yield mistake("person.born_on", "date_in_future", "Дата рождения ещё не наступила: исправьте её")
    elif age < row.from_age:
        yield mistake("person.born_on", "under_age", _under_age(row))
    elif row.below_age is not None and age >= row.below_age:
        message = f"С {row.below_age} лет заявление другое: выберите категорию «старше {row.below_age} лет»"
        yield mistake("person.born_on", "over_age", message)


def _under_age(row: MatrixRow) -> str:
    if row.citizenships == {RUSSIA}:
        return f"До {row.from_age} лет заявление подаёт родитель или опекун"
    return f"Эта категория — для тех, кому исполнилось {row.from_age} лет: проверьте дату рождения"


def check_identity_document(form: Form, row: MatrixRow, on: date) -> Iterator[FieldError]:
    """The identity document: one that the category may show, by its mask, age and term."""
    yield from _paper(form, "identity_document", row.identity_documents, on)


def check_status_document(form: Form, row: MatrixRow, on: date) -> Iterator[FieldError]:
    """The permit to reside; a category without one has no such section."""
    if not row.status_documents:
        yield mistake(
            "status_document", "not_for_category", "Для этой категории такого документа не нужно: уберите его"
        )
        return
    yield from _paper(form, "status_document", row.status_documents, on)


def _paper(form: Form, name: str, allowed: AbstractSet[str], on: date) -> Iterator[FieldError]:
    section = form[name]
    issued_on, errors = day_of(section, name, "issued_on")
    yield from errors
    expires_on, errors = day_of(section, name, "expires_on")
    yield from errors
    kind = section.get("type")
    if kind and kind not in allowed:
        yield mistake(f"{name}.type", "document_type_not_for_category", _needed(allowed))
        return
    born, _ = birth_date_of(form.get("person", {}), "person", "born_on")
    if not kind or issued_on is None or born is None or born.earliest > on:
        return
    document = IdentityDocument(
        type=kind,
        series=section.get("series", ""),
        number=section.get("number", ""),
        issued_on=issued_on,
        issuer=section.get("issuer", ""),
        issuer_code=section.get("issuer_code", ""),
        expires_on=expires_on,
    )
    yield from check_document(document=document, on=on, born_on=born.earliest, prefix=name)


def has_no_series(code: str) -> bool:
    """Tell whether the series of a kind of document may be empty (mask S of F011, or none)."""
    kind = IDENTITY_DOCUMENT_TYPES.get(code)
    return kind is not None and kind.series_mask in {"S", ""}


def _needed(allowed: AbstractSet[str]) -> str:
    names = [IDENTITY_DOCUMENT_TYPES[code].name for code in sorted(allowed, key=int)]
    return f"Для этого заявления нужен документ: {' или '.join(names)}"


def check_address_section(name: str) -> Callable[[Form, MatrixRow, date], Iterator[FieldError]]:
    """Make the check of an address; while it is not whole, only its region is looked at."""

    def check(form: Form, row: MatrixRow, on: date) -> Iterator[FieldError]:
        address = form[name]
        if not all(address.get(part) for part in ("index", "region", "city", "house")):
            if address.get("region") and not is_region(code=address["region"]):
                yield mistake(f"{name}.region", "address_region", "Выберите регион из списка")
            return
        parts = {part: address.get(part, "") for part in SECTIONS["registration_address"]}
        yield from check_address(address=PostalAddress(**parts), prefix=name)

    return check
