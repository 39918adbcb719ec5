"""FHIR R4: the Russian identifier systems, and the resources that the service's facts become (P4; DOMAIN 7.4)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from chalicelib.domain.policy_types import POLICY_TYPES, TEMPORARY_TYPES, PolicyType

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from chalicelib.domain.attachment import Attachment
    from chalicelib.domain.clinic import Clinic
    from chalicelib.domain.insurer import Insurer
    from chalicelib.domain.person import Person

Resource = dict[str, Any]

SNILS = "http://fhir.ru/core/systems/snils"
OMS = "https://fhir.ru/ig/core/systems/oms"
INSURERS = "https://fhir.ru/ig/semd/systems/ffoms_smo"
POLICY_TYPE = "urn:oid:1.2.643.5.1.13.13.99.2.245"
"""Types of ОМС policies; the codes are those of F008."""
OKATO = "urn:oid:1.2.643.5.1.13.2.1.1.608"
OIDS = "urn:ietf:rfc:3986"
"""Identifiers that are OIDs or other URIs: an institution in the federal register."""
IDENTIFIER_TYPE = "http://terminology.hl7.org/CodeSystem/v2-0203"
TEMPORARY_CERTIFICATE = "urn:oid:1.2.643.5.1.13.2.7.1.62"
"""Policies of every form, as CDA documents name them: here numbers of temporary certificates."""
CLINICS = "urn:oid:1.2.643.5.1.13.13.12.2"
"""The root of institutions' OIDs; here codes of the register F032."""

_GENDERS = {"male": "male", "female": "female"}
_FULL_DATE = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverageFacts:
    """What a policy or a temporary certificate says, whoever made it; periods are half-open."""

    coverage_id: str
    person_id: str
    number: str
    policy_type: PolicyType
    status: str
    insurer_code: str
    insurer_name: str
    valid_from: date
    last_day: date | None


def patient(person: Person, *, policy_number: str | None, attachment: Attachment | None) -> Resource:
    """A person as Patient; who is attached names the clinic as managing organisation."""
    identifiers = []
    if person.snils:
        identifiers.append({"use": "official", "system": SNILS, "value": person.snils})
    if policy_number:
        identifiers.append(policy_identifier(policy_number, PolicyType.DIGITAL))
    given = [part for part in (person.shown_given_name, person.middle_name) if part]
    name = _without_empty({"text": person.full_name, "family": person.family_name, "given": given})
    found: Resource = {
        "resourceType": "Patient",
        "id": person.person_id,
        "identifier": identifiers,
        "active": person.death is None and person.merged is None,
        "name": [{"use": "official", **name}] if name else [],
        "gender": _GENDERS.get(person.sex, "unknown"),
        "birthDate": person.born_on[:_FULL_DATE],
    }
    if person.death is not None:
        found["deceasedDateTime"] = person.death.died_on.isoformat()
    if attachment is not None:
        found["managingOrganization"] = {"reference": f"Organization/{clinic_id(attachment.clinic_code)}"}
    return _without_empty(found)


def coverage(facts: CoverageFacts) -> Resource:
    """A policy or a temporary certificate as Coverage."""
    period = {"start": facts.valid_from.isoformat()}
    if facts.last_day is not None:
        period["end"] = facts.last_day.isoformat()
    subject = {"reference": f"Patient/{facts.person_id}"}
    insurer = {"type": "Organization", "identifier": {"system": INSURERS, "value": facts.insurer_code}}
    return _without_empty(
        {
            "resourceType": "Coverage",
            "id": facts.coverage_id,
            "identifier": [policy_identifier(facts.number, facts.policy_type)],
            "status": facts.status,
            "type": {"coding": [policy_coding(facts.policy_type)], "text": POLICY_TYPES[facts.policy_type].title},
            "subscriber": subject,
            "beneficiary": subject,
            "period": period,
            "payor": [
                {
                    "reference": f"Organization/{insurer_id(facts.insurer_code)}",
                    **insurer,
                    "display": facts.insurer_name,
                }
            ],
        }
    )


def policy_identifier(number: str, policy_type: PolicyType) -> Resource:
    """The number of a policy: its type by HL7 and by the Russian list of types."""
    system = TEMPORARY_CERTIFICATE if policy_type in TEMPORARY_TYPES else OMS
    coding = [{"system": IDENTIFIER_TYPE, "code": "SB"}, policy_coding(policy_type)]
    return {"use": "official", "type": {"coding": coding}, "system": system, "value": number}


def policy_coding(policy_type: PolicyType) -> Resource:
    """The type of a policy."""
    row = POLICY_TYPES[policy_type]
    return {"system": POLICY_TYPE, "code": row.f008, "display": row.title}


def insurer_id(code: str) -> str:
    """The id of an insurer as Organization."""
    return f"smo-{code}"


def clinic_id(code: str) -> str:
    """The id of a clinic as Organization."""
    return f"mo-{code}"


def insurer_organization(insurer: Insurer, *, is_active: bool, okato: str) -> Resource:
    """An insurer as Organization."""
    return _organization(
        insurer_id(insurer.code),
        identifiers=[{"use": "official", "system": INSURERS, "value": insurer.code}],
        kind=("ins", "Insurance Company"),
        is_active=is_active,
        name=insurer.name,
        telecom=[*(("phone", phone) for phone in insurer.phones), ("email", insurer.email), ("url", insurer.site)],
        address=(insurer.address, okato),
    )


def clinic_organization(clinic: Clinic, *, is_active: bool, okato: str) -> Resource:
    """A clinic as Organization."""
    identifiers = [{"use": "official", "system": CLINICS, "value": clinic.code}]
    if clinic.oid:
        identifiers.append({"use": "secondary", "system": OIDS, "value": f"urn:oid:{clinic.oid}"})
    return _organization(
        clinic_id(clinic.code),
        identifiers=identifiers,
        kind=("prov", "Healthcare Provider"),
        is_active=is_active,
        name=clinic.name,
        telecom=[("phone", clinic.phone), ("email", clinic.email)],
        address=(clinic.address, okato),
    )


def _organization(
    organization_id: str,
    *,
    identifiers: list[Resource],
    kind: tuple[str, str],
    is_active: bool,
    name: str,
    telecom: Iterable[tuple[str, str]],
    address: tuple[str, str],
) -> Resource:
    line, okato = address
    system = "http://terminology.hl7.org/CodeSystem/organization-type"
    return _without_empty(
        {
            "resourceType": "Organization",
            "id": organization_id,
            "identifier": [*identifiers],
            "active": is_active,
            "type": [{"coding": [{"system": system, "code": kind[0], "display": kind[1]}]}],
            "name": name,
            "telecom": [{"system": how, "value": value} for how, value in telecom if value],
            "address": [{"use": "work", "text": line, "state": okato, "country": "RU"}] if line else [],
        }
    )


def bundle(resources: Sequence[Resource], *, base: str, self_link: str) -> Resource:
    """What a search found; ``self_link`` tells what was asked without telling of whom."""
    return _without_empty(
        {
            "resourceType": "Bundle",
            "type": "searchset",
            "total": len(resources),
            "link": [{"relation": "self", "url": f"{base}/{self_link}"}],
            "entry": [
                {
                    "fullUrl": f"{base}/{found['resourceType']}/{found['id']}",
                    "resource": found,
                    "search": {"mode": "match"},
                }
                for found in resources
            ],
        }
    )


def outcome(*, code: str, text: str, details: Iterable[tuple[str, str]] = ()) -> Resource:
    """An error as OperationOutcome; ``details`` are places in the request with what is wrong there."""
    issues = [
        {"severity": "error", "code": "invalid", "details": {"text": message}, "expression": [place or "body"]}
        for place, message in details
    ]
    return {
        "resourceType": "OperationOutcome",
        "issue": issues or [{"severity": "error", "code": code, "details": {"text": text}}],
    }


def eligibility_response(
    *,
    response_id: str,
    request: Mapping[str, Any],
    person_id: str | None,
    found: CoverageFacts | None,
    on: date,
    at: datetime,
) -> Resource:
    """The answer to a CoverageEligibilityRequest: whether the person is insured on the day, and by whom."""
    insurer = {"identifier": {"system": INSURERS, "value": found.insurer_code}} if found else request["insurer"]
    is_in_force = found is not None and found.status == "active"
    said = "Застрахован на дату" if is_in_force else "На дату не застрахован" if person_id else "Не найден"
    answer: Resource = {
        "resourceType": "CoverageEligibilityResponse",
        "id": response_id,
        "status": "active",
        "purpose": list(request["purpose"]),
        "patient": {"reference": f"Patient/{person_id}"} if person_id else request["patient"],
        "servicedDate": on.isoformat(),
        "created": at.isoformat(timespec="seconds"),
        "request": {"type": "CoverageEligibilityRequest", "display": "Запрос из $submit"},
        "outcome": "complete",
        "disposition": said,
        "insurer": insurer,
    }
    if found is not None:
        reference = {"reference": f"Coverage/{found.coverage_id}"}
        period = {"start": found.valid_from.isoformat()}
        if found.last_day is not None:
            period["end"] = found.last_day.isoformat()
        answer["insurance"] = [{"coverage": reference, "inforce": is_in_force, "benefitPeriod": period}]
    return _without_empty(answer)


def _without_empty(resource: Resource) -> Resource:
    """FHIR knows no empty lists and texts: what is not there is left out."""
    return {name: value for name, value in resource.items() if value not in ("", [], {}, None)}
