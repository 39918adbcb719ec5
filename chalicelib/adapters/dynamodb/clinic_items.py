"""Clinics, doctors, areas and attachments as items: their keys, and what their indexes need beside the body."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from chalicelib.adapters.dynamodb import clinic_keys, index_keys
from chalicelib.domain.appointment import Appointment
from chalicelib.domain.attachment import Attachment, AttachmentBook
from chalicelib.domain.attachment_states import AttachmentState
from chalicelib.domain.clinic import Clinic, Doctor, ServedArea
from chalicelib.ports.clinics import LateRequest

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date

    from chalicelib.adapters.dynamodb.keys import Key

Item = dict[str, dict[str, Any]]

_late = msgspec.json.Decoder(LateRequest)


def attachment_day(entity: Attachment) -> date:
    """The day by which a clinic's attachments in one state are sorted."""
    if entity.state is AttachmentState.REQUESTED:
        return entity.due_on
    return entity.detached_on or entity.attached_on or entity.local_day(entity.history[-1].at)


def late_request(item: Mapping[str, Mapping[str, Any]]) -> LateRequest:
    """Read what the fund's index holds of an overdue request."""
    return _late.decode(item["summary"]["S"])


def _attachment(entity: Attachment) -> Item:
    day, state = attachment_day(entity).isoformat(), entity.state.value
    item: Item = dict(clinic_keys.attachment_index(entity.clinic_code, state, day, entity.attachment_id))
    if entity.next_step_at is not None:
        item |= index_keys.due_index("attachment", entity.attachment_id, entity.next_step_at)
    if entity.is_overdue and entity.state is AttachmentState.REQUESTED:
        names = LateRequest.__dataclass_fields__
        summary = LateRequest(**{name: getattr(entity, name) for name in names})
        late = clinic_keys.late_index(entity.region, entity.due_on.isoformat(), entity.attachment_id)
        item |= {"summary": {"S": msgspec.json.encode(summary).decode()}, **late}
    return item


def _area(entity: ServedArea) -> Item:
    return dict(clinic_keys.area_index(entity.region, entity.street_key, entity.clinic_code, entity.area_id))


def _doctor(entity: Doctor) -> Item:
    return dict(clinic_keys.doctor_index(entity.region, entity.speciality, entity.clinic_code, entity.doctor_id))


KEYS: Mapping[type, Callable[[Any], Key]] = {
    Clinic: lambda e: clinic_keys.clinic(e.code),
    Doctor: lambda e: clinic_keys.doctor(e.clinic_code, e.doctor_id),
    ServedArea: lambda e: clinic_keys.area(e.clinic_code, e.area_id),
    Attachment: lambda e: clinic_keys.attachment(e.person_id, e.attachment_id),
    Appointment: lambda e: clinic_keys.appointment(e.person_id, e.appointment_id),
    AttachmentBook: lambda e: clinic_keys.attachment_book(e.person_id, e.area),
}

EXTRAS: Mapping[type, Callable[[Any], Item]] = {
    Clinic: lambda e: dict(clinic_keys.clinic_index(e.region, e.code)),
    Doctor: _doctor,
    ServedArea: _area,
    Attachment: _attachment,
    Appointment: lambda e: dict(clinic_keys.appointment_index(e.clinic_code, e.state.value, e.appointment_id)),
}
