"""Checking a form: every mistake in every field at once, whole or in part (requirements B3, B4, B6)."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

from chalicelib.domain.birth_date import age_on, read_date
from chalicelib.domain.contacts import PostalAddress, check_address
from chalicelib.domain.errors import FieldError, InvalidValue
from chalicelib.domain.identity_documents import IdentityDocument, check_document
from chalicelib.domain.inn import parse_person_inn
from chalicelib.domain.insurer_change import ChangeReason
from chalicelib.domain.names import check_full_name, check_place_of_birth
from chalicelib.domain.policy_number import policy_number_errors
from chalicelib.domain.regions import is_region
from chalicelib.domain.sex import Sex
from chalicelib.domain.snils import parse_snils

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from collections.abc import Set as AbstractSet
    from datetime import date

    from chalicelib.domain.matrix import MatrixRow

SECTIONS: Mapping[str, frozenset[str]] = {
    "person": frozenset(
        {
            "family_name",
            "given_name",
            "middle_name",
            "sex",
            "born_on",
            "birthplace",
            "citizenship",
            "snils",
            "inn",
            "employment",
        }
    ),
    "identity_document": frozenset({"type", "series", "number", "issuer", "issuer_code", "issued_on", "expires_on"}),
    "registration_address": frozenset({"index", "region", "city", "street", "house", "flat"}),
    "residence_address": frozenset({"index", "region", "city", "street", "house", "flat"}),
    "contacts": frozenset({"phone", "email"}),
    "insurer": frozenset({"code", "change_reason"}),
    "options": frozenset({"policy_form", "name_in_qr", "existing_policy_number"}),
}

EMPLOYMENT = {"working": "Работающий", "non_working": "Неработающий"}
"""Classifier F009."""

POLICY_FORMS = {"digital": "Цифровой полис", "paper_extract": "Выписка на бумаге"}
CITIZENSHIP = {"RUS": "Российская Федерация"}

_SEXES = frozenset(sex.value for sex in Sex)
_CHANGE_REASONS = frozenset(reason.value for reason in ChangeReason)

ADULT_AGE = 14
"""The category «citizen of 14 and over»: the Russian passport is given at 14."""

_REQUIRED = "Заполните поле"


def digest(form: Mapping[str, Mapping[str, str]]) -> str:
    """Return the SHA-256 of a form: what is signed must be what is submitted."""
    text = json.dumps({name: dict(section) for name, section in form.items()}, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def check_form(
    *, form: Mapping[str, Mapping[str, str]], row: MatrixRow, on: date, complete: bool
) -> tuple[FieldError, ...]:
    """Find every mistake in a form.

    A partial check (``complete=False``) looks only at what is filled; a complete one also reports what the
    matrix row demands and the form lacks. ``on`` is the local day of the applicant.
    """
    found = list(_unknown_fields(form))
    for section in SECTIONS:
        if form.get(section):
            found.extend(_CHECKS[section](form, row, on))
    if complete:
        seen = {error.field for error in found}
        found.extend(error for error in _missing(form, row) if error.field not in seen)
    return tuple(sorted(found, key=lambda error: error.field))


def missing_fields(*, form: Mapping[str, Mapping[str, str]], row: MatrixRow) -> tuple[str, ...]:
    """List the demanded fields that are not filled yet."""
    return tuple(error.field for error in _missing(form, row))


def _missing(form: Mapping[str, Mapping[str, str]], row: MatrixRow) -> Iterator[FieldError]:
    for path in sorted(row.fields):
        section, name = path.split(".")
        if not form.get(section, {}).get(name, "").strip():
            yield FieldError(field=path, code="required", message=_REQUIRED)


def _unknown_fields(form: Mapping[str, Mapping[str, str]]) -> Iterator[FieldError]:
    for section, fields in form.items():
        for name in fields:
            if name not in SECTIONS.get(section, frozenset()):
                yield FieldError(
                    field=f"{section}.{name}", code="unknown_field", message="Такого поля нет: уберите его"
                )


def _person(form: Mapping[str, Mapping[str, str]], row: MatrixRow, on: date) -> Iterator[FieldError]:
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
    yield from _parsed(person, "person", "snils", lambda text: parse_snils(text=text))
    yield from _parsed(person, "person", "inn", lambda text: parse_person_inn(text=text))
    yield from _one_of(person, "person", "sex", _SEXES)
    yield from _one_of(person, "person", "citizenship", CITIZENSHIP.keys())
    yield from _one_of(person, "person", "employment", EMPLOYMENT.keys())
    yield from _birth_date(person, on)


def _birth_date(person: Mapping[str, str], on: date) -> Iterator[FieldError]:
    born_on, errors = _date(person, "person", "born_on")
    yield from errors
    if born_on is None:
        return
    if born_on > on:
        yield FieldError(
            field="person.born_on",
            code="date_in_future",
            message="Дата рождения ещё не наступила: исправьте её",
        )
    elif age_on(born_on=born_on, on=on) < ADULT_AGE:
        yield FieldError(
            field="person.born_on",
            code="under_age",
            message="До 14 лет заявление подаёт родитель или опекун",
        )


def _document(form: Mapping[str, Mapping[str, str]], row: MatrixRow, on: date) -> Iterator[FieldError]:
    section = form["identity_document"]
    issued_on, errors = _date(section, "identity_document", "issued_on")
    yield from errors
    expires_on, errors = _date(section, "identity_document", "expires_on")
    yield from errors
    if section.get("type") and section["type"] not in row.identity_documents:
        yield FieldError(
            field="identity_document.type",
            code="document_type_not_for_category",
            message="Для этого заявления нужен паспорт гражданина РФ или временное удостоверение личности",
        )
        return
    born_on, _ = _date(form.get("person", {}), "person", "born_on")
    if not section.get("type") or issued_on is None or born_on is None or born_on > on:
        return
    yield from check_document(
        document=IdentityDocument(
            type=section["type"],
            series=section.get("series", ""),
            number=section.get("number", ""),
            issued_on=issued_on,
            issuer=section.get("issuer", ""),
            issuer_code=section.get("issuer_code", ""),
            expires_on=expires_on,
        ),
        on=on,
        born_on=born_on,
    )


def _address(
    name: str,
) -> Callable[[Mapping[str, Mapping[str, str]], MatrixRow, date], Iterator[FieldError]]:
    def check(form: Mapping[str, Mapping[str, str]], row: MatrixRow, on: date) -> Iterator[FieldError]:
        address = form[name]
        if not all(address.get(part) for part in ("index", "region", "city", "house")):
            if address.get("region") and not is_region(code=address["region"]):
                yield FieldError(field=f"{name}.region", code="address_region", message="Выберите регион из списка")
            return
        parts = {part: address.get(part, "") for part in SECTIONS[name]}
        yield from check_address(address=PostalAddress(**parts), prefix=name)

    return check


def _contacts(form: Mapping[str, Mapping[str, str]], row: MatrixRow, on: date) -> Iterator[FieldError]:
    # Their formats need libraries and are checked behind a port.
    return iter(())


def _insurer(form: Mapping[str, Mapping[str, str]], row: MatrixRow, on: date) -> Iterator[FieldError]:
    section = form["insurer"]
    yield from _one_of(section, "insurer", "change_reason", _CHANGE_REASONS)
    code = section.get("code", "")
    if code and not (len(code) == 5 and code.isascii() and code.isalnum()):  # noqa: PLR2004 — smocod of F002
        yield FieldError(field="insurer.code", code="insurer_code", message="Выберите страховую организацию из списка")


def _options(form: Mapping[str, Mapping[str, str]], row: MatrixRow, on: date) -> Iterator[FieldError]:
    section = form["options"]
    yield from _one_of(section, "options", "policy_form", POLICY_FORMS.keys())
    yield from _one_of(section, "options", "name_in_qr", {"yes", "no"})
    if section.get("existing_policy_number"):
        yield from policy_number_errors(text=section["existing_policy_number"], field="options.existing_policy_number")


_CHECKS = {
    "person": _person,
    "identity_document": _document,
    "registration_address": _address("registration_address"),
    "residence_address": _address("residence_address"),
    "contacts": _contacts,
    "insurer": _insurer,
    "options": _options,
}


def _parsed(section: Mapping[str, str], prefix: str, name: str, parse: Callable[[str], object]) -> Iterator[FieldError]:
    if not section.get(name):
        return
    try:
        parse(section[name])
    except InvalidValue as refusal:
        yield FieldError(field=f"{prefix}.{name}", code=refusal.reason, message=refusal.detail)


def _one_of(section: Mapping[str, str], prefix: str, name: str, allowed: AbstractSet[str]) -> Iterator[FieldError]:
    if section.get(name) and section[name] not in allowed:
        yield FieldError(
            field=f"{prefix}.{name}",
            code="not_in_list",
            message=f"Выберите одно из значений: {', '.join(sorted(allowed))}",
        )


def _date(section: Mapping[str, str], prefix: str, name: str) -> tuple[date | None, tuple[FieldError, ...]]:
    if not section.get(name):
        return None, ()
    try:
        return read_date(text=section[name]), ()
    except InvalidValue as refusal:
        error = FieldError(field=f"{prefix}.{name}", code=refusal.reason, message=refusal.detail)
        return None, (error,)
