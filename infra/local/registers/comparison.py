"""When what is asked is the same as what a register holds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from infra.local.persons import PERSONS

if TYPE_CHECKING:
    from infra.local.person import Person

Subject = Mapping[str, str]

_SEXES = {"m": "male", "f": "female", "1": "male", "2": "female", "м": "male", "ж": "female"}
_DOST = {len("1984-03"): "4", len("1984"): "5"}
_UNCHECKED_SNILS = 1_001_998


def find_person(subject: Subject) -> Person | None:
    """Find a held person by SNILS, else by document, else by names and birth date."""
    for same in (same_snils, same_document, same_names):
        for person in PERSONS:
            if same(person, subject):
                return person
    return None


def digits_of(text: str) -> str:
    """Digits of a number that people write with spaces and hyphens."""
    return "".join(character for character in text if character in "0123456789")


def personal_differences(person: Person, subject: Subject, *, surname: str) -> list[str]:
    """Codes of the fields that were asked and differ; a field that was not asked cannot."""
    pairs = (
        ("family_name", "surname_differs", surname),
        ("given_name", "given_name_differs", person.given_name),
        ("middle_name", "middle_name_differs", person.middle_name),
    )
    found = [code for name, code, held in pairs if name in subject and name_key(subject[name]) != name_key(held)]
    if "born_on" in subject and not same_birth(person, subject):
        found.append("birth_date_differs")
    if "sex" in subject and sex_of(subject["sex"]) != sex_of(person.sex):
        found.append("sex_differs")
    return found


def name_key(name: str) -> str:
    """Names are the same whatever the case, Ё or Е, and spaces around."""
    return " ".join(name.casefold().replace("ё", "е").split())


def sex_of(text: str) -> str:
    """The sex as the register writes it."""
    plain = text.strip().casefold()
    return _SEXES.get(plain, plain)


def same_snils(person: Person, subject: Subject) -> bool:
    """Whether the digits of СНИЛС are the same."""
    return digits_of(person.snils) == digits_of(subject.get("snils", ""))


def same_document(person: Person, subject: Subject) -> bool:
    """Whether kind, series and number are the same, however they are written."""
    held = person.document
    return (
        held.type == subject.get("document_type", "").lstrip("0")
        and document_key(held.series) == document_key(subject.get("document_series", ""))
        and document_key(held.number) == document_key(subject.get("document_number", ""))
    )


def document_key(text: str) -> str:
    """What of a series or number counts: letters and digits."""
    return "".join(character for character in text.upper() if character.isalnum())


def same_names(person: Person, subject: Subject) -> bool:
    """Whether name, patronymic, surname and birth date are the same."""
    names = ("family_name", "given_name", "middle_name")
    return same_birth(person, subject) and all(
        name_key(getattr(person, name)) == name_key(subject.get(name, "")) for name in names
    )


def same_birth(person: Person, subject: Subject) -> bool:
    """Whether the birth date is the same, and known as far (code DOST: 4 without the day, 5 without the month too)."""
    dost = _DOST.get(len(person.born_on), "")
    held = f"{person.born_on}-01-01"[: len("1984-03-05")]
    return (held, dost) == (subject.get("born_on", "").strip(), subject.get("dost", "").strip())


def is_snils(text: str) -> bool:
    """Whether a СНИЛС has its check number."""
    digits = digits_of(text)
    if len(digits) != 11:  # noqa: PLR2004 - nine digits and two of the check number
        return False
    if int(digits[:9]) <= _UNCHECKED_SNILS:
        return True
    weighted = zip(digits[:9], range(9, 0, -1), strict=True)
    return sum(int(digit) * weight for digit, weight in weighted) % 101 % 100 == int(digits[9:])


def is_inn(digits: str) -> bool:
    """Whether a person's ИНН has its check digits."""
    if len(digits) != 12:  # noqa: PLR2004 - a person's number
        return False
    weights = (3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8)
    return all(
        sum(int(digit) * weight for digit, weight in zip(digits, row, strict=False)) % 11 % 10 == int(digits[len(row)])
        for row in (weights[1:], weights)
    )
