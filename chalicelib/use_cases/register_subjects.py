"""What each register is told of an applicant: only what it needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.domain.birth_date import parse_birth_date
from chalicelib.domain.checks import CheckKind
from chalicelib.domain.policy_types import POLICY_TYPES, PolicyType
from chalicelib.domain.regions import find_region

if TYPE_CHECKING:
    from chalicelib.domain.legacy_policy import PolicyBlank
    from chalicelib.domain.legacy_registration import LegacyPolicy
    from chalicelib.use_cases.demands import Filed

_NAMES = ("family_name", "given_name", "middle_name", "born_on", "sex")
_REPRESENTATIVE = ("family_name", "given_name", "middle_name")
_POWERS = ("powers_number", "powers_issuer", "powers_issued_on")

_FIELDS: dict[CheckKind, tuple[tuple[str, str, str], ...]] = {
    CheckKind.IDENTITY: tuple(("person", name, name) for name in (*_NAMES, "snils")),
    CheckKind.SNILS: tuple(("person", name, name) for name in (*_NAMES, "snils")),
    CheckKind.INN: tuple(("person", name, name) for name in (*_NAMES, "inn")),
    CheckKind.PASSPORT: (("identity_document", "issued_on", "issued_on"),),
    CheckKind.ADDRESS: tuple(
        ("registration_address", name, name) for name in ("region", "index", "city", "street", "house", "flat")
    ),
    CheckKind.INSURED_PERSON: (
        *(("person", name, name) for name in (*_NAMES, "snils")),
        ("options", "existing_policy_number", "enp"),
    ),
    CheckKind.BIRTH_RECORD: (
        *(("person", name, name) for name in _NAMES),
        *(("representative", name, f"parent_{name}") for name in _REPRESENTATIVE),
    ),
    CheckKind.MIGRATION_STATUS: (
        *(("person", name, name) for name in (*_NAMES, "citizenship")),
        *(("status_document", name, f"status_{name}") for name in ("type", "series", "number", "expires_on")),
    ),
    CheckKind.POWERS: (
        *(("person", name, name) for name in _NAMES),
        *(("representative", name, f"representative_{name}") for name in _REPRESENTATIVE),
        *(("representative", name, name) for name in _POWERS),
    ),
}
_WITH_DOCUMENT = frozenset(
    {
        CheckKind.IDENTITY,
        CheckKind.PASSPORT,
        CheckKind.INSURED_PERSON,
        CheckKind.BIRTH_RECORD,
        CheckKind.MIGRATION_STATUS,
    }
)
_WITH_SNILS = frozenset({CheckKind.ADDRESS, CheckKind.PASSPORT})


def subject_of(*, kind: CheckKind, application: Filed) -> dict[str, str]:
    """Gather the fields that a register is asked about; empty ones are left out."""
    fields = list(_FIELDS[kind])
    if kind in _WITH_DOCUMENT:
        fields += [("identity_document", name, f"document_{name}") for name in ("type", "series", "number")]
    if kind in _WITH_SNILS:
        fields.append(("person", "snils", "snils"))
    values = {target: application.section(section).get(name, "") for section, name, target in fields}
    return {name: value for name, value in {**values, **_birth(values.get("born_on", ""))}.items() if value}


def _birth(text: str) -> dict[str, str]:
    """The birth date as registers have it: 01 for what is not known, with the code DOST that says so."""
    if not text:
        return {}
    born = parse_birth_date(text=text)
    return {"born_on": born.earliest.isoformat(), "dost": str(born.dost or "")}


def subject_of_legacy(registration: LegacyPolicy) -> dict[str, str]:
    """Gather what the register of insured persons is asked about a policy of an earlier sample and its holder.

    The type goes by its letter, the territory by its ОКАТО code, as the register has them.
    """
    subject = subject_of(kind=CheckKind.INSURED_PERSON, application=registration)
    letter = POLICY_TYPES[registration.blank.policy_type].letter
    return {**subject, "policy_type": letter, **_numbers_of(registration.blank)}


def _numbers_of(blank: PolicyBlank) -> dict[str, str]:
    if blank.policy_type is not PolicyType.OLD_SAMPLE:
        return {"blank_number": blank.number} if blank.is_numbered else {}
    okato = find_region(code=blank.region).okato
    numbers = {"policy_series": blank.series, "policy_number": blank.number, "policy_okato": okato}
    return {name: value for name, value in numbers.items() if value}
