"""Requests for appointments: asked of a clinic, followed to its answer, taken back (requirement J3)."""

from __future__ import annotations

from datetime import UTC, timedelta
from typing import TYPE_CHECKING, Any

from chalicelib.bootstrap import container
from chalicelib.domain.appointment import APPOINTMENT_STATE_TITLES, AppointmentState
from chalicelib.domain.birth_date import read_date
from chalicelib.domain.errors import FieldError, InvalidValue, RuleRefused, ValidationFailed
from chalicelib.domain.regions import local_date
from chalicelib.http.applications import after, entity_id
from chalicelib.use_cases.appointments import (
    AppointmentWish,
    list_appointments,
    request_appointment,
    withdraw_appointment,
)
from chalicelib.use_cases.find_clinics import clinic_card
from chalicelib.use_cases.idempotency import request_key
from chalicelib.web.answers import UNPROCESSABLE, Answer, Page, Redirect
from chalicelib.web.attachment_presenters import doctor_name, doctors_to_see
from chalicelib.web.blueprint import WebBlueprint
from chalicelib.web.clinics import person_of
from chalicelib.web.rendering import day, moment
from chalicelib.web.whom import Whom, listed_for, whom

if TYPE_CHECKING:
    from datetime import date

    from chalicelib.domain.appointment import Appointment
    from chalicelib.web.visits import Visit

blueprint = WebBlueprint(__name__)

APPOINTMENTS = "/cabinet/appointments"
PAGE = 20
_S = AppointmentState
_TONES = {_S.REQUESTED: "wait", _S.ACKNOWLEDGED: "good", _S.DECLINED: "bad"}
_TITLES = {"doctor": "Врач", "wished_from": "Первый день", "wished_until": "Последний день"}
_MOSCOW_HOURS = 3


@blueprint.page("GET", APPOINTMENTS)
def list_mine(visit: Visit) -> Answer:
    """The requests of one person with what the clinics answered, newest first."""
    about = whom(visit)
    found = list_appointments(
        tools=container(),
        principal=visit.principal,
        person_id=about.person_id,
        limit=PAGE,
        after=after(visit.query.get("after")),
        at=visit.at,
    )
    names = {key: doctor_name(*key) for key in {(one.clinic_code, one.doctor_id) for one in found.items}}
    rows = [_row(one, names[one.clinic_code, one.doctor_id]) for one in found.items]
    context = {"section": "clinics", **listed_for(visit, about, rows, following=found.after)}
    return Page(template="pages/appointments.html", context=context)


def _row(found: Appointment, doctor: str) -> dict[str, Any]:
    return {
        "clinic": container().store.clinic_name(code=found.clinic_code) or found.clinic_code,
        "doctor": doctor,
        "state": APPOINTMENT_STATE_TITLES[found.state],
        "tone": _TONES.get(found.state, "quiet"),
        "asked": moment(found.requested_at),
        "days": f"с {day(found.wished_from)} по {day(found.wished_until)}",
        "starts": _starts(found),
        "answer": found.answer,
        "withdrawal": f"{APPOINTMENTS}/{found.appointment_id}/withdrawal" if found.is_live else "",
    }


def _starts(found: Appointment) -> str:
    """When it begins by the clock on the clinic's wall, which is said where it is not Moscow's."""
    if found.starts_at is None:
        return ""
    local = found.starts_at.astimezone(UTC) + timedelta(hours=found.utc_offset_hours)
    said = "" if found.utc_offset_hours == _MOSCOW_HOURS else " по местному времени"
    return f"{local:%d.%m.%Y, %H:%M}{said}"


@blueprint.page("GET", f"{APPOINTMENTS}/{{code}}")
def new(visit: Visit, code: str) -> Answer:
    """The form of a request to one clinic."""
    return _form(visit, whom(visit), code, ())


@blueprint.page("POST", APPOINTMENTS)
def ask(visit: Visit) -> Answer:
    """Hand a request over to the clinic; a repeated form asks for nothing more."""
    about, code = whom(visit), visit.form.get("clinic", "")[:10]
    try:
        wish = _wish(visit, about, code)
        request_appointment(
            tools=container(),
            principal=visit.principal,
            wish=wish,
            at=visit.at,
            request=request_key(visit.key, "appointment", about.person_id or "", repr(wish)),
        )
    except ValidationFailed as refusal:
        return _form(visit, about, code, refusal.errors)
    except RuleRefused as refusal:
        return _form(visit, about, code, (FieldError(field="", code=refusal.reason, message=refusal.detail),))
    return Redirect(to=about.at(APPOINTMENTS, done="appointment-asked"))


def _wish(visit: Visit, about: Whom, code: str) -> AppointmentWish:
    days: dict[str, date] = {}
    errors = []
    doctor = visit.form.get("doctor", "")[:50]
    if not doctor:
        errors.append(FieldError(field="doctor", code="required", message="Выберите врача"))
    for name in ("wished_from", "wished_until"):
        typed = visit.form.get(name, "").strip()[:20]
        try:
            days[name] = read_date(text=typed)
        except InvalidValue as refusal:
            message = refusal.detail if typed else "Укажите день, месяц и год"
            errors.append(FieldError(field=name, code=refusal.reason, message=message))
    if errors:
        raise ValidationFailed(errors)
    return AppointmentWish(clinic_code=code, doctor_id=doctor, person_id=about.person_id, **days)


def _form(visit: Visit, about: Whom, code: str, errors: tuple[FieldError, ...]) -> Page:
    file = clinic_card(tools=container(), code=code)
    context = {
        "section": "clinics",
        "about": about,
        "clinic": file.clinic,
        "doctors": doctors_to_see(file, person_of(visit, about), on=local_date(at=visit.at, region=file.clinic.region)),
        "typed": visit.form if errors else {},
        "wrong": {error.field: error.message for error in errors},
        "errors": [_line(error) for error in errors],
        "key": container().ids.new_id(at=visit.at),
    }
    return Page(template="pages/appointment_new.html", context=context, status=UNPROCESSABLE if errors else 200)


def _line(error: FieldError) -> dict[str, str]:
    title = _TITLES.get(error.field, "")
    return {"title": title, "message": error.message, "anchor": f"#{error.field}" if title else ""}


@blueprint.page("POST", f"{APPOINTMENTS}/{{appointment_id}}/withdrawal")
def withdraw(visit: Visit, appointment_id: str) -> Answer:
    """Take a request back, as long as it is not answered."""
    about = whom(visit)
    withdraw_appointment(
        tools=container(),
        principal=visit.principal,
        person_id=about.person_id,
        appointment_id=entity_id(appointment_id),
        at=visit.at,
    )
    return Redirect(to=about.at(APPOINTMENTS, done="appointment-withdrawn"))
