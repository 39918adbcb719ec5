"""Attachments to clinics as JSON (requirement J2)."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from pydantic import Field

from chalicelib.domain.areas import AREA_TITLES, AreaType
from chalicelib.domain.attachment import ATTACHMENT_REASON_TITLES, AttachmentReason
from chalicelib.domain.attachment_states import (
    ATTACHMENT_REFUSALS,
    ATTACHMENT_STATE_TITLES,
    ATTACHMENT_TRANSITIONS,
    FINAL_ATTACHMENT_STATES,
    AttachmentEvent,
    AttachmentState,
    AttachmentWho,
    open_attachment_events,
)
from chalicelib.http.models import In, Out, PageQuery, Query
from chalicelib.http.schemas.people import AddressIn

if TYPE_CHECKING:
    from collections.abc import Mapping

    from chalicelib.domain.attachment import Attachment
    from chalicelib.domain.person import Person


class AttachmentIn(In):
    """Which clinic and doctor are chosen."""

    clinic: str = Field(max_length=10, description="Код медицинской организации, F032", examples=["770001"])
    doctor: str = Field(max_length=50, description="Врач из списка медицинской организации", examples=["d001"])
    reason: AttachmentReason = Field(strict=False, description="По желанию или после переезда", examples=["by_wish"])
    address: AddressIn = Field(description="Где живёт пациент: для вызова на дом и чтобы был виден переезд")


class AttachmentDecisionIn(In):
    """What the registrar decides."""

    refusal: str = Field(
        default="",
        max_length=50,
        description="Пусто, чтобы прикрепить; иначе причина из справочника attachment-refusals",
        examples=[""],
    )
    comment: str = Field(default="", max_length=500, description="Пояснение для заявителя")


class AttachmentsQuery(PageQuery):
    """Which attachments to list."""

    state: AttachmentState = Field(default=AttachmentState.REQUESTED, description="Состояние")


class PartQuery(Query):
    """Which part of a file."""

    part: int = Field(default=1, ge=1, le=999, description="Номер части файла")


class AttachmentStepOut(Out):
    """One step of the history."""

    state: AttachmentState
    state_title: str
    event: AttachmentEvent | None
    at: datetime
    by: str


class AttachmentRowOut(Out):
    """An attachment without anything personal, as lists of a clinic show it."""

    id: str
    person_id: str
    clinic_code: str
    doctor_id: str
    area: AreaType
    area_title: str
    reason: AttachmentReason
    reason_title: str
    state: AttachmentState
    state_title: str
    requested_at: datetime
    due_on: date
    is_overdue: bool
    attached_on: date | None
    detached_on: date | None = Field(description="Первый день, когда прикрепления уже нет")
    refusal: str | None
    refusal_title: str | None
    refusal_mend: str | None
    may: list[AttachmentEvent] = Field(description="Что сейчас можно сделать")


class AttachmentOut(AttachmentRowOut):
    """An attachment whole."""

    clinic_name: str
    former_clinic: str | None
    comment: str
    address: dict[str, str]
    history: list[AttachmentStepOut]


class AttachmentListOut(Out):
    """All attachments of a person, newest first."""

    items: list[AttachmentOut]


class PatientOut(Out):
    """The person whom a clinic is asked to attach."""

    family_name: str
    given_name: str
    middle_name: str
    born_on: str
    sex: str
    snils: str
    policy_number: str | None


class AttachmentCaseOut(Out):
    """A request with the person."""

    attachment: AttachmentOut
    person: PatientOut


class LateRequestOut(Out):
    """A request that is not decided in time."""

    attachment_id: str
    clinic_code: str
    clinic_name: str
    doctor_id: str
    requested_at: datetime
    due_on: date


def attachment_row_out(found: Attachment, who: AttachmentWho) -> AttachmentRowOut:
    """Present an attachment in a list."""
    return AttachmentRowOut(**_row(found, who))


def attachment_out(found: Attachment, who: AttachmentWho, *, clinic_name: str) -> AttachmentOut:
    """Present an attachment to the person or to the clinic."""
    return AttachmentOut(
        **_row(found, who),
        clinic_name=clinic_name,
        former_clinic=found.former_clinic or None,
        comment=found.comment,
        address=dict(found.address),
        history=[
            AttachmentStepOut(
                state=step.state,
                state_title=ATTACHMENT_STATE_TITLES[step.state],
                event=step.event,
                at=step.at,
                by=step.actor.kind,
            )
            for step in found.history
        ],
    )


def case_out(found: Attachment, person: Person, *, clinic_name: str) -> AttachmentCaseOut:
    """Present a request with the person to the clinic."""
    return AttachmentCaseOut(
        attachment=attachment_out(found, AttachmentWho.CLINIC, clinic_name=clinic_name),
        person=PatientOut.model_validate(person),
    )


def _row(found: Attachment, who: AttachmentWho) -> Mapping[str, Any]:
    refusal = ATTACHMENT_REFUSALS.get(found.refusal)
    same = ("person_id", "clinic_code", "doctor_id", "area", "reason", "state", "requested_at", "due_on")
    return {
        **{name: getattr(found, name) for name in (*same, "is_overdue", "attached_on", "detached_on")},
        "id": found.attachment_id,
        "area_title": AREA_TITLES[found.area],
        "reason_title": ATTACHMENT_REASON_TITLES[found.reason],
        "state_title": ATTACHMENT_STATE_TITLES[found.state],
        "refusal": found.refusal or None,
        "refusal_title": refusal.title if refusal else None,
        "refusal_mend": refusal.mend if refusal else None,
        "may": list(open_attachment_events(state=found.state, who=who)),
    }


def attachment_states() -> list[dict[str, Any]]:
    """The states of an attachment with their arrows, for the dictionaries."""
    return [
        {
            "code": state.value,
            "title": title,
            "is_final": state in FINAL_ATTACHMENT_STATES,
            "transitions": [
                {
                    "event": rule.event.value,
                    "target": rule.target.value,
                    "by": rule.by.value,
                    "notification": rule.notification,
                    "clinic_notification": rule.clinic_notification,
                    "silent_because": rule.silent_because,
                }
                for rule in ATTACHMENT_TRANSITIONS
                if rule.source is state
            ],
        }
        for state, title in ATTACHMENT_STATE_TITLES.items()
    ]


def attachment_refusals() -> list[dict[str, Any]]:
    """Why a clinic may refuse, for the dictionaries."""
    return [
        {"code": code, "title": refusal.title, "mend": refusal.mend, "source": refusal.source}
        for code, refusal in ATTACHMENT_REFUSALS.items()
    ]
