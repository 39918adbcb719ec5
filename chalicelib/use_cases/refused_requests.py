"""Refusals of clinics, and of certificates of insurance: found among one's own, and undone by an appeal (L1)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from chalicelib.domain.appeal import Effect, Refused
from chalicelib.domain.appeal_rules import SubjectKind, subject_topic
from chalicelib.domain.attachment import Attachment, reopened_attachment
from chalicelib.domain.attachment_states import AttachmentState
from chalicelib.domain.audit import SYSTEM
from chalicelib.domain.errors import RuleRefused, StateConflict
from chalicelib.domain.insurance_certificate import (
    InsuranceCertificate,
    InsuranceCertificateEvent,
    InsuranceCertificateState,
    advance_certificate,
)
from chalicelib.domain.records import Queue
from chalicelib.domain.regions import home_region
from chalicelib.ports.errors import NotFound
from chalicelib.use_cases.attachment_steps import attachment_details, book_of, kept_attachment, tell_clinic
from chalicelib.use_cases.journal import record, send

if TYPE_CHECKING:
    from collections.abc import Iterator

    from chalicelib.domain.principal import Principal
    from chalicelib.ports.folders import PersonFile
    from chalicelib.ports.toolbox import Toolbox
    from chalicelib.use_cases.appeal_subjects import Undoing


def _folders(tools: Toolbox, principal: Principal) -> Iterator[tuple[str, PersonFile]]:
    """The own folder, and those of the persons whom one represents (1 AWS call each, as they are needed)."""
    own = tools.store.person_file(person_id=principal.account_id)
    yield principal.account_id, own
    for right in own.represented:
        yield right.person_id, tools.store.person_file(person_id=right.person_id)


def refused_attachment(tools: Toolbox, principal: Principal, subject_id: str) -> tuple[Refused, str]:
    """Find the refusal of an attachment that the principal asked for, and whom it is about.

    Raises:
        NotFound: there is no such request of this account.
        StateConflict: it is not refused.
    """
    for person_id, known in _folders(tools, principal):
        found = kept_attachment(known, subject_id)
        if found is not None and found.account_id == principal.account_id:
            return _refused_attachment(known, found), person_id
    raise NotFound("Прикрепление не найдено")


def _refused_attachment(known: PersonFile, found: Attachment) -> Refused:
    if found.state is not AttachmentState.REFUSED:
        raise StateConflict("В этом прикреплении не отказано: обжаловать нечего")
    kind, last = SubjectKind.ATTACHMENT, found.history[-1]
    return Refused(
        kind=kind,
        subject_id=found.attachment_id,
        number="",
        refused_at=last.at,
        refused_by=last.actor,
        region=found.region,
        insurer_code=_insurer_of(known),
        topic=subject_topic(subject=kind),
    )


def refused_certificate(tools: Toolbox, principal: Principal, subject_id: str) -> tuple[Refused, str]:
    """Find the refusal of a certificate of insurance that the principal asked for, and whom it is about.

    Raises:
        NotFound: there is no such certificate of this account.
        StateConflict: it is not refused.
    """
    for person_id, known in _folders(tools, principal):
        found = tools.store.insurance_certificate(person_id=person_id, certificate_id=subject_id)
        if found is not None and found.account_id == principal.account_id:
            return _refused_certificate(known, found), person_id
    raise NotFound("Справка не найдена")


def _refused_certificate(known: PersonFile, found: InsuranceCertificate) -> Refused:
    if found.state is not InsuranceCertificateState.REFUSED:
        raise StateConflict("В этой справке не отказано: обжаловать нечего")
    kind = SubjectKind.INSURANCE_CERTIFICATE
    address = known.person.address if known.person else {}
    return Refused(
        kind=kind,
        subject_id=found.certificate_id,
        number="",
        refused_at=found.history[-1].at,
        refused_by=SYSTEM,
        region=home_region(form={"registration_address": address}),
        insurer_code=_insurer_of(known),
        topic=subject_topic(subject=kind),
    )


def _insurer_of(known: PersonFile) -> str:
    """The insurer whose operators may decide first; without a policy the fund does."""
    policy = known.standing_policy
    return policy.periods[-1].insurer_code if policy is not None and policy.periods else ""


def ask_clinic_again(undoing: Undoing) -> Effect:
    """The clinic has to decide anew, and a place with the doctor is held again (2 AWS calls).

    Raises:
        RuleRefused: the doctor takes nobody any more, or has no place.
    """
    refused, tools, work, at = undoing.appeal.refused, undoing.tools, undoing.work, undoing.at
    known = tools.store.person_file(person_id=undoing.appeal.person_id)
    found = kept_attachment(known, refused.subject_id)
    if found is None or found.state is not AttachmentState.REFUSED or found.history[-1].at != refused.refused_at:
        return Effect.ALREADY_UNDONE
    book, _ = book_of(known, person_id=found.person_id, area=found.area)
    if book.live_id or book.standing_id != found.former_id:
        return Effect.ANOTHER_UNDER_WAY
    file = tools.store.clinic_file(code=found.clinic_code)
    doctor = file.doctor(found.doctor_id) if file is not None else None
    if doctor is None:
        raise RuleRefused("doctor_not_available", "Этот врач больше не принимает: посоветуйте выбрать другого")
    again = reopened_attachment(attachment=found, at=at, actor=undoing.actor)
    details = {**attachment_details(again), "appeal_id": undoing.appeal.appeal_id}
    again = record(
        again, work=work, tools=tools, name="attachment_reopened", at=at, actor=undoing.actor, details=details
    )
    work.update(again)
    work.update(replace(book, live_id=found.attachment_id))
    work.take_place(clinic_code=found.clinic_code, doctor_id=found.doctor_id, limit=doctor.limit)
    tell_clinic(work=work, tools=tools, attachment=again, kind="clinic_asked_to_attach", at=at)
    return Effect.CHECKED_ANEW


def decide_certificate_again(undoing: Undoing) -> Effect:
    """The certificate is decided by what is known now (1 AWS call)."""
    refused, tools, work, at = undoing.appeal.refused, undoing.tools, undoing.work, undoing.at
    person_id = undoing.appeal.person_id
    found = tools.store.insurance_certificate(person_id=person_id, certificate_id=refused.subject_id)
    is_refused = found is not None and found.state is InsuranceCertificateState.REFUSED
    if found is None or not is_refused or found.history[-1].at != refused.refused_at:
        return Effect.ALREADY_UNDONE
    again, rule = advance_certificate(certificate=found, event=InsuranceCertificateEvent.REOPEN, at=at)
    again = replace(again, refusal_code="", possible_on=None)
    details = {"certificate_id": found.certificate_id, "appeal_id": undoing.appeal.appeal_id}
    again = record(again, work=work, tools=tools, name=rule.entry, at=at, actor=undoing.actor, details=details)
    work.update(again)
    body = {"person_id": person_id, "certificate_id": found.certificate_id}
    send(work=work, tools=tools, queue=Queue.DOCUMENTS, body=body, at=at)
    return Effect.CHECKED_ANEW
