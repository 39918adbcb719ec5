"""Routes of the clinics' registry: open to everybody, loaded by the fund (requirement J1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.bootstrap import container
from chalicelib.domain.errors import FieldError, ValidationFailed
from chalicelib.domain.regions import is_region, local_date
from chalicelib.http.blueprint import ApiBlueprint, Call
from chalicelib.http.schemas.clinics import (
    ClinicCardOut,
    ClinicSearchIn,
    ClinicsFileIn,
    ClinicsOut,
    ClinicsQuery,
    DoctorsOut,
    DoctorsQuery,
    ImportReportOut,
    clinic_card_out,
    doctor_out,
    found_clinic_out,
    report_out,
)
from chalicelib.use_cases.find_clinics import ClinicWish, clinic_card, find_clinics, find_doctors
from chalicelib.use_cases.import_clinics import ClinicsFile, import_clinics

if TYPE_CHECKING:
    from datetime import date

blueprint = ApiBlueprint(__name__)

TAG = "clinics"
MINUTE = "public, max-age=60"


def _day(call: Call, region: str, given: date | None = None) -> date:
    if not is_region(code=region):
        message = "Такого кода региона нет в классификаторе F010"
        raise ValidationFailed([FieldError(field="region", code="region_unknown", message=message)])
    return given or local_date(at=call.at, region=region)


def _found(wish: ClinicWish) -> ClinicsOut:
    return ClinicsOut(items=[found_clinic_out(found) for found in find_clinics(tools=container(), wish=wish)])


@blueprint.route("GET", "/v1/clinics", auth=False, summary="Медицинские организации региона", tag=TAG, cache=MINUTE)
def clinics(call: Call, query: ClinicsQuery) -> ClinicsOut:
    """Те, что работают в ОМС на дату; по названию и по специальности врачей."""
    day = _day(call, query.region, query.on)
    return _found(ClinicWish(region=query.region, on=day, name=query.search, speciality=query.speciality))


@blueprint.route(
    "POST",
    "/v1/clinic-searches",
    auth=False,
    summary="Медицинские организации по адресу или по расстоянию",
    tag=TAG,
)
def search(call: Call, body: ClinicSearchIn) -> ClinicsOut:
    """С адресом — только те, чей участок его обслуживает; с координатами — сначала ближайшие."""
    return _found(ClinicWish(on=_day(call, body.region), **body.model_dump()))


@blueprint.route(
    "GET",
    "/v1/clinics/{code}",
    auth=False,
    summary="Медицинская организация с врачами",
    tag=TAG,
    errors=(404,),
    cache=MINUTE,
)
def clinic(call: Call, code: str) -> ClinicCardOut:
    """По коду реестра F032; у врачей, к которым прикрепляют, видно число свободных мест."""
    return clinic_card_out(clinic_card(tools=container(), code=code))


@blueprint.route("GET", "/v1/doctors", auth=False, summary="Врачи по специальности", tag=TAG, cache=MINUTE)
def doctors(call: Call, query: DoctorsQuery) -> DoctorsOut:
    """Всех медицинских организаций региона."""
    _day(call, query.region)
    found = find_doctors(tools=container(), region=query.region, speciality=query.speciality)
    return DoctorsOut(items=[doctor_out(doctor) for doctor in found])


@blueprint.route(
    "POST",
    "/v1/fund/clinic-imports",
    summary="Загрузить реестр медицинских организаций",
    tag=TAG,
    errors=(403, 409),
    roles=("fund_operator", "administrator"),
)
def load(call: Call, body: ClinicsFileIn) -> ImportReportOut:
    """Повторная загрузка того же ничего не меняет; плохие строки названы, хорошие загружены."""
    file = ClinicsFile(**{name: getattr(body, name) for name in ClinicsFileIn.model_fields})
    return report_out(import_clinics(tools=container(), principal=call.principal, file=file, at=call.at))
