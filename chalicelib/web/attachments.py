"""Attachment to a clinic and a doctor: chosen, asked for, followed, taken back (requirement J2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.bootstrap import container
from chalicelib.domain.attachment import AttachmentReason
from chalicelib.domain.errors import FieldError, RuleRefused, StateConflict, ValidationFailed
from chalicelib.domain.regions import local_date
from chalicelib.http.applications import entity_id
from chalicelib.use_cases.attachments import (
    AttachmentWish,
    find_attachment,
    request_attachment,
    withdraw_attachment,
)
from chalicelib.use_cases.find_clinics import clinic_card
from chalicelib.use_cases.idempotency import request_key
from chalicelib.web.answers import UNPROCESSABLE, Answer, Page, Redirect
from chalicelib.web.attachment_presenters import TITLES, clinic_facts, doctors_of, page_of
from chalicelib.web.blueprint import WebBlueprint
from chalicelib.web.clinics import CLINICS, home_of, person_of, serving
from chalicelib.web.form_fields import rows
from chalicelib.web.postal_address import address_fields, as_typed, typed_address
from chalicelib.web.rendering import address
from chalicelib.web.whom import Whom, whom

if TYPE_CHECKING:
    from chalicelib.domain.attachment import Attachment
    from chalicelib.web.visits import Visit

blueprint = WebBlueprint(__name__)

ATTACHMENTS = "/cabinet/attachments"
ONE = f"{ATTACHMENTS}/{{attachment_id}}"
_FIRST_POLICY = "/cabinet/applications/new?kind=first_policy"
_WAYS_OUT = {
    "not_insured": ("Оформить полис", _FIRST_POLICY, f"{_FIRST_POLICY}&for={{}}"),
    "consent_required": ("Дать согласие", _FIRST_POLICY, "/cabinet/family/{}"),
}
"""Reason of a refusal → what mends it, and where: of one's own, of a represented person."""


@blueprint.page("GET", f"{CLINICS}/{{code}}")
def choose(visit: Visit, code: str) -> Answer:
    """One clinic with its doctors and their free places, and the form by which one of them is chosen."""
    return _choice(visit, whom(visit), code, ())


@blueprint.page("POST", ATTACHMENTS)
def attach(visit: Visit) -> Answer:
    """Ask for attachment; a repeated form leads to the first request."""
    about, code = whom(visit), visit.form.get("clinic", "")[:10]
    try:
        asked = _asked(visit, _wish(visit, about, code))
    except ValidationFailed as refusal:
        return _choice(visit, about, code, refusal.errors)
    except RuleRefused as refusal:
        return _choice(visit, about, code, (FieldError(field="", code=refusal.reason, message=refusal.detail),))
    except StateConflict as refusal:
        return _choice(visit, about, code, (FieldError(field="", code=refusal.code, message=refusal.detail),))
    return Redirect(to=about.at(f"{ATTACHMENTS}/{asked.attachment_id}", done="attachment-asked"))


def _wish(visit: Visit, about: Whom, code: str) -> AttachmentWish:
    doctor, reason = visit.form.get("doctor", "")[:50], visit.form.get("reason", "")
    errors = []
    if not doctor:
        errors.append(FieldError(field="doctor", code="required", message="Выберите врача"))
    if reason not in set(AttachmentReason):
        errors.append(FieldError(field="reason", code="required", message="Выберите причину"))
    if errors:
        raise ValidationFailed(errors)
    return AttachmentWish(
        clinic_code=code,
        doctor_id=doctor,
        reason=AttachmentReason(reason),
        address=typed_address(visit.form),
        person_id=about.person_id,
    )


def _asked(visit: Visit, wish: AttachmentWish) -> Attachment:
    return request_attachment(
        tools=container(),
        principal=visit.principal,
        wish=wish,
        at=visit.at,
        request=request_key(visit.key, "attachment", wish.person_id or "", repr(wish)),
    )


def _choice(visit: Visit, about: Whom, code: str, errors: tuple[FieldError, ...]) -> Page:
    file, person = clinic_card(tools=container(), code=code), person_of(visit, about)
    home = home_of(visit, person)
    served = [one.area.doctor_id for one in serving(visit, home) if one.area and one.clinic.code == code]
    wrong = {error.field: error.message for error in errors}
    typed = visit.form if errors else as_typed(home)
    on = local_date(at=visit.at, region=file.clinic.region)
    context = {
        "section": "clinics",
        "about": about,
        "clinic": file.clinic,
        "facts": clinic_facts(file.clinic),
        "doctors": doctors_of(file, person, on=on, served=served),
        "doctor": typed.get("doctor", ""),
        "reasons": [{**row, "hint": ""} for row in rows("attachment-reasons")],
        "reason": typed.get("reason", ""),
        "fields": address_fields(typed, wrong),
        "wrong": wrong,
        "errors": [_line(error, about) for error in errors],
        "key": container().ids.new_id(at=visit.at),
    }
    return Page(template="pages/clinic_choice.html", context=context, status=UNPROCESSABLE if errors else 200)


def _line(error: FieldError, about: Whom) -> dict[str, str]:
    if error.code in _WAYS_OUT:
        title, own, another = _WAYS_OUT[error.code]
        path = another.format(about.person_id) if about.person_id else own
        return {"title": title, "message": error.message, "anchor": address(path)}
    title = TITLES.get(error.field, "")
    return {"title": title, "message": error.message, "anchor": f"#{error.field.replace('.', '-')}" if title else ""}


@blueprint.page("GET", ONE)
def follow(visit: Visit, attachment_id: str) -> Answer:
    """One attachment: its state, by when it is decided, why it was refused and what to do."""
    about = whom(visit)
    found = find_attachment(
        tools=container(),
        principal=visit.principal,
        person_id=about.person_id,
        attachment_id=entity_id(attachment_id),
        at=visit.at,
    )
    context = {"section": "clinics", "about": about, "here": f"{ATTACHMENTS}/{attachment_id}", **page_of(found)}
    return Page(template="pages/attachment.html", context=context)


@blueprint.page("POST", f"{ONE}/withdrawal")
def withdraw(visit: Visit, attachment_id: str) -> Answer:
    """Take the request back, as long as it is not decided."""
    about = whom(visit)
    withdraw_attachment(
        tools=container(),
        principal=visit.principal,
        person_id=about.person_id,
        attachment_id=entity_id(attachment_id),
        at=visit.at,
    )
    return Redirect(to=about.at(f"{ATTACHMENTS}/{attachment_id}", done="attachment-withdrawn"))
