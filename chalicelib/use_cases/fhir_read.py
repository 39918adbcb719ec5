"""What clinics' systems read by FHIR R4: people, their coverage and organisations; every view is noted (P4)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from chalicelib.domain import fhir
from chalicelib.domain.attachment import attachment_on
from chalicelib.domain.errors import FieldError, ValidationFailed
from chalicelib.domain.policy_types import PolicyType, type_of_form
from chalicelib.domain.principal import Role
from chalicelib.domain.regions import DEFAULT_REGION, find_region, local_date
from chalicelib.ports.errors import NotFound, StaleWrite
from chalicelib.use_cases.access import require_role
from chalicelib.use_cases.attachment_steps import person_in
from chalicelib.use_cases.check_insured_person import several_found
from chalicelib.use_cases.clinic_key import ClinicQuestion, NameKey, asked_key
from chalicelib.use_cases.find_clinics import ClinicWish, find_clinics
from chalicelib.use_cases.insurer_directory import WantedInsurers, find_insurers
from chalicelib.use_cases.merged_records import followed
from chalicelib.use_cases.views import note_views

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from chalicelib.domain.clinic import Clinic
    from chalicelib.domain.insurer import Insurer
    from chalicelib.domain.policy import Policy
    from chalicelib.domain.principal import Principal
    from chalicelib.domain.temporary_certificate import TemporaryCertificate
    from chalicelib.ports.folders import PersonFile
    from chalicelib.ports.toolbox import Toolbox

Resource = dict[str, Any]

_KEYS = {fhir.SNILS: "snils", fhir.OMS: "policy_number", fhir.TEMPORARY_CERTIFICATE: "certificate_number"}
"""Which identifier systems lead to a person, and by which key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """Whom a system looks for: by an identifier (``system|value``), by the name, or by the id of a Patient."""

    identifier: str = ""
    person_id: str = ""
    name: NameKey | None = None


def read_patient(*, tools: Toolbox, principal: Principal, person_id: str, at: datetime) -> Resource:
    """Read a Patient (2 AWS calls); raises NotFound."""
    found = _found(tools, principal, Sought(person_id=person_id), at)
    if not found:
        raise NotFound("Пациент не найден")
    return _patient(found[0], at)


def search_patients(*, tools: Toolbox, principal: Principal, sought: Sought, at: datetime) -> Sequence[Resource]:
    """Find a Patient (3 AWS calls, 2 by the id); nobody is no error.

    Raises:
        ValidationFailed: the identifier is malformed or of an unknown system, or several people have it.
    """
    return [_patient(known, at) for known in _found(tools, principal, sought, at)]


def search_coverage(*, tools: Toolbox, principal: Principal, sought: Sought, at: datetime) -> Sequence[Resource]:
    """List the Coverage of a person, newest first (3 AWS calls, 2 by the id); raises as for a Patient."""
    return [
        fhir.coverage(facts) for known in _found(tools, principal, sought, at) for facts in _coverage(tools, known, at)
    ]


def read_coverage(*, tools: Toolbox, principal: Principal, coverage_id: str, at: datetime) -> Resource:
    """Read a Coverage, whose id is that of the person and of the policy (2 AWS calls); raises NotFound."""
    person_id, _, _ = coverage_id.partition(".")
    found = search_coverage(tools=tools, principal=principal, sought=Sought(person_id=person_id), at=at)
    coverage = next((one for one in found if one["id"] == coverage_id), None)
    if coverage is None:
        raise NotFound("Страховое покрытие не найдено")
    return coverage


def submit_eligibility(
    *, tools: Toolbox, principal: Principal, request: Mapping[str, Any], sought: Sought, on: date | None, at: datetime
) -> Resource:
    """Answer a CoverageEligibilityRequest about a day, today if it names none (3 AWS calls, 2 by the id).

    Raises:
        ValidationFailed: as for a search.
    """
    day = on or local_date(at=at, region=principal.region or DEFAULT_REGION)
    known = next(iter(_found(tools, principal, sought, at)), None)
    covers = [] if known is None else _coverage_on(tools, known, day)
    return fhir.eligibility_response(
        response_id=tools.ids.new_id(at=at),
        request=request,
        person_id=None if known is None else person_in(known).person_id,
        found=next((facts for facts in covers if facts.status == "active"), next(iter(covers), None)),
        on=day,
        at=at,
    )


def read_organization(*, tools: Toolbox, principal: Principal, organization_id: str, at: datetime) -> Resource:
    """Read an Organization: an insurer (``smo-``) or a clinic (``mo-``) (1 AWS call); raises NotFound."""
    require_role(principal, Role.CLINIC_REGISTRAR)
    kind, _, code = organization_id.partition("-")
    found = _insurer(tools, code, at) if kind == "smo" else _clinic(tools, code, at) if kind == "mo" else None
    if found is None:
        raise NotFound("Организация не найдена")
    return found


def search_organizations(
    *, tools: Toolbox, principal: Principal, at: datetime, identifier: str = "", name: str = "", most: int = 20
) -> Sequence[Resource]:
    """Find an Organization by the code of an insurer or a clinic (1 AWS call), or by its name; none is no error.

    By name: insurers of every region and clinics of the registrar's own (1 AWS call per page of both registries), at
    most so many of each; the best first.

    Raises:
        ValidationFailed: the identifier is of an unknown system.
    """
    require_role(principal, Role.CLINIC_REGISTRAR)
    if name:
        return _named(tools, principal, name, at)[:most]
    system, _, code = identifier.rpartition("|")
    readers = {fhir.INSURERS: _insurer, fhir.CLINICS: _clinic}
    if system not in readers:
        raise _unknown_system(readers)
    found = readers[system](tools, code, at)
    return [] if found is None else [found]


def _named(tools: Toolbox, principal: Principal, name: str, at: datetime) -> list[Resource]:
    region = principal.region or (principal.clinic or DEFAULT_REGION)[:2]
    on = local_date(at=at, region=region)
    insurers = find_insurers(tools=tools, wanted=WantedInsurers(on=on, search=name))
    clinics = find_clinics(tools=tools, wish=ClinicWish(region=region, on=on, name=name))
    return [
        *(_insurer_resource(one, at) for one in insurers),
        *(_clinic_resource(found.clinic, at) for found in clinics),
    ]


def _found(tools: Toolbox, principal: Principal, sought: Sought, at: datetime) -> list[PersonFile]:
    """The folder of who is sought, followed to the main record, with the view noted; empty for nobody."""
    require_role(principal, Role.CLINIC_REGISTRAR)
    person_id = sought.person_id or _person_id(tools, sought, at)
    file = tools.store.person_file(person_id=person_id) if person_id else None
    if file is None or file.person is None:
        return []
    known = followed(tools=tools, file=file)
    who = person_in(known).person_id
    noted = note_views(
        tools=tools,
        principal=principal,
        known={who: known},
        name="fhir_read",
        details={who: {"by": "id" if sought.person_id else "search"}},
        at=at,
    )
    if not noted:
        raise StaleWrite("Данные этого человека сейчас запрашивают другие: повторите")
    return list(noted.values())


def _person_id(tools: Toolbox, sought: Sought, at: datetime) -> str:
    on = local_date(at=at, region=DEFAULT_REGION)
    question = ClinicQuestion(on=on, person=sought.name, **_key(sought.identifier))
    asked = asked_key(tools=tools, question=question, at=at)
    pointers = tools.store.pointers(kind=asked.kind, value_hash=asked.value_hash)
    if len(pointers) > 1:
        raise several_found(asked)
    return pointers[0].person_id if pointers else ""


def _key(identifier: str) -> dict[str, Any]:
    if not identifier:
        return {}
    system, _, value = identifier.rpartition("|")
    if system not in _KEYS:
        raise _unknown_system(_KEYS)
    return {_KEYS[system]: value}


def _unknown_system(known: Mapping[str, object]) -> ValidationFailed:
    message = "Передайте identifier в виде система|значение; известные системы: " + ", ".join(known)
    return ValidationFailed([FieldError(field="identifier", code="unknown_system", message=message)])


def _patient(known: PersonFile, at: datetime) -> Resource:
    person, on = person_in(known), local_date(at=at, region=DEFAULT_REGION)
    attachment = attachment_on(attachments=known.attachments, on=on)
    return fhir.patient(person, policy_number=person.policy_number, attachment=attachment)


def _coverage(tools: Toolbox, known: PersonFile, at: datetime) -> list[fhir.CoverageFacts]:
    return _coverage_on(tools, known, local_date(at=at, region=DEFAULT_REGION))


def _coverage_on(tools: Toolbox, known: PersonFile, on: date) -> list[fhir.CoverageFacts]:
    """Every policy and certificate as it stands on a day, policies first, newest first."""
    policies = sorted(known.policies, key=lambda policy: policy.policy_id, reverse=True)
    certificates = sorted(known.certificates, key=lambda found: found.application_id, reverse=True)
    return [
        *(_of_policy(tools, policy, on) for policy in policies),
        *(_of_certificate(tools, certificate, on) for certificate in certificates),
    ]


def _of_policy(tools: Toolbox, policy: Policy, on: date) -> fhir.CoverageFacts:
    period = policy.insurer_on(on) or policy.periods[-1]
    ends = [day for day in (policy.valid_until, policy.ended_on) if day is not None]
    return fhir.CoverageFacts(
        coverage_id=f"{policy.person_id}.{policy.policy_id}",
        person_id=policy.person_id,
        number=policy.policy_number,
        policy_type=type_of_form(form=policy.form),
        status="active" if policy.is_valid_on(on) else "cancelled",
        insurer_code=period.insurer_code,
        insurer_name=tools.store.insurer_name(code=period.insurer_code),
        valid_from=policy.valid_from,
        last_day=min(ends) - timedelta(days=1) if ends else None,
    )


def _of_certificate(tools: Toolbox, certificate: TemporaryCertificate, on: date) -> fhir.CoverageFacts:
    ends = min(certificate.valid_until, certificate.revoked_on or certificate.valid_until)
    return fhir.CoverageFacts(
        coverage_id=f"{certificate.person_id}.{certificate.application_id}",
        person_id=certificate.person_id,
        number=certificate.number,
        policy_type=PolicyType.TEMPORARY_ELECTRONIC,
        status="active" if certificate.is_valid_on(on) else "cancelled",
        insurer_code=certificate.insurer_code,
        insurer_name=tools.store.insurer_name(code=certificate.insurer_code),
        valid_from=certificate.issued_on,
        last_day=ends - timedelta(days=1),
    )


def _insurer(tools: Toolbox, code: str, at: datetime) -> Resource | None:
    found = tools.store.insurer(code=code) if code else None
    return None if found is None else _insurer_resource(found, at)


def _insurer_resource(found: Insurer, at: datetime) -> Resource:
    on = local_date(at=at, region=found.region)
    return fhir.insurer_organization(
        found, is_active=found.may_be_chosen_on(on), okato=find_region(code=found.region).okato
    )


def _clinic(tools: Toolbox, code: str, at: datetime) -> Resource | None:
    found = tools.store.clinic(code=code) if code else None
    return None if found is None else _clinic_resource(found, at)


def _clinic_resource(found: Clinic, at: datetime) -> Resource:
    on = local_date(at=at, region=found.region)
    return fhir.clinic_organization(found, is_active=found.works_on(on), okato=find_region(code=found.region).okato)
