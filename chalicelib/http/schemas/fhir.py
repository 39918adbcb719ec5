"""What clinics' systems send by FHIR R4: parameters of searches, and the request for eligibility (P4)."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from chalicelib.http.models import IsoDate, Query

Format = Literal["json", "application/json", "application/fhir+json"]
REFERENCE = r"^(Patient/)?[A-Za-z0-9\-.]{1,64}$"


class FormatQuery(Query):
    """The parameters that every interaction takes."""

    format_: Format = Field(default="json", alias="_format")


class IdQuery(FormatQuery):
    """A search by the id, which tells nothing of the person."""

    id_: str = Field(alias="_id", max_length=64, description="Идентификатор Patient")


class CoverageQuery(FormatQuery):
    """A search by the reference to a Patient, which tells nothing of the person."""

    beneficiary: str = Field(default="", pattern=REFERENCE, description="Patient/идентификатор")
    patient: str = Field(default="", pattern=REFERENCE, description="То же, что beneficiary")

    @model_validator(mode="after")
    def _names_one(self) -> CoverageQuery:
        if bool(self.beneficiary) == bool(self.patient):
            raise PydanticCustomError("fhir_beneficiary", "Укажите beneficiary")
        return self


class OrganizationQuery(FormatQuery):
    """A search for an organisation: by its code, or by its name."""

    identifier: str = Field(default="", max_length=200, description="Система и код через «|»")
    name: str = Field(default="", max_length=100, description="Начало слов названия; опечатки допустимы")
    count: int = Field(default=20, alias="_count", ge=1, le=50, description="Сколько вернуть")

    @model_validator(mode="after")
    def _is_one_question(self) -> OrganizationQuery:
        if bool(self.identifier) == bool(self.name.strip()):
            raise PydanticCustomError("fhir_organization", "Укажите identifier либо name")
        return self


class PatientSearch(FormatQuery):
    """A search for a person, in the body of POST: nothing personal stands in a link."""

    identifier: str = Field(default="", max_length=200, description="Система и номер через «|»")
    id_: str = Field(default="", alias="_id", max_length=64)
    family: str = Field(default="", max_length=100)
    given: list[str] = Field(default_factory=list, max_length=2, description="Имя, затем отчество")
    birthdate: IsoDate | None = None

    @model_validator(mode="after")
    def _is_one_question(self) -> PatientSearch:
        by_name = bool(self.family and self.given and self.birthdate)
        if [bool(self.identifier), bool(self.id_), by_name].count(True) != 1:
            raise PydanticCustomError("fhir_patient", "Укажите identifier, _id либо family, given и birthdate")
        return self


class CoverageSearch(FormatQuery):
    """A search for the coverage of a person, in the body of POST."""

    identifier: str = Field(default="", max_length=200, description="Система и номер полиса через «|»")
    beneficiary: str = Field(default="", pattern=REFERENCE)
    patient: str = Field(default="", pattern=REFERENCE)

    @model_validator(mode="after")
    def _is_one_question(self) -> CoverageSearch:
        if [bool(self.identifier), bool(self.beneficiary or self.patient)].count(True) != 1:
            raise PydanticCustomError("fhir_coverage", "Укажите identifier либо beneficiary")
        return self


class _Part(BaseModel):
    """A part of a resource: elements that are not used here may stand in it."""

    model_config = ConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True, defer_build=True)


class IdentifierPart(_Part):
    """An Identifier."""

    system: str = Field(min_length=1, max_length=200)
    value: str = Field(min_length=1, max_length=100)


class ReferencePart(_Part):
    """A Reference to a Patient: by the id, or by an identifier."""

    reference: str | None = Field(default=None, pattern=REFERENCE)
    identifier: IdentifierPart | None = None

    @model_validator(mode="after")
    def _names_one(self) -> ReferencePart:
        if (self.reference is None) == (self.identifier is None):
            raise PydanticCustomError("fhir_reference", "Укажите reference или identifier")
        return self


class PeriodPart(_Part):
    """A Period of which the first day is asked about."""

    start: IsoDate


class OrganizationPart(_Part):
    """The insurer that the request is sent to; who insures is told in the answer."""

    reference: str | None = Field(default=None, max_length=200)
    display: str | None = Field(default=None, max_length=500)


class EligibilityRequestIn(_Part):
    """A CoverageEligibilityRequest: the elements that R4 requires, and those that are used."""

    resource_type: Literal["CoverageEligibilityRequest"] = Field(alias="resourceType")
    status: Literal["active", "cancelled", "draft", "entered-in-error"]
    purpose: list[Literal["auth-requirements", "benefits", "discovery", "validation"]] = Field(min_length=1)
    patient: ReferencePart
    created: str = Field(pattern=r"^[0-9]{4}(-[0-9]{2}){0,2}([T].{5,40})?$")
    insurer: OrganizationPart
    serviced_date: IsoDate | None = Field(default=None, alias="servicedDate")
    serviced_period: PeriodPart | None = Field(default=None, alias="servicedPeriod")
