"""A person's own attachments to clinics: asked for, listed, withdrawn (requirement J2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from chalicelib.domain.areas import AreaType
from chalicelib.domain.attachment import (
    Attachment,
    AttachmentBook,
    AttachmentReason,
    AttachmentStep,
    check_choice,
    check_year,
    decision_due_on,
)
from chalicelib.domain.attachment_states import AttachmentEvent, AttachmentState
from chalicelib.domain.birth_date import parse_birth_date
from chalicelib.domain.clinic import AGES_TITLES, Clinic, Doctor, places_left
from chalicelib.domain.contacts import PostalAddress, check_address
from chalicelib.domain.errors import FieldError, RuleRefused, StateConflict, ValidationFailed
from chalicelib.domain.person import CONSENT_VERSION, Person
from chalicelib.domain.plain_text import composed
from chalicelib.domain.regions import find_region, local_date
from chalicelib.ports.errors import NotFound
from chalicelib.use_cases import idempotency
from chalicelib.use_cases.access import actor_of, require_citizen, require_confirmed
from chalicelib.use_cases.attachment_steps import (
    attachment_details,
    book_of,
    kept_attachment,
    step,
    stored,
    tell_clinic,
    tell_person,
)
from chalicelib.use_cases.journal import record
from chalicelib.use_cases.merged_records import check_living, main_file
from chalicelib.use_cases.representations import represented_file

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from chalicelib.domain.principal import Principal
    from chalicelib.ports.clinics import ClinicFile
    from chalicelib.ports.folders import PersonFile
    from chalicelib.ports.toolbox import Toolbox


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachmentWish:
    """Which clinic and doctor somebody chooses, why, and where the person lives.

    ``person_id`` names a represented person, None the principal.
    """

    clinic_code: str
    doctor_id: str
    reason: AttachmentReason
    address: Mapping[str, str]
    person_id: str | None = None


def holder_file(*, tools: Toolbox, principal: Principal, person_id: str | None, at: datetime) -> PersonFile:
    """Read one's own folder (1 AWS call), or a represented person's (2); raises NotFound."""
    if person_id is not None:
        return represented_file(tools=tools, principal=principal, person_id=person_id, at=at)
    return main_file(tools=tools, file=tools.store.person_file(person_id=require_citizen(principal)))


def list_attachments(
    *, tools: Toolbox, principal: Principal, person_id: str | None, at: datetime
) -> Sequence[Attachment]:
    """List the attachments of a person, newest first, with all that ended (1 or 2 AWS calls); raises NotFound."""
    known = holder_file(tools=tools, principal=principal, person_id=person_id, at=at)
    return sorted(known.attachments, key=lambda found: found.attachment_id, reverse=True)


def request_attachment(
    *,
    tools: Toolbox,
    principal: Principal,
    wish: AttachmentWish,
    at: datetime,
    request: idempotency.RequestKey | None = None,
) -> Attachment:
    """Ask a clinic for attachment to one of its doctors; a place is held until it decides (4 AWS calls).

    A repeated key returns the first request.

    Raises:
        AccountNotConfirmed: requirement A1.
        NotFound: the principal does not represent that person.
        ValidationFailed: with every mistake.
        RuleRefused: not insured, no place left, not the doctor's age, or a choice in this year stands.
        StateConflict: another request is being decided.
    """
    require_confirmed(principal)
    return idempotency.once(
        request=request,
        principal=principal,
        tools=tools,
        create=lambda: _request(tools, principal, wish, request, at),
        recall=lambda earlier: find_attachment(
            tools=tools, principal=principal, person_id=wish.person_id, attachment_id=earlier, at=at
        ),
    )


def find_attachment(
    *, tools: Toolbox, principal: Principal, person_id: str | None, attachment_id: str, at: datetime
) -> Attachment:
    """Read one attachment; raises NotFound."""
    return _own(holder_file(tools=tools, principal=principal, person_id=person_id, at=at), attachment_id)


def withdraw_attachment(
    *, tools: Toolbox, principal: Principal, person_id: str | None, attachment_id: str, at: datetime
) -> Attachment:
    """Take a request back until it is decided; taking it back again changes nothing (2 AWS calls).

    Raises:
        NotFound: there is none, or it is another person's.
        StateConflict: it is decided.
    """
    require_confirmed(principal)
    known = holder_file(tools=tools, principal=principal, person_id=person_id, at=at)
    found = _own(known, attachment_id)
    if found.has_just(AttachmentEvent.WITHDRAW):
        return found
    work = tools.store.work(at=at)
    actor = actor_of(principal, acts_for=found.person_id)
    moved = step(work=work, tools=tools, attachment=found, event=AttachmentEvent.WITHDRAW, actor=actor, at=at)
    book, _ = book_of(known, person_id=found.person_id, area=found.area)
    work.update(replace(book, live_id=""))
    work.commit()
    return stored(moved)


def _own(known: PersonFile, attachment_id: str) -> Attachment:
    found = kept_attachment(known, attachment_id)
    if found is None:
        raise NotFound("Прикрепление не найдено")
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class _Choice:
    """A wish that the rules allow: whom and where it is about, and what the person had before."""

    person: Person
    clinic: Clinic
    doctor: Doctor
    area: AreaType
    book: AttachmentBook
    book_is_kept: bool
    former: Attachment | None
    address: Mapping[str, str]


def _request(
    tools: Toolbox, principal: Principal, wish: AttachmentWish, request: idempotency.RequestKey | None, at: datetime
) -> Attachment:
    choice = _judged(tools, principal, wish, at)
    actor = actor_of(principal, acts_for=choice.person.person_id)
    asked = _asked(tools, principal, wish, choice, at)
    asked = replace(asked, history=(AttachmentStep(event=None, state=asked.state, at=at, actor=actor),))
    work = tools.store.work(at=at)
    held = replace(choice.book, live_id=asked.attachment_id)
    work.update(held) if choice.book_is_kept else work.create(held)
    doctor = choice.doctor
    work.take_place(clinic_code=choice.clinic.code, doctor_id=doctor.doctor_id, limit=doctor.limit)
    work.require_consent(person_id=choice.person.person_id, version=CONSENT_VERSION)
    details = attachment_details(asked)
    asked = record(asked, work=work, tools=tools, name="attachment_requested", at=at, actor=actor, details=details)
    work.create(asked)
    tell_person(work=work, tools=tools, attachment=asked, kind="attachment_requested", at=at)
    tell_clinic(work=work, tools=tools, attachment=asked, kind="clinic_asked_to_attach", at=at)
    result = asked.attachment_id
    idempotency.remember(work=work, request=request, principal=principal, result=result, tools=tools, at=at)
    work.commit()
    return asked


def _judged(tools: Toolbox, principal: Principal, wish: AttachmentWish, at: datetime) -> _Choice:
    address = _checked_address(wish.address)
    known = holder_file(tools=tools, principal=principal, person_id=wish.person_id, at=at)
    person = _applicant(known)
    clinic, doctor, area = _chosen(tools.store.clinic_file(code=wish.clinic_code), wish, person, at)
    on = local_date(at=at, region=clinic.region)
    _check_insured(known, on)
    book, is_kept = book_of(known, person_id=person.person_id, area=area)
    if book.live_id:
        raise StateConflict("Заявление о прикреплении уже рассматривается: дождитесь решения или отзовите его")
    former = kept_attachment(known, book.standing_id)
    check_choice(former=former, reason=wish.reason, address=address, clinic_doctor=(clinic.code, doctor.doctor_id))
    check_year(former=former, reason=wish.reason, on=on)
    return _Choice(
        person=person,
        clinic=clinic,
        doctor=doctor,
        area=area,
        book=book,
        book_is_kept=is_kept,
        former=former,
        address=address,
    )


def _asked(tools: Toolbox, principal: Principal, wish: AttachmentWish, choice: _Choice, at: datetime) -> Attachment:
    region, former = choice.clinic.region, choice.former
    return Attachment(
        attachment_id=tools.ids.new_id(at=at),
        person_id=choice.person.person_id,
        account_id=principal.account_id,
        clinic_code=choice.clinic.code,
        region=region,
        doctor_id=choice.doctor.doctor_id,
        area=choice.area,
        reason=wish.reason,
        state=AttachmentState.REQUESTED,
        requested_at=at,
        due_on=decision_due_on(on=local_date(at=at, region=region)),
        utc_offset_hours=find_region(code=region).utc_offset_hours,
        address=choice.address,
        former_id=former.attachment_id if former else "",
        former_clinic=former.clinic_code if former else "",
    )


def _checked_address(address: Mapping[str, str]) -> dict[str, str]:
    tidied = {part: composed(text) for part, text in address.items()}
    errors = check_address(address=PostalAddress(**tidied), prefix="address")
    if errors:
        raise ValidationFailed(errors)
    return tidied


def _applicant(known: PersonFile) -> Person:
    check_living(known.person)
    if known.person is None:
        raise RuleRefused("consent_required", "Сначала дайте согласие на обработку персональных данных")
    return known.person


def _chosen(
    file: ClinicFile | None, wish: AttachmentWish, person: Person, at: datetime
) -> tuple[Clinic, Doctor, AreaType]:
    """The clinic, the doctor and the doctor's area, if all of them take this person."""
    if file is None or not file.clinic.works_on(local_date(at=at, region=file.clinic.region)):
        raise _mistake("clinic", "clinic_not_available", "Такой медицинской организации в реестре нет: выберите другую")
    doctor = file.doctor(wish.doctor_id)
    if doctor is None or doctor.area is None:
        message = "К этому врачу не прикрепляются: выберите врача из списка медицинской организации"
        raise _mistake("doctor", "doctor_not_available", message)
    on = local_date(at=at, region=file.clinic.region)
    if not doctor.serves(age=parse_birth_date(text=person.born_on, on=on).age_on(on)):
        raise RuleRefused("wrong_age", f"Этот врач принимает только {AGES_TITLES[doctor.ages]}: выберите другого")
    if places_left(doctor=doctor, taken=file.taken) == 0:
        raise RuleRefused("no_places", "У этого врача не осталось мест: выберите другого")
    return file.clinic, doctor, doctor.area


def _mistake(field: str, code: str, message: str) -> ValidationFailed:
    return ValidationFailed([FieldError(field=field, code=code, message=message)])


def _check_insured(known: PersonFile, on: date) -> None:
    by_policy = any(policy.is_valid_on(on) for policy in known.policies)
    if not by_policy and not any(certificate.is_valid_on(on) for certificate in known.certificates):
        raise RuleRefused("not_insured", "Прикрепиться можно с действующим полисом или временным свидетельством")
