"""What the simulated registers answer: what is asked is compared with what they hold."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from infra.local.persons import PERSONS, Person

if TYPE_CHECKING:
    from collections.abc import Iterable

Subject = Mapping[str, str]

KINDS = ("identity", "passport", "snils", "inn", "address", "insured_person")
_REQUIRED: Mapping[str, tuple[str, ...]] = {
    "identity": ("given_name", "born_on"),
    "passport": ("document_type", "document_number"),
    "snils": ("snils",),
    "inn": ("inn",),
    "address": ("region",),
    "insured_person": ("born_on",),
}
_SEXES = {"m": "male", "f": "female", "1": "male", "2": "female", "м": "male", "ж": "female"}
# Postal indexes begin with the number of the office that serves a region; enough for a demonstration.
_REGIONS_OF_INDEXES = {
    "77": range(101, 136),
    "50": range(140, 145),
    "47": range(187, 189),
    "78": range(190, 200),
    "23": range(350, 355),
    "16": range(420, 424),
    "63": range(443, 447),
    "52": range(603, 608),
    "66": range(620, 625),
    "54": range(630, 634),
}
_POLICY_FIELDS = ("policy_type", "blank_number", "policy_series", "policy_number", "policy_okato")
_REGION_CODES = range(1, 100)
_UNCHECKED_SNILS = 1_001_998


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The truth about one question: final status, codes of what differs, data held."""

    status: str
    reasons: tuple[str, ...] = ()
    data: Mapping[str, str] = field(default_factory=dict)


def missing_fields(kind: str, subject: Subject) -> list[str]:
    """Fields without which a register refuses the question."""
    return [name for name in _REQUIRED[kind] if not subject.get(name, "").strip()]


def judge(kind: str, subject: Subject, *, told: Mapping[str, Mapping[str, str]]) -> Verdict:
    """Answer a question; ``told`` maps digits of a SNILS to insurance that was told at run time."""
    if kind == "insured_person":
        return _judge_insured(subject, told)
    return _JUDGES[kind](subject)


def delay_of(kind: str, subject: Subject) -> float | None:
    """Seconds after which this person's answer is ready, None for at once."""
    person = find_person(subject)
    if person is None or kind not in person.held.later:
        return None
    return person.held.later_seconds


def opposite_of(kind: str, truth: Verdict) -> Verdict:
    """What a register that is wrong says instead of the truth."""
    if kind == "insured_person":
        if truth.status == "confirmed":
            return Verdict(status="not_found")
        data = {"enp": "7700000000000005", "insurer_code": "77015", "insured_from": "2015-01-01"}
        return Verdict(status="confirmed", data={**data, "region": "77"})
    if truth.status == "confirmed":
        return Verdict(status="mismatch", reasons=(_WRONG_REASONS[kind],))
    return Verdict(status="confirmed")


def find_person(subject: Subject) -> Person | None:
    """Find a held person by SNILS, else by document, else by names and birth date."""
    for same in (_same_snils, _same_document, _same_names):
        for person in PERSONS:
            if same(person, subject):
                return person
    return None


def digits_of(text: str) -> str:
    """Digits of a number that people write with spaces and hyphens."""
    return "".join(character for character in text if character in "0123456789")


def _judge_identity(subject: Subject) -> Verdict:
    person = find_person(subject)
    if person is None:
        known_snils = not subject.get("snils") or _is_snils(subject["snils"])
        return _verdict([] if known_snils else ["snils_not_found"])
    held_surname = person.held.family_name or person.family_name
    reasons = _personal_differences(person, subject, surname=held_surname)
    if subject.get("document_number") and not _same_document(person, subject):
        reasons.append("document_not_found")
    if subject.get("snils") and not _same_snils(person, subject):
        reasons.append("snils_differs")
    if person.held.deceased:
        reasons.append("deceased")
    return _verdict(reasons)


def _judge_passport(subject: Subject) -> Verdict:
    for person in PERSONS:
        if _same_document(person, subject):
            invalid = person.held.passport == "invalid"
            return _verdict(["document_invalid"] if invalid else [])
    series, number = (subject.get(f"document_{part}", "") for part in ("series", "number"))
    lengths = (len(digits_of(series)), len(digits_of(number)))
    if subject["document_type"].lstrip("0") == "14" and lengths != (4, 6):
        return Verdict(status="not_found", reasons=("document_not_found",))
    return _verdict([])


def _judge_snils(subject: Subject) -> Verdict:
    if not _is_snils(subject["snils"]):
        return Verdict(status="not_found", reasons=("snils_not_found",))
    for person in PERSONS:
        if _same_snils(person, subject):
            surname = person.family_name
            return _verdict(_personal_differences(person, subject, surname=surname))
    namesake = next((person for person in PERSONS if _same_names(person, subject)), None)
    return _verdict(["snils_differs"] if namesake else [])


def _judge_inn(subject: Subject) -> Verdict:
    asked = digits_of(subject["inn"])
    held = next((person for person in PERSONS if person.inn == asked or _same_names(person, subject)), None)
    if held is None:
        return _verdict([] if _is_inn(asked) else ["inn_differs"])
    same = held.inn == asked and (not subject.get("born_on") or _same_birth(held, subject))
    return _verdict([] if same else ["inn_differs"])


def _judge_address(subject: Subject) -> Verdict:
    region, index = subject["region"].strip(), digits_of(subject.get("index", ""))
    if not region.isdigit() or int(region) not in _REGION_CODES:
        return Verdict(status="not_found", reasons=("address_region_differs",))
    office = int(index[:3] or 0)
    served = next((code for code, span in _REGIONS_OF_INDEXES.items() if office in span), None)
    return _verdict(["address_region_differs"] if served and int(served) != int(region) else [])


def _judge_insured(subject: Subject, told: Mapping[str, Mapping[str, str]]) -> Verdict:
    if insurance := told.get(digits_of(subject.get("snils", ""))):
        return Verdict(status="confirmed", data=insurance)
    person = find_person(subject)
    if person is None or person.insured is None or not _same_birth(person, subject):
        return Verdict(status="not_found")
    insured = person.insured
    if subject.get("enp") and subject["enp"] != insured.enp:
        return Verdict(status="not_found")
    if _policy_differs(insured.policy, subject):
        return Verdict(status="mismatch", reasons=("policy_number_differs",))
    data = {
        "enp": insured.enp,
        "insurer_code": insured.insurer_code,
        "insured_from": insured.insured_from,
        "region": insured.region,
    }
    return Verdict(status="confirmed", data=data)


def _policy_differs(held: Mapping[str, str], subject: Subject) -> bool:
    """Whether the policy that is asked about is not the one held; a person of whom none is held may have any."""
    asked = {name: subject[name] for name in _POLICY_FIELDS if subject.get(name)}
    return bool(held) and any(_document_key(text) != _document_key(held.get(name, "")) for name, text in asked.items())


_JUDGES: Mapping[str, Callable[[Subject], Verdict]] = {
    "identity": _judge_identity,
    "passport": _judge_passport,
    "snils": _judge_snils,
    "inn": _judge_inn,
    "address": _judge_address,
}
_WRONG_REASONS = {
    "identity": "surname_differs",
    "passport": "document_invalid",
    "snils": "snils_differs",
    "inn": "inn_differs",
    "address": "address_region_differs",
}


def _verdict(reasons: Iterable[str]) -> Verdict:
    codes = tuple(reasons)
    return Verdict(status="mismatch" if codes else "confirmed", reasons=codes)


def _personal_differences(person: Person, subject: Subject, *, surname: str) -> list[str]:
    """Codes of the fields that were asked and differ; a field that was not asked cannot."""
    pairs = (
        ("family_name", "surname_differs", surname, _name_key),
        ("given_name", "given_name_differs", person.given_name, _name_key),
        ("middle_name", "middle_name_differs", person.middle_name, _name_key),
        ("born_on", "birth_date_differs", person.born_on, str.strip),
        ("sex", "sex_differs", person.sex, _sex_of),
    )
    return [code for name, code, held, key in pairs if name in subject and key(subject[name]) != key(held)]


def _name_key(name: str) -> str:
    """Names are the same whatever the case, Ё or Е, and spaces around."""
    return " ".join(name.casefold().replace("ё", "е").split())


def _sex_of(text: str) -> str:
    plain = text.strip().casefold()
    return _SEXES.get(plain, plain)


def _same_snils(person: Person, subject: Subject) -> bool:
    return digits_of(person.snils) == digits_of(subject.get("snils", ""))


def _same_document(person: Person, subject: Subject) -> bool:
    held = person.document
    return (
        held.type == subject.get("document_type", "").lstrip("0")
        and _document_key(held.series) == _document_key(subject.get("document_series", ""))
        and _document_key(held.number) == _document_key(subject.get("document_number", ""))
    )


def _document_key(text: str) -> str:
    return "".join(character for character in text.upper() if character.isalnum())


def _same_names(person: Person, subject: Subject) -> bool:
    names = ("family_name", "given_name", "middle_name")
    return _same_birth(person, subject) and all(
        _name_key(getattr(person, name)) == _name_key(subject.get(name, "")) for name in names
    )


def _same_birth(person: Person, subject: Subject) -> bool:
    return person.born_on == subject.get("born_on", "").strip()


def _is_snils(text: str) -> bool:
    digits = digits_of(text)
    if len(digits) != 11:  # noqa: PLR2004 - nine digits and two of the check number
        return False
    if int(digits[:9]) <= _UNCHECKED_SNILS:
        return True
    weighted = zip(digits[:9], range(9, 0, -1), strict=True)
    return sum(int(digit) * weight for digit, weight in weighted) % 101 % 100 == int(digits[9:])


def _is_inn(digits: str) -> bool:
    if len(digits) != 12:  # noqa: PLR2004 - a person's number
        return False
    weights = (3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8)
    return all(
        sum(int(digit) * weight for digit, weight in zip(digits, row, strict=False)) % 11 % 10 == int(digits[len(row)])
        for row in (weights[1:], weights)
    )
