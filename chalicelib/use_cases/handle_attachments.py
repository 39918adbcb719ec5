"""What a clinic's registrar does with requests for attachment, and what the fund sees of those that are late (J2)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from chalicelib.domain.attachment import Attachment, check_year
from chalicelib.domain.attachment_states import ATTACHMENT_REFUSALS, AttachmentEvent, AttachmentState
from chalicelib.domain.errors import FieldError, NotPermitted, ValidationFailed
from chalicelib.domain.principal import Role
from chalicelib.ports.errors import NotFound
from chalicelib.use_cases.access import actor_of, require_role
from chalicelib.use_cases.attachment_steps import (
    attachment_details,
    book_of,
    kept_attachment,
    person_in,
    step,
    stored,
    tell_clinic,
)
from chalicelib.use_cases.views import note_view

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.domain.person import Person
    from chalicelib.domain.principal import Principal
    from chalicelib.ports.clinics import LateRequest
    from chalicelib.ports.folders import PersonFile
    from chalicelib.ports.queries import Slice
    from chalicelib.ports.toolbox import Toolbox

ATTACHED_CLINIC_KIND = "clinic_notified_of_arrival"
LEFT_CLINIC_KIND = "clinic_notified_of_departure"


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachmentDecision:
    """What the registrar decides: ``refusal`` is a code of the catalogue, "" to attach."""

    person_id: str
    attachment_id: str
    refusal: str = ""
    comment: str = ""


def clinic_of(principal: Principal) -> str:
    """Return the clinic whose registrar the principal is; raises NotPermitted."""
    require_role(principal, Role.CLINIC_REGISTRAR)
    if principal.clinic is None:
        raise NotPermitted("В учётной записи не указано, где вы работаете: обратитесь к администратору")
    return principal.clinic


def clinics_attachments(
    *, tools: Toolbox, principal: Principal, state: AttachmentState, limit: int, after: str | None
) -> Slice[Attachment]:
    """List a clinic's own attachments in one state, what is due first first (1 AWS call)."""
    code = clinic_of(principal)
    return tools.store.attachments_in(clinic_code=code, state=state, limit=limit, after=after)


def view_attachment(
    *, tools: Toolbox, principal: Principal, person_id: str, attachment_id: str, at: datetime
) -> tuple[Attachment, Person]:
    """Show a request with the person; the view is noted (3 AWS calls).

    Raises:
        NotFound: there is none, or it is of another clinic.
    """
    found = _own(tools.store.person_file(person_id=person_id), principal, attachment_id)
    known = note_view(
        tools=tools,
        principal=principal,
        person_id=person_id,
        name="attachment_viewed",
        details=attachment_details(found),
        at=at,
    )
    return _own(known, principal, attachment_id), person_in(known)


def decide_attachment(
    *, tools: Toolbox, principal: Principal, decision: AttachmentDecision, at: datetime
) -> Attachment:
    """Attach or refuse; the same decision again changes nothing (3 AWS calls).

    The former attachment ends in the same transaction, its doctor's place is free, and its clinic is told.

    Raises:
        NotFound: there is no such request, or it is of another clinic.
        NotPermitted: it is the registrar's own.
        ValidationFailed: the reason of a refusal is not of the catalogue.
        RuleRefused: the person chose another clinic meanwhile, within the year.
        StateConflict: it is decided otherwise, or withdrawn.
    """
    if decision.refusal and decision.refusal not in ATTACHMENT_REFUSALS:
        message = "Выберите причину из справочника: " + ", ".join(ATTACHMENT_REFUSALS)
        raise ValidationFailed([FieldError(field="refusal", code="unknown_refusal", message=message)])
    known = tools.store.person_file(person_id=decision.person_id)
    found = _own(known, principal, decision.attachment_id)
    if principal.account_id in {found.account_id, found.person_id}:
        raise NotPermitted("Собственное заявление рассматривает другой сотрудник")
    event = AttachmentEvent.REFUSE if decision.refusal else AttachmentEvent.ATTACH
    if found.has_just(event) and found.refusal == decision.refusal:
        return found
    decided = replace(found, refusal=decision.refusal, comment=decision.comment)
    return _decide(tools, principal, known, decided, event, at)


def _decide(
    tools: Toolbox, principal: Principal, known: PersonFile, found: Attachment, event: AttachmentEvent, at: datetime
) -> Attachment:
    work, actor = tools.store.work(at=at), actor_of(principal)
    book, _ = book_of(known, person_id=found.person_id, area=found.area)
    former = kept_attachment(known, book.standing_id)
    moved = step(work=work, tools=tools, attachment=found, event=event, actor=actor, at=at)
    book = replace(book, live_id="")
    if event is AttachmentEvent.ATTACH:
        check_year(former=former, reason=found.reason, on=found.local_day(at))
        tell_clinic(work=work, tools=tools, attachment=moved, kind=ATTACHED_CLINIC_KIND, at=at)
        book = replace(book, standing_id=found.attachment_id)
        if former is not None:
            ended = step(work=work, tools=tools, attachment=former, event=AttachmentEvent.END, actor=actor, at=at)
            if ended.clinic_code != found.clinic_code:
                tell_clinic(work=work, tools=tools, attachment=ended, kind=LEFT_CLINIC_KIND, at=at)
    work.update(book)
    work.commit()
    return stored(moved)


def late_requests(*, tools: Toolbox, principal: Principal, limit: int, after: str | None) -> Slice[LateRequest]:
    """List what clinics of the fund's region did not decide in time, longest first (1 AWS call)."""
    require_role(principal, Role.FUND_OPERATOR)
    if principal.region is None:
        raise NotPermitted("В учётной записи не указано, где вы работаете: обратитесь к администратору")
    return tools.store.late_attachments(region=principal.region, limit=limit, after=after)


def _own(known: PersonFile, principal: Principal, attachment_id: str) -> Attachment:
    code = clinic_of(principal)
    found = kept_attachment(known, attachment_id)
    if found is None or found.clinic_code != code:
        raise NotFound("Прикрепление не найдено")
    return found
