"""Routes by which clinics' systems read people, coverage and organisations: FHIR R4 (requirement P4)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from chalicelib.bootstrap import container
from chalicelib.domain.fhir import bundle
from chalicelib.http.blueprint import ApiBlueprint, Call
from chalicelib.http.fhir_capability import capability_statement
from chalicelib.http.fhir_dialect import CONTENT_TYPE, FHIR, FORM, MEDIA_TYPE
from chalicelib.http.schemas.fhir import (
    CoverageQuery,
    CoverageSearch,
    EligibilityRequestIn,
    FormatQuery,
    IdQuery,
    OrganizationQuery,
    PatientSearch,
    ReferencePart,
)
from chalicelib.ports.errors import NotFound
from chalicelib.use_cases import fhir_read as use_cases
from chalicelib.use_cases.clinic_key import NameKey

if TYPE_CHECKING:
    from collections.abc import Sequence

blueprint = ApiBlueprint(__name__, dialect=FHIR)

TAG = "fhir"
REGISTRAR = ("clinic_registrar",)
BASE = "/fhir/r4"
SUBMIT = "$submit"
_ID = re.compile(r"[A-Za-z0-9\-.]{1,64}")

Resource = dict[str, Any]


def _id(text: str) -> str:
    """Refuse what cannot be the id of a resource, as if it were not found."""
    if not _ID.fullmatch(text) or not text.strip("."):
        raise NotFound("Ресурс не найден")
    return text


def _base() -> str:
    return f"{container().public_base_url}{BASE}"


def _bundle(found: Sequence[Resource], self_link: str) -> Resource:
    return bundle(found, base=_base(), self_link=self_link)


@blueprint.route(
    "GET",
    f"{BASE}/metadata",
    auth=False,
    summary="FHIR R4: что умеет сервер (CapabilityStatement)",
    tag=TAG,
    content_type=CONTENT_TYPE,
    cache="public, max-age=300",
)
def metadata(call: Call, query: FormatQuery) -> Resource:
    """Ресурсы, взаимодействия, параметры поиска и операции."""
    return capability_statement(base=_base(), on=call.at.date())


@blueprint.route(
    "GET",
    f"{BASE}/Patient/{{resource_id}}",
    summary="FHIR R4: Patient",
    tag=TAG,
    content_type=CONTENT_TYPE,
    errors=(403, 404),
    roles=REGISTRAR,
)
def patient(call: Call, resource_id: str, query: FormatQuery) -> Resource:
    """Просмотр записывается в журнал человека."""
    return use_cases.read_patient(tools=container(), principal=call.principal, person_id=_id(resource_id), at=call.at)


@blueprint.route(
    "GET",
    f"{BASE}/Patient",
    summary="FHIR R4: поиск Patient по _id",
    tag=TAG,
    content_type=CONTENT_TYPE,
    errors=(403,),
    roles=REGISTRAR,
)
def patients(call: Call, query: IdQuery) -> Resource:
    """По номерам и имени ищут через POST _search: личных данных в ссылках не бывает."""
    sought = use_cases.Sought(person_id=_id(query.id_))
    found = use_cases.search_patients(tools=container(), principal=call.principal, sought=sought, at=call.at)
    return _bundle(found, "Patient")


@blueprint.route(
    "POST",
    f"{BASE}/Patient/_search",
    summary="FHIR R4: поиск Patient",
    tag=TAG,
    consumes=FORM,
    content_type=CONTENT_TYPE,
    errors=(403,),
    roles=REGISTRAR,
)
def patient_search(call: Call, body: PatientSearch) -> Resource:
    """По СНИЛС, ЕНП, номеру свидетельства или имени с датой рождения; тело — форма."""
    sought = use_cases.Sought(identifier=body.identifier, person_id=body.id_, name=_name(body))
    found = use_cases.search_patients(tools=container(), principal=call.principal, sought=sought, at=call.at)
    return _bundle(found, "Patient/_search")


def _name(body: PatientSearch) -> NameKey | None:
    if body.birthdate is None or not body.family:
        return None
    given, middle = [*body.given, "", ""][:2]
    return NameKey(family_name=body.family, given_name=given, middle_name=middle, born_on=body.birthdate)


@blueprint.route(
    "GET",
    f"{BASE}/Coverage/{{resource_id}}",
    summary="FHIR R4: Coverage",
    tag=TAG,
    content_type=CONTENT_TYPE,
    errors=(403, 404),
    roles=REGISTRAR,
)
def coverage(call: Call, resource_id: str, query: FormatQuery) -> Resource:
    """Полис или временное свидетельство; просмотр записывается в журнал человека."""
    return use_cases.read_coverage(
        tools=container(), principal=call.principal, coverage_id=_id(resource_id), at=call.at
    )


@blueprint.route(
    "GET",
    f"{BASE}/Coverage",
    summary="FHIR R4: поиск Coverage по пациенту",
    tag=TAG,
    content_type=CONTENT_TYPE,
    errors=(403,),
    roles=REGISTRAR,
)
def coverages(call: Call, query: CoverageQuery) -> Resource:
    """Все полисы и свидетельства человека; сначала новые."""
    return _coverage_of(call, use_cases.Sought(person_id=_referred(query.beneficiary or query.patient)))


@blueprint.route(
    "POST",
    f"{BASE}/Coverage/_search",
    summary="FHIR R4: поиск Coverage",
    tag=TAG,
    consumes=FORM,
    content_type=CONTENT_TYPE,
    errors=(403,),
    roles=REGISTRAR,
)
def coverage_search(call: Call, body: CoverageSearch) -> Resource:
    """По номеру полиса или по пациенту; тело — форма."""
    person_id = _referred(body.beneficiary or body.patient)
    return _coverage_of(call, use_cases.Sought(identifier=body.identifier, person_id=person_id))


def _coverage_of(call: Call, sought: use_cases.Sought) -> Resource:
    found = use_cases.search_coverage(tools=container(), principal=call.principal, sought=sought, at=call.at)
    return _bundle(found, "Coverage")


def _referred(reference: str) -> str:
    return reference.removeprefix("Patient/")


@blueprint.route(
    "GET",
    f"{BASE}/Organization/{{resource_id}}",
    summary="FHIR R4: Organization",
    tag=TAG,
    content_type=CONTENT_TYPE,
    errors=(403, 404),
    roles=REGISTRAR,
)
def organization(call: Call, resource_id: str, query: FormatQuery) -> Resource:
    """Страховая (smo-код) или медицинская организация (mo-код)."""
    return use_cases.read_organization(
        tools=container(), principal=call.principal, organization_id=_id(resource_id), at=call.at
    )


@blueprint.route(
    "GET",
    f"{BASE}/Organization",
    summary="FHIR R4: поиск Organization",
    tag=TAG,
    content_type=CONTENT_TYPE,
    errors=(403,),
    roles=REGISTRAR,
)
def organizations(call: Call, query: OrganizationQuery) -> Resource:
    """По коду, или по названию: страховые организации всех регионов и медицинские – своего."""
    return _organizations(call, query)


@blueprint.route(
    "POST",
    f"{BASE}/Organization/_search",
    summary="FHIR R4: поиск Organization формой",
    tag=TAG,
    consumes=FORM,
    content_type=CONTENT_TYPE,
    errors=(403,),
    roles=REGISTRAR,
)
def organization_search(call: Call, body: OrganizationQuery) -> Resource:
    """То же, что GET; тело — форма."""
    return _organizations(call, body)


def _organizations(call: Call, sought: OrganizationQuery) -> Resource:
    found = use_cases.search_organizations(
        tools=container(),
        principal=call.principal,
        identifier=sought.identifier,
        name=sought.name.strip(),
        most=sought.count,
        at=call.at,
    )
    return _bundle(found, "Organization")


@blueprint.route(
    "POST",
    f"{BASE}/CoverageEligibilityRequest/{{operation}}",
    summary="FHIR R4: CoverageEligibilityRequest/$submit",
    tag=TAG,
    consumes=MEDIA_TYPE,
    content_type=CONTENT_TYPE,
    errors=(403, 404),
    roles=REGISTRAR,
)
def submit(call: Call, operation: str, body: EligibilityRequestIn) -> Resource:
    """Застрахован ли человек на дату и кем; просмотр записывается в журнал человека."""
    if operation != SUBMIT:
        raise NotFound("Такой операции нет: есть $submit")
    period = body.serviced_period
    return use_cases.submit_eligibility(
        tools=container(),
        principal=call.principal,
        request=body.model_dump(by_alias=True, exclude_none=True, mode="json"),
        sought=_sought(body.patient),
        on=body.serviced_date or (period.start if period else None),
        at=call.at,
    )


def _sought(patient: ReferencePart) -> use_cases.Sought:
    if patient.identifier is not None:
        return use_cases.Sought(identifier=f"{patient.identifier.system}|{patient.identifier.value}")
    return use_cases.Sought(person_id=_referred(patient.reference or ""))
