"""Fields of the pages' forms, made of what the API publishes: sections, dictionaries, and the row of the matrix."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from chalicelib.http.dictionaries import DICTIONARIES
from chalicelib.http.schemas.forms import form_sections
from chalicelib.web.rendering import day, snils

if TYPE_CHECKING:
    from collections.abc import Iterable

    from chalicelib.domain.errors import FieldError
    from chalicelib.domain.matrix import MatrixRow

_DICTIONARY = "/v1/dictionaries/"
_TITLES = {
    "refusal.understood": "Последствия отказа",
    "person.snils": "СНИЛС",
    "person.inn": "ИНН",
    "insurer.code": "Страховая организация",
    "delivery.office": "Пункт выдачи",
    "delivery.recipient_name": "Фамилия, имя и отчество представителя",
}
_SAID_BY_THE_LABEL = "если есть"
_ONLY_IF_ASKED = ("representative.powers_", "representative.second_parent", "insurer.change_reason")
_SHORT = frozenset({"index", "series", "number", "house", "flat", "issuer_code", "snils", "inn", "phone"})
_DIGITS = frozenset({"index", "snils", "inn"})
_MASKS = {"snils": "snils", "phone": "phone", "issuer_code": "unit"}
_FILLED_BY_BROWSER = {
    "contacts.phone": "tel",
    "contacts.email": "email",
    "person.family_name": "family-name",
    "person.given_name": "given-name",
    "person.middle_name": "additional-name",
    "person.born_on": "bday",
    "registration_address.index": "postal-code",
    "registration_address.city": "address-level2",
}
_WITH_POLICY = frozenset({"options.policy_form", "options.name_in_qr"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field as a form shows it; ``options`` are rows with code and title."""

    path: str
    title: str
    type: str
    value: str = ""
    error: str = ""
    hint: str = ""
    required: bool = False
    options: tuple[Mapping[str, Any], ...] = ()
    autocomplete: str = ""
    inputmode: str = ""
    mask: str = ""
    short: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A part of a form with its fields."""

    name: str
    title: str
    fields: tuple[Field, ...]


@cache
def _published() -> dict[str, dict[str, Any]]:
    return {section["section"]: section for section in form_sections()}


@cache
def rows(dictionary: str) -> tuple[Mapping[str, Any], ...]:
    """The entries of a published dictionary."""
    return tuple(DICTIONARIES[dictionary]())


def asked_paths(row: MatrixRow) -> frozenset[str]:
    """Every field that a row of the matrix may ask for, those of its conditions included."""
    return row.fields.union(*(condition.fields | {condition.field} for condition in row.conditions))


def section_title(name: str) -> str:
    """The title of a section."""
    return str(_published()[name]["title"])


def field_names(section: str) -> tuple[str, ...]:
    """The fields of a section in the order in which a form asks for them."""
    return tuple(str(field["name"]) for field in _published()[section]["fields"])


def field_title(path: str) -> str:
    """What a field is called, for lists of mistakes and of what is missing."""
    section, _, name = path.partition(".")
    found = [field for field in _published().get(section, {"fields": []})["fields"] if field["name"] == name]
    return _named(path, found[0])[0] if found else path


def section_of(
    name: str,
    *,
    row: MatrixRow,
    form: Mapping[str, Mapping[str, str]],
    errors: Iterable[FieldError] = (),
) -> Section:
    """Make a section of an application's form, with what is filled and what is wrong in it."""
    wrong = {error.field: error.message for error in errors}
    asked, (demanded, _) = asked_paths(row), row.demands(form)
    fields = []
    for published in _published()[name]["fields"]:
        path = f"{name}.{published['name']}"
        if path.startswith(_ONLY_IF_ASKED) and not _is_asked(path, asked):
            continue
        if name == "options" and path not in _WITH_POLICY:
            continue
        value = form.get(name, {}).get(published["name"], "")
        fields.append(
            field_of(
                path,
                published,
                value=value,
                error=wrong.get(path, ""),
                # Of a delivery only the fields of the chosen way show, so whatever may be demanded is.
                required=path in demanded or (name == "delivery" and path in asked),
                among=_among(row, name, published["name"]),
            )
        )
    return Section(name=name, title=section_title(name), fields=tuple(fields))


def field_of(
    path: str,
    published: Mapping[str, Any],
    *,
    value: str = "",
    error: str = "",
    required: bool = False,
    among: frozenset[str] = frozenset(),
) -> Field:
    """Make one field; ``among`` narrows the choice, where it is not empty."""
    name = path.rpartition(".")[2]
    title, hint = _named(path, published)
    options: tuple[Mapping[str, Any], ...] = ()
    if published["type"] == "choice" and published["list"].startswith(_DICTIONARY):
        found = rows(published["list"].removeprefix(_DICTIONARY))
        options = tuple(entry for entry in found if not among or entry["code"] in among)
    if published["type"] == "date":
        hint = "День, месяц и год, например 05.09.2020"
    elif published["type"] == "text":
        said = "" if hint == _SAID_BY_THE_LABEL else hint
        hint = f"{said[:1].upper()}{said[1:]}" or f"Например: {published['example']}"
    return Field(
        path=path,
        title=title,
        type=published["type"],
        value=shown(name, value),
        error=error,
        hint=hint if published["type"] != "choice" else "",
        required=required,
        options=options,
        autocomplete=_FILLED_BY_BROWSER.get(path, ""),
        inputmode=_inputmode(name, published["type"]),
        mask="date" if published["type"] == "date" else _MASKS.get(name, ""),
        short=published["type"] == "date" or name in _SHORT,
    )


def shown(name: str, value: str) -> str:
    """A stored value as people write it."""
    if name.endswith(("_on", "_until")):
        return day(value)
    return snils(value) if name == "snils" else value


def title_of(dictionary: str, code: str) -> str:
    """The title of an entry of a dictionary; the code itself where there is none."""
    return next((str(entry["title"]) for entry in rows(dictionary) if entry["code"] == code), code)


def shown_value(path: str, value: str) -> str:
    """A value of a form in words, for a summary."""
    section, _, name = path.partition(".")
    published = next((f for f in _published()[section]["fields"] if f["name"] == name), None)
    if published is None or not value:
        return value
    if published["type"] == "choice" and published["list"].startswith(_DICTIONARY):
        return title_of(published["list"].removeprefix(_DICTIONARY), value)
    return shown(name, value)


def _is_asked(path: str, asked: frozenset[str]) -> bool:
    if path == "representative.powers_valid_until":
        return "representative.powers_number" in asked
    return path in asked


def _among(row: MatrixRow, section: str, name: str) -> frozenset[str]:
    choices = {
        ("identity_document", "type"): row.identity_documents,
        ("status_document", "type"): row.status_documents,
        ("person", "citizenship"): row.citizenships,
    }
    return frozenset(choices.get((section, name), ()))


def _named(path: str, published: Mapping[str, Any]) -> tuple[str, str]:
    """The published description names the field, and after a comma or colon tells how to fill it."""
    text = str(published["title"])
    if path in _TITLES:
        return _TITLES[path], ""
    ends = [place for mark in (",", ":") if (place := text.find(mark)) > 0]
    cut = min(ends, default=len(text))
    return text[:cut], text[cut + 1 :].strip()


def _inputmode(name: str, kind: str) -> str:
    if kind == "date" or name in _DIGITS:
        return "numeric"
    return {"phone": "tel", "email": "email"}.get(name, "")
