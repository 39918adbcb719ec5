"""What every step of an attachment has in common: one transaction with book, place, journal and messages (J2)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from chalicelib.domain.attachment import AttachmentBook, move_attachment
from chalicelib.domain.attachment_states import AttachmentEvent, attachment_rule
from chalicelib.ports.errors import NotFound
from chalicelib.use_cases.journal import notify, record

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.domain.areas import AreaType
    from chalicelib.domain.attachment import Attachment
    from chalicelib.domain.audit import Actor
    from chalicelib.domain.person import Person
    from chalicelib.ports.folders import PersonFile
    from chalicelib.ports.storage import UnitOfWork
    from chalicelib.ports.toolbox import Toolbox


def book_of(known: PersonFile, *, person_id: str, area: AreaType) -> tuple[AttachmentBook, bool]:
    """The book of a person and an area, and whether it is kept already."""
    found = next((book for book in known.attachment_books if book.area is area), None)
    return found or AttachmentBook(person_id=person_id, area=area), found is not None


def kept_attachment(known: PersonFile, attachment_id: str) -> Attachment | None:
    """An attachment of the person's folder, or None."""
    return next((found for found in known.attachments if found.attachment_id == attachment_id), None)


def person_in(known: PersonFile) -> Person:
    """The person whose folder it is; raises NotFound where nobody stands in it."""
    if known.person is None:
        raise NotFound("Человек не найден")
    return known.person


def step(
    *, work: UnitOfWork, tools: Toolbox, attachment: Attachment, event: AttachmentEvent, actor: Actor, at: datetime
) -> Attachment:
    """Add one step to a unit of work: the moved attachment, its journal entry and its messages; returns it moved.

    A place that the attachment leaves is given back.

    Raises:
        StateConflict: the attachment is in another state.
    """
    rule = attachment_rule(state=attachment.state, event=event)
    moved = move_attachment(attachment=attachment, event=event, at=at, actor=actor)
    details = attachment_details(moved)
    moved = record(moved, work=work, tools=tools, name=rule.entry, at=at, actor=actor, details=details)
    work.update(moved)
    if event is not AttachmentEvent.ATTACH:
        work.free_place(clinic_code=moved.clinic_code, doctor_id=moved.doctor_id)
    if rule.notification is not None:
        tell_person(work=work, tools=tools, attachment=moved, kind=rule.notification, at=at)
    return moved


def tell_person(*, work: UnitOfWork, tools: Toolbox, attachment: Attachment, kind: str, at: datetime) -> None:
    """Queue a notification for who asked."""
    context = {"day": str(attachment.local_day(at)), "due_on": str(attachment.due_on)}
    notify(work=work, tools=tools, kind=kind, person_id=attachment.account_id, at=at, context=context)


def tell_clinic(*, work: UnitOfWork, tools: Toolbox, attachment: Attachment, kind: str, at: datetime) -> None:
    """Queue a notification for the clinic of an attachment; it names nobody."""
    day, due_on = str(attachment.local_day(at)), str(attachment.due_on)
    context = {"clinic_code": attachment.clinic_code, "day": day, "due_on": due_on}
    notify(work=work, tools=tools, kind=kind, person_id=attachment.person_id, at=at, context=context)


def attachment_details(attachment: Attachment) -> dict[str, str]:
    """What the journal says of an attachment: ids and codes, nothing personal."""
    told = {
        "attachment_id": attachment.attachment_id,
        "clinic": attachment.clinic_code,
        "doctor_id": attachment.doctor_id,
        "reason": attachment.reason.value,
    }
    return told | ({"refusal": attachment.refusal} if attachment.refusal else {})


def stored(attachment: Attachment) -> Attachment:
    """An attachment as it stands after the commit that updated it."""
    return replace(attachment, version=attachment.version + 1)
