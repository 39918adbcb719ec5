"""Clinics, doctors and the import of their registry as JSON (requirement J1)."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from chalicelib.domain.areas import AREA_TITLES, AreaType
from chalicelib.domain.clinic import Ages, places_left
from chalicelib.http.models import In, IsoDate, Out, Query

if TYPE_CHECKING:
    from typing import Self

    from chalicelib.domain.clinic import Doctor
    from chalicelib.ports.clinics import ClinicFile
    from chalicelib.use_cases.find_clinics import FoundClinic
    from chalicelib.use_cases.import_clinics import ImportReport

REGION = r"^[0-9]{2}$"
MAX_ROWS = 2000


class ClinicsQuery(Query):
    """Which clinics to list."""

    region: str = Field(pattern=REGION, description="Код региона, F010", examples=["77"])
    search: str = Field(default="", max_length=100, description="Часть названия или код")
    speciality: str = Field(default="", max_length=10, description="Код специальности врача")
    on: IsoDate | None = Field(default=None, description="На какую дату судить о реестре")


class DoctorsQuery(Query):
    """Which doctors to list."""

    region: str = Field(pattern=REGION, description="Код региона, F010", examples=["77"])
    speciality: str = Field(min_length=1, max_length=10, description="Код специальности", examples=["76"])


class ClinicSearchIn(In):
    """Where somebody lives or is: it stands in the body, for an address in a link would be kept by every server."""

    region: str = Field(pattern=REGION, examples=["77"])
    name: str = Field(default="", max_length=100)
    speciality: str = Field(default="", max_length=10)
    city: str = Field(default="", max_length=120, examples=["Москва"])
    street: str = Field(default="", max_length=120, examples=["ул. Примерная"])
    house: str = Field(default="", max_length=20, examples=["12"])
    latitude: float | None = Field(default=None, ge=-90, le=90, examples=[55.76])
    longitude: float | None = Field(default=None, ge=-180, le=180, examples=[37.62])

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if (self.latitude is None) != (self.longitude is None):
            raise PydanticCustomError("coordinates", "Укажите обе координаты: latitude и longitude")
        if bool(self.street) != bool(self.house):
            raise PydanticCustomError("address", "Укажите и улицу, и дом")
        return self


class DepartmentOut(Out):
    """A department of a clinic."""

    code: str
    name: str
    address: str
    phone: str


class ClinicOut(Out):
    """A clinic of the registry."""

    code: str
    region: str
    name: str
    full_name: str
    idmo: str
    oid: str
    inn: str
    kpp: str
    ogrn: str
    address: str
    phone: str
    email: str
    licence: str
    profile: str
    programmes: list[str]
    included_on: date
    excluded_on: date | None
    latitude: float | None
    longitude: float | None
    departments: list[DepartmentOut]
    source: str


class AreaOut(Out):
    """Who serves the address that was asked about."""

    doctor_id: str
    city: str
    street: str


class FoundClinicOut(Out):
    """A clinic that was found."""

    clinic: ClinicOut
    distance_km: float | None = Field(description="По прямой, если координаты известны")
    area: AreaOut | None = Field(description="Участок, к которому относится адрес")


class ClinicsOut(Out):
    """The clinics found."""

    items: list[FoundClinicOut]


class DoctorOut(Out):
    """A doctor; ``places_left`` is null where nobody is attached or the clinic's page was not asked for."""

    id: str
    clinic_code: str
    name: str
    speciality: str
    speciality_title: str
    department: str
    area: AreaType | None
    area_title: str | None
    ages: Ages
    limit: int | None
    places_left: int | None


class DoctorsOut(Out):
    """The doctors found."""

    items: list[DoctorOut]


class ClinicCardOut(Out):
    """A clinic with its doctors."""

    clinic: ClinicOut
    doctors: list[DoctorOut]


class ClinicsFileIn(In):
    """A file of the reference format: rows with the columns of F031 (and mcod of F032) in lower case."""

    source: str = Field(min_length=1, max_length=300, examples=["F031 от 03.09.2025"])
    clinics: list[dict[str, str]] = Field(default_factory=list, max_length=MAX_ROWS)
    departments: list[dict[str, str]] = Field(default_factory=list, max_length=MAX_ROWS)
    doctors: list[dict[str, str]] = Field(default_factory=list, max_length=MAX_ROWS)
    areas: list[dict[str, str]] = Field(default_factory=list, max_length=MAX_ROWS)


class RowErrorOut(Out):
    """A mistake in a row."""

    field: str
    code: str
    message: str


class BadRowOut(Out):
    """A row that was left out."""

    table: str
    row: int
    errors: list[RowErrorOut]


class ImportReportOut(Out):
    """What an import did."""

    new: int
    changed: int
    unchanged: int
    bad: list[BadRowOut]


def found_clinic_out(found: FoundClinic) -> FoundClinicOut:
    """Present a clinic that was found."""
    distance = found.distance_km
    return FoundClinicOut(
        clinic=ClinicOut.model_validate(found.clinic),
        distance_km=None if distance is None else round(distance, 2),
        area=AreaOut.model_validate(found.area) if found.area else None,
    )


def doctor_out(doctor: Doctor, *, left: int | None = None) -> DoctorOut:
    """Present a doctor."""
    return DoctorOut(
        id=doctor.doctor_id,
        clinic_code=doctor.clinic_code,
        name=doctor.name,
        speciality=doctor.speciality,
        speciality_title=doctor.speciality_title,
        department=doctor.department,
        area=doctor.area,
        area_title=AREA_TITLES[doctor.area] if doctor.area else None,
        ages=doctor.ages,
        limit=doctor.limit if doctor.area else None,
        places_left=left if doctor.area else None,
    )


def clinic_card_out(file: ClinicFile) -> ClinicCardOut:
    """Present a clinic with its doctors and the places left."""
    doctors = sorted(file.doctors, key=lambda doctor: (doctor.department, doctor.name, doctor.doctor_id))
    return ClinicCardOut(
        clinic=ClinicOut.model_validate(file.clinic),
        doctors=[doctor_out(doctor, left=places_left(doctor=doctor, taken=file.taken)) for doctor in doctors],
    )


def report_out(report: ImportReport) -> ImportReportOut:
    """Present what an import did."""
    return ImportReportOut.model_validate(report)
