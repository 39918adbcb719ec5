"""Checking and tidying forms: the rules of the domain together with the formats of contacts (requirement B4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.domain.application_form import check_form
from chalicelib.domain.birth_date import parse_birth_date, read_date, searched_day
from chalicelib.domain.errors import FieldError, InvalidValue
from chalicelib.domain.form_sections import SECTIONS
from chalicelib.domain.identity_documents import IdentityDocument, normalize_document
from chalicelib.domain.inn import parse_person_inn
from chalicelib.domain.names import norm_key
from chalicelib.domain.plain_text import without_separators
from chalicelib.domain.snils import parse_snils

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date

    from chalicelib.domain.matrix import MatrixRow
    from chalicelib.domain.person import Person
    from chalicelib.domain.principal import PersonClaims
    from chalicelib.ports.contacts import ContactParser

Form = dict[str, dict[str, str]]

_DATES = (
    ("identity_document", "issued_on"),
    ("identity_document", "expires_on"),
    ("status_document", "issued_on"),
    ("status_document", "expires_on"),
    ("basis", "issued_on"),
    ("basis", "valid_until"),
    ("basis", "stay_until"),
    ("representative", "powers_issued_on"),
    ("representative", "powers_valid_until"),
    ("suspension", "from_on"),
    ("suspension", "until_on"),
    ("resumption", "from_on"),
)
_DOCUMENTS = (("identity_document", ""), ("status_document", ""), ("representative", "document_"))


def form_errors(
    *,
    form: Mapping[str, Mapping[str, str]],
    row: MatrixRow,
    on: date,
    complete: bool,
    contacts: ContactParser,
) -> tuple[FieldError, ...]:
    """Find every mistake of a form, contacts included."""
    found = list(check_form(form=form, row=row, on=on, complete=complete))
    section = form.get("contacts", {})
    parsers = {"phone": contacts.parse_phone, "email": contacts.parse_email}
    for name, parse in parsers.items():
        try:
            if section.get(name):
                parse(section[name])
        except InvalidValue as refusal:
            found.append(FieldError(field=f"contacts.{name}", code=refusal.reason, message=refusal.detail))
    return tuple(sorted(found, key=lambda error: error.field))


def tidy(form: Mapping[str, Mapping[str, str]], *, contacts: ContactParser) -> Form:
    """Write what can be read in its canonical form; what is wrong stays as it was typed."""
    tidied: Form = {name: dict(section) for name, section in form.items()}
    _tidy_field(tidied, "person", "snils", lambda text: parse_snils(text=text))
    _tidy_field(tidied, "person", "inn", lambda text: parse_person_inn(text=text))
    _tidy_field(tidied, "person", "born_on", lambda text: parse_birth_date(text=text).isoformat())
    for section, name in _DATES:
        _tidy_field(tidied, section, name, lambda text: read_date(text=text).isoformat())
    _tidy_field(tidied, "contacts", "phone", contacts.parse_phone)
    _tidy_field(tidied, "contacts", "email", contacts.parse_email)
    for section, prefix in _DOCUMENTS:
        if f"{prefix}type" in tidied.get(section, {}):
            _tidy_document(tidied[section], prefix)
    return tidied


def _tidy_field(form: Form, section: str, name: str, parse: Callable[[str], str]) -> None:
    text = form.get(section, {}).get(name)
    if not text:
        return
    try:
        form[section][name] = parse(text)
    except InvalidValue:
        return


def _tidy_document(section: dict[str, str], prefix: str) -> None:
    names = ("type", "series", "number", "issuer", "issuer_code")
    typed = {name: section.get(f"{prefix}{name}", "") for name in names}
    document = normalize_document(IdentityDocument(**typed))  # type: ignore[arg-type]  # the dates are left out
    for name in names:
        if typed[name]:
            section[f"{prefix}{name}"] = getattr(document, name)


def prefilled(claims: PersonClaims | None, *, citizenship: str | None) -> Form:
    """Fill a form with what the confirmed account says (requirement B1)."""
    if claims is None:
        return {}
    document = claims.identity_document
    form: Form = {
        "person": filled(
            family_name=claims.family_name,
            given_name=claims.given_name,
            middle_name=claims.middle_name,
            sex=claims.sex.value if claims.sex else None,
            born_on=claims.born_on.isoformat() if claims.born_on else None,
            birthplace=claims.birthplace,
            citizenship=citizenship,
            snils=claims.snils,
            inn=claims.inn,
        ),
        "contacts": filled(phone=claims.phone, email=claims.email),
    }
    if document is not None:
        form["identity_document"] = filled(
            type=document.type_code,
            series=document.series,
            number=document.number,
            issuer=document.issuer,
            issuer_code=document.issuer_code,
            issued_on=document.issued_on.isoformat() if document.issued_on else None,
        )
    if claims.address:
        known = {k: v for k, v in claims.address.items() if k in SECTIONS["registration_address"] and v}
        form["registration_address"] = known
    return {name: section for name, section in form.items() if section}


def profile_form(person: Person) -> Form:
    """What the profile knows, in the sections of a form: for what no application was filed for."""
    return {
        "person": filled(
            family_name=person.family_name,
            given_name=person.shown_given_name,
            middle_name=person.middle_name,
            sex=person.sex,
            born_on=person.born_on,
            snils=person.snils,
        ),
        "registration_address": dict(person.address),
    }


def filled(**values: str | None) -> dict[str, str]:
    """Keep the fields that have a value."""
    return {name: value for name, value in values.items() if value}


def differences_from_account(
    *, form: Mapping[str, Mapping[str, str]], claims: PersonClaims | None, section: str
) -> tuple[FieldError, ...]:
    """Find fields that contradict the confirmed account: one acts under one's own name.

    ``section`` is where the form tells of the holder of the account: ``person`` or ``representative``.
    """
    if claims is None:
        return ()
    typed_in = form.get(section, {})
    pairs = {
        "snils": (without_separators(claims.snils or ""), without_separators(typed_in.get("snils", ""))),
        "born_on": (
            claims.born_on.earliest.isoformat() if claims.born_on else "",
            searched_day(text=typed_in.get("born_on", "")),
        ),
        "family_name": (norm_key(claims.family_name or ""), norm_key(typed_in.get("family_name", ""))),
        "given_name": (norm_key(claims.given_name or ""), norm_key(typed_in.get("given_name", ""))),
    }
    return tuple(
        FieldError(
            field=f"{section}.{name}",
            code="differs_from_account",
            message="Не совпадает с учётной записью Госуслуг: исправьте поле или обновите данные на Госуслугах",
        )
        for name, (account, typed) in pairs.items()
        if account and typed and account != typed
    )
