"""Attachments, clinics and their doctors as pages show them (requirements J1, J2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chalicelib.bootstrap import container
from chalicelib.domain.attachment_states import AttachmentState, AttachmentWho
from chalicelib.domain.birth_date import parse_birth_date
from chalicelib.domain.clinic import AGES_TITLES, places_left
from chalicelib.domain.errors import InvalidValue
from chalicelib.domain.regions import is_region, region_name
from chalicelib.http.schemas.attachments import attachment_out
from chalicelib.http.schemas.clinics import doctor_out
from chalicelib.ports.errors import NotFound
from chalicelib.use_cases.find_clinics import clinic_card
from chalicelib.web.postal_address import ADDRESS_TITLES
from chalicelib.web.rendering import day, moment

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import date

    from chalicelib.domain.attachment import Attachment
    from chalicelib.domain.clinic import Clinic, Doctor
    from chalicelib.domain.person import Person
    from chalicelib.http.schemas.attachments import AttachmentOut
    from chalicelib.ports.clinics import ClinicFile
    from chalicelib.web.whom import Whom

_STATE = AttachmentState
TONES = {_STATE.REQUESTED: "wait", _STATE.ATTACHED: "good", _STATE.REFUSED: "bad"}
TITLES = {"clinic": "Медицинская организация", "doctor": "Врач", "reason": "Причина", **ADDRESS_TITLES}
"""What the fields of the form are called."""


def in_list(found: Attachment, about: Whom) -> dict[str, Any]:
    """One row of a list."""
    shown = _shown(found)
    return {
        "address": about.at(f"/cabinet/attachments/{found.attachment_id}"),
        "clinic": shown.clinic_name,
        "code": found.clinic_code,
        "area": shown.area_title,
        "state": shown.state_title,
        "tone": TONES.get(found.state, "quiet"),
        "asked": moment(found.requested_at),
        "due": day(found.due_on),
        "days": _days(found),
    }


def standing(found: Attachment, about: Whom) -> dict[str, Any]:
    """A row of an attachment that stands, with the doctor."""
    return {**in_list(found, about), "doctor": doctor_name(found.clinic_code, found.doctor_id)}


def page_of(found: Attachment) -> dict[str, Any]:
    """Everything that the page of one shows."""
    shown = _shown(found)
    return {
        "item": shown,
        "tone": TONES.get(found.state, "quiet"),
        "facts": [
            ("Врач", doctor_name(found.clinic_code, found.doctor_id)),
            ("Участок", shown.area_title),
            ("Причина", shown.reason_title),
            ("Подано", moment(found.requested_at)),
            ("Решение не позднее", day(found.due_on) if found.state is _STATE.REQUESTED else ""),
            ("Прикрепление", _days(found)),
            ("Адрес", _address(found.address)),
        ],
        "moments": _moments(found, shown),
        "may_withdraw": "withdraw" in shown.may,
    }


def clinic_facts(clinic: Clinic) -> list[tuple[str, str]]:
    """What a person wants to know of a clinic."""
    return [("Адрес", clinic.address), ("Телефон", clinic.phone), ("Профиль", clinic.profile)]


def doctors_of(file: ClinicFile, person: Person | None, *, on: date, served: Collection[str]) -> list[dict[str, Any]]:
    """The doctors to whom this person may be attached, those first who serve the home; ``left`` counts free places."""
    takes = [doctor for doctor in file.doctors if doctor.area is not None and _takes(doctor, person, on)]
    found = [_doctor(doctor, file, served) for doctor in takes]
    return sorted(found, key=lambda row: (not row["is_mine"], not row["left"], row["area"], row["name"]))


def doctors_to_see(file: ClinicFile, person: Person | None, *, on: date) -> list[dict[str, str]]:
    """All doctors who see this person, as rows of a choice: by speciality, then by name."""
    found = sorted(file.doctors, key=lambda doctor: (doctor.speciality_title, doctor.name, doctor.doctor_id))
    return [
        {"code": doctor.doctor_id, "title": doctor.name, "hint": doctor.speciality_title}
        for doctor in found
        if _takes(doctor, person, on)
    ]


def _doctor(doctor: Doctor, file: ClinicFile, served: Collection[str]) -> dict[str, Any]:
    left = places_left(doctor=doctor, taken=file.taken)
    shown = doctor_out(doctor, left=left)
    return {
        "code": doctor.doctor_id,
        "name": doctor.name,
        "about": shown.speciality_title,
        "area": shown.area_title or "",
        "ages": f"Для {AGES_TITLES[doctor.ages]}",
        "left": left,
        "is_mine": doctor.doctor_id in served,
    }


def _takes(doctor: Doctor, person: Person | None, on: date) -> bool:
    """Whether the doctor takes people of this age; one whose birth date is not known yet sees all doctors."""
    try:
        born = parse_birth_date(text=person.born_on if person else "", on=on)
    except InvalidValue:
        return True
    return doctor.serves(age=born.age_on(on))


def _shown(found: Attachment) -> AttachmentOut:
    name = container().store.clinic_name(code=found.clinic_code)
    return attachment_out(found, AttachmentWho.PERSON, clinic_name=name or found.clinic_code)


def doctor_name(clinic_code: str, doctor_id: str) -> str:
    """Who a doctor is; "" when the registry has neither the doctor nor the clinic any more."""
    try:
        doctor = clinic_card(tools=container(), code=clinic_code).doctor(doctor_id)
    except NotFound:
        return ""
    return f"{doctor.name}, {doctor.speciality_title}" if doctor else ""


def _days(found: Attachment) -> str:
    if found.attached_on is None:
        return ""
    return f"с {day(found.attached_on)}" + (f" до {day(found.detached_on)}" if found.detached_on else "")


def _address(address: Mapping[str, str]) -> str:
    region = address.get("region", "")
    flat = f"кв. {address['flat']}" if address.get("flat") else ""
    parts = (region_name(code=region) if is_region(code=region) else "", address.get("city", ""))
    return ", ".join(dict.fromkeys(filter(None, (*parts, address.get("street", ""), address.get("house", ""), flat))))


def _moments(found: Attachment, shown: AttachmentOut) -> list[dict[str, str]]:
    """What happened, oldest first, and the decision that is still to come."""
    done = [
        {
            "title": step.state_title,
            "at": moment(step.at),
            "text": "",
            "tone": TONES.get(step.state, "") if step.state is not _STATE.REQUESTED else "",
        }
        for step in shown.history
    ]
    if found.state is _STATE.REQUESTED:
        due = f"не позднее {day(found.due_on)}"
        done.append({"title": "Решение медицинской организации", "at": due, "text": "", "tone": "to-come"})
    return done
