"""What the simulated registers answer: what is asked is compared with what they hold."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from infra.local.organisations import ORGANISATIONS
from infra.local.persons import PERSONS, REVOKED_POWERS
from infra.local.registers.comparison import (
    Subject,
    digits_of,
    document_key,
    find_person,
    is_inn,
    is_snils,
    name_key,
    personal_differences,
    same_birth,
    same_document,
    same_names,
    same_snils,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

KINDS = (
    "identity",
    "passport",
    "snils",
    "inn",
    "address",
    "insured_person",
    "birth_record",
    "migration_status",
    "powers",
    "organisation",
)
_REQUIRED: Mapping[str, tuple[str, ...]] = {
    "identity": ("given_name", "born_on"),
    "passport": ("document_type", "document_number"),
    "snils": ("snils",),
    "inn": ("inn",),
    "address": ("region",),
    "insured_person": ("born_on",),
    "birth_record": ("born_on", "document_number"),
    "migration_status": ("born_on",),
    "powers": ("powers_number",),
    "organisation": ("ogrn", "inn"),
}
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
_DETAILS = {"inn": "inn_differs", "kpp": "kpp_differs"}


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


def _judge_identity(subject: Subject) -> Verdict:
    person = find_person(subject)
    if person is None:
        known_snils = not subject.get("snils") or is_snils(subject["snils"])
        return _verdict([] if known_snils else ["snils_not_found"])
    held_surname = person.held.family_name or person.family_name
    reasons = personal_differences(person, subject, surname=held_surname)
    if subject.get("document_number") and not same_document(person, subject):
        reasons.append("document_not_found")
    if subject.get("snils") and not same_snils(person, subject):
        reasons.append("snils_differs")
    if person.held.deceased:
        reasons.append("deceased")
    return _verdict(reasons)


def _judge_passport(subject: Subject) -> Verdict:
    for person in PERSONS:
        if same_document(person, subject):
            invalid = person.held.passport == "invalid"
            return _verdict(["document_invalid"] if invalid else [])
    series, number = (subject.get(f"document_{part}", "") for part in ("series", "number"))
    lengths = (len(digits_of(series)), len(digits_of(number)))
    if subject["document_type"].lstrip("0") == "14" and lengths != (4, 6):
        return Verdict(status="not_found", reasons=("document_not_found",))
    return _verdict([])


def _judge_snils(subject: Subject) -> Verdict:
    if not is_snils(subject["snils"]):
        return Verdict(status="not_found", reasons=("snils_not_found",))
    for person in PERSONS:
        if same_snils(person, subject):
            surname = person.family_name
            return _verdict(personal_differences(person, subject, surname=surname))
    namesake = next((person for person in PERSONS if same_names(person, subject)), None)
    return _verdict(["snils_differs"] if namesake else [])


def _judge_inn(subject: Subject) -> Verdict:
    asked = digits_of(subject["inn"])
    held = next((person for person in PERSONS if person.inn == asked or same_names(person, subject)), None)
    if held is None:
        return _verdict([] if is_inn(asked) else ["inn_differs"])
    same = held.inn == asked and (not subject.get("born_on") or same_birth(held, subject))
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
    if person is None or person.insured is None or not same_birth(person, subject):
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


def _judge_birth_record(subject: Subject) -> Verdict:
    child = find_person(subject)
    if child is None or not child.parents:
        return _verdict([])
    if not same_document(child, subject):
        return Verdict(status="not_found", reasons=("birth_record_not_found",))
    reasons = personal_differences(child, subject, surname=child.family_name)
    asked = tuple(name_key(subject.get(f"parent_{name}", "")) for name in ("family_name", "given_name"))
    parents = [person for person in PERSONS if person.key in child.parents]
    known = {(name_key(parent.family_name), name_key(parent.given_name)) for parent in parents}
    if any(asked) and asked not in known:
        reasons.append("parent_differs")
    return _verdict(reasons)


def _judge_migration_status(subject: Subject) -> Verdict:
    person = find_person(subject)
    if person is None:
        return _verdict([])
    if person.held.migration_status == "annulled":
        return _verdict(["status_annulled"])
    held = person.status_document
    if held is None or "status_number" not in subject:
        return _verdict([])
    if document_key(held.number) != document_key(subject["status_number"]):
        return Verdict(status="not_found", reasons=("status_not_found",))
    return _verdict(["status_term_differs"] if held.expires_on != subject.get("status_expires_on") else [])


def _judge_powers(subject: Subject) -> Verdict:
    is_revoked = document_key(subject["powers_number"]) in {document_key(number) for number in REVOKED_POWERS}
    return _verdict(["powers_revoked"] if is_revoked else [])


def _judge_organisation(subject: Subject) -> Verdict:
    held = next((found for found in ORGANISATIONS if found.ogrn == digits_of(subject["ogrn"])), None)
    if held is None:
        return Verdict(status="not_found", reasons=("organisation_not_found",))
    reasons = [code for name, code in _DETAILS.items() if subject.get(name, "") != getattr(held, name)]
    if held.closed:
        reasons.append("organisation_closed")
    person, number = find_person(subject), subject.get("powers_number", "")
    is_head = person is not None and person.key == held.head
    if not is_head and not number:
        reasons.append("not_authorised")
    elif not is_head and (person is None or held.powers.get(number) != person.key):
        reasons.append("powers_not_found")
    elif not is_head and number in held.revoked:
        reasons.append("powers_revoked")
    if reasons:
        return _verdict(reasons)
    return Verdict(status="confirmed", data={"name": held.name, "basis": "head" if is_head else "powers"})


def _policy_differs(held: Mapping[str, str], subject: Subject) -> bool:
    """Whether the policy that is asked about is not the one held; a person of whom none is held may have any."""
    asked = {name: subject[name] for name in _POLICY_FIELDS if subject.get(name)}
    return bool(held) and any(document_key(text) != document_key(held.get(name, "")) for name, text in asked.items())


_JUDGES: Mapping[str, Callable[[Subject], Verdict]] = {
    "identity": _judge_identity,
    "passport": _judge_passport,
    "snils": _judge_snils,
    "inn": _judge_inn,
    "address": _judge_address,
    "birth_record": _judge_birth_record,
    "migration_status": _judge_migration_status,
    "powers": _judge_powers,
    "organisation": _judge_organisation,
}
_WRONG_REASONS = {
    "identity": "surname_differs",
    "passport": "document_invalid",
    "snils": "snils_differs",
    "inn": "inn_differs",
    "address": "address_region_differs",
    "birth_record": "parent_differs",
    "migration_status": "status_annulled",
    "powers": "powers_revoked",
    "organisation": "organisation_closed",
}


def _verdict(reasons: Iterable[str]) -> Verdict:
    codes = tuple(reasons)
    return Verdict(status="mismatch" if codes else "confirmed", reasons=codes)
