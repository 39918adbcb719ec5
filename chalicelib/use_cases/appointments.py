"""A person's requests for appointments: handed over to a clinic with proof of insurance, listed, withdrawn (J3)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from chalicelib.domain.appointment import (
    MAX_LIVE_APPOINTMENTS,
    Appointment,
    AppointmentEvent,
    AppointmentState,
    AppointmentStep,
    appointment_rule,
    move_appointment,
    proof_to_attach,
    wish_mistakes,
)
from chalicelib.domain.errors import FieldError, RuleRefused, ValidationFailed
from chalicelib.domain.person import CONSENT_VERSION
from chalicelib.domain.regions import find_region, local_date
from chalicelib.ports.errors import NotFound
from chalicelib.use_cases import idempotency
from chalicelib.use_cases.access import actor_of, require_confirmed
from chalicelib.use_cases.attachments import holder_file
from chalicelib.use_cases.journal import notify, record
from chalicelib.use_cases.merged_records import check_living
from chalicelib.use_cases.turns import in_turn, take_turn

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.domain.audit import Actor
    from chalicelib.domain.clinic import Clinic
    from chalicelib.domain.person import Person
    from chalicelib.domain.principal import Principal
    from chalicelib.domain.records import StoredDocument
    from chalicelib.ports.folders import PersonFile
    from chalicelib.ports.queries import Slice
    from chalicelib.ports.storage import UnitOfWork
    from chalicelib.ports.toolbox import Toolbox

_LOOKED_BACK = 100
"""Older requests have long been answered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AppointmentWish:
    """Which doctor of which clinic, and on which days (both included); ``person_id`` names a represented person."""

    clinic_code: str
    doctor_id: str
    wished_from: date
    wished_until: date
    person_id: str | None = None


def list_appointments(
    *, tools: Toolbox, principal: Principal, person_id: str | None, limit: int, after: str | None, at: datetime
) -> Slice[Appointment]:
    """List a person's requests, newest first (2 or 3 AWS calls); raises NotFound."""
    whose = _whose(holder_file(tools=tools, principal=principal, person_id=person_id, at=at), principal)
    return tools.store.appointments_of(person_id=whose, limit=limit, after=after)


def request_appointment(
    *,
    tools: Toolbox,
    principal: Principal,
    wish: AppointmentWish,
    at: datetime,
    request: idempotency.RequestKey | None = None,
) -> Appointment:
    """Hand a request over to the clinic's queue, with proof of insurance (5 AWS calls).

    A repeated key returns the first request.

    Raises:
        AccountNotConfirmed: requirement A1.
        NotFound: the principal does not represent that person.
        ValidationFailed: with every mistake.
        RuleRefused: too many requests wait, or nothing that proves insurance is made yet.
    """
    require_confirmed(principal)
    return idempotency.once(
        request=request,
        principal=principal,
        tools=tools,
        create=lambda: in_turn(lambda: _request(tools, principal, wish, request, at)),
        recall=lambda earlier: find_appointment(
            tools=tools, principal=principal, person_id=wish.person_id, appointment_id=earlier, at=at
        ),
    )


def find_appointment(
    *, tools: Toolbox, principal: Principal, person_id: str | None, appointment_id: str, at: datetime
) -> Appointment:
    """Read one request (2 or 3 AWS calls); raises NotFound."""
    whose = _whose(holder_file(tools=tools, principal=principal, person_id=person_id, at=at), principal)
    found = tools.store.appointment(person_id=whose, appointment_id=appointment_id)
    if found is None:
        raise NotFound("Заявка на приём не найдена")
    return found


def withdraw_appointment(
    *, tools: Toolbox, principal: Principal, person_id: str | None, appointment_id: str, at: datetime
) -> Appointment:
    """Take a request back until it is answered; taking it back again changes nothing.

    Raises:
        NotFound: there is none, or it is another person's.
        StateConflict: it was answered.
    """
    require_confirmed(principal)
    found = find_appointment(
        tools=tools, principal=principal, person_id=person_id, appointment_id=appointment_id, at=at
    )
    if found.has_just(AppointmentEvent.WITHDRAW):
        return found
    actor = actor_of(principal, acts_for=found.person_id)
    return carry_out_appointment(tools=tools, appointment=found, event=AppointmentEvent.WITHDRAW, actor=actor, at=at)


def carry_out_appointment(
    *, tools: Toolbox, appointment: Appointment, event: AppointmentEvent, actor: Actor, at: datetime
) -> Appointment:
    """Move a request along one arrow: journal it and tell who asked (2 AWS calls, 1 where nobody is told).

    Raises:
        StateConflict: it was answered or withdrawn.
        StaleWrite: it changes at this moment.
    """
    rule = appointment_rule(state=appointment.state, event=event)
    moved = move_appointment(appointment=appointment, event=event, at=at, actor=actor)
    work = tools.store.work(at=at)
    details = appointment_details(moved)
    moved = record(moved, work=work, tools=tools, name=rule.entry, at=at, actor=actor, details=details)
    work.update(moved)
    if rule.notification is not None:
        day = moved.local_day(moved.starts_at or at)
        context = {"day": str(day)}
        notify(work=work, tools=tools, kind=rule.notification, person_id=moved.account_id, at=at, context=context)
    work.commit()
    return replace(moved, version=moved.version + 1)


def appointment_details(appointment: Appointment) -> dict[str, str]:
    """What the journal says of a request: ids and codes, nothing personal."""
    return {
        "appointment_id": appointment.appointment_id,
        "clinic": appointment.clinic_code,
        "doctor_id": appointment.doctor_id,
        "document_id": appointment.document_id,
    }


def _request(
    tools: Toolbox, principal: Principal, wish: AppointmentWish, request: idempotency.RequestKey | None, at: datetime
) -> Appointment:
    known = holder_file(tools=tools, principal=principal, person_id=wish.person_id, at=at)
    person, clinic = _applicant(known), _chosen(tools, wish, at)
    proof = _proof(known, local_date(at=at, region=clinic.region))
    newest = tools.store.appointments_of(person_id=person.person_id, limit=_LOOKED_BACK, after=None).items
    if sum(found.is_live for found in newest) >= MAX_LIVE_APPOINTMENTS:
        detail = f"Уже ждут ответа {MAX_LIVE_APPOINTMENTS} заявок: дождитесь ответа или отзовите одну из них"
        raise RuleRefused("too_many_appointments", detail)
    asked = _asked(tools, principal, person, wish, clinic, proof, at)
    work = tools.store.work(at=at)
    work.require_consent(person_id=person.person_id, version=CONSENT_VERSION)
    seen = [one.appointment_id for one in newest]
    take_turn(work=work, name="appointments", folder=person.person_id, seen=seen)
    _hand_over(work, tools, principal, asked, at)
    result = asked.appointment_id
    idempotency.remember(work=work, request=request, principal=principal, result=result, tools=tools, at=at)
    work.commit()
    return asked


def _asked(
    tools: Toolbox,
    principal: Principal,
    person: Person,
    wish: AppointmentWish,
    clinic: Clinic,
    proof: StoredDocument,
    at: datetime,
) -> Appointment:
    actor = actor_of(principal, acts_for=person.person_id)
    return Appointment(
        appointment_id=tools.ids.new_id(at=at),
        person_id=person.person_id,
        account_id=principal.account_id,
        clinic_code=clinic.code,
        doctor_id=wish.doctor_id,
        state=AppointmentState.REQUESTED,
        requested_at=at,
        utc_offset_hours=find_region(code=clinic.region).utc_offset_hours,
        wished_from=wish.wished_from,
        wished_until=wish.wished_until,
        document_id=proof.document_id,
        document_type=proof.document_type,
        history=(AppointmentStep(event=None, state=AppointmentState.REQUESTED, at=at, actor=actor),),
    )


def _hand_over(work: UnitOfWork, tools: Toolbox, principal: Principal, asked: Appointment, at: datetime) -> None:
    """Put the request into the clinic's queue, with its journal entry, and tell the clinic; names nobody."""
    actor = actor_of(principal, acts_for=asked.person_id)
    details = appointment_details(asked)
    work.create(
        record(asked, work=work, tools=tools, name="appointment_requested", at=at, actor=actor, details=details)
    )
    context = {"clinic_code": asked.clinic_code, "day": str(asked.local_day(at))}
    kind, whose = "clinic_asked_for_appointment", asked.person_id
    notify(work=work, tools=tools, kind=kind, person_id=whose, at=at, context=context)


def _whose(known: PersonFile, principal: Principal) -> str:
    return known.person.person_id if known.person is not None else principal.account_id


def _applicant(known: PersonFile) -> Person:
    check_living(known.person)
    if known.person is None:
        raise RuleRefused("consent_required", "Сначала дайте согласие на обработку персональных данных")
    return known.person


def _chosen(tools: Toolbox, wish: AppointmentWish, at: datetime) -> Clinic:
    """The clinic, if it works and has the doctor, and the days are right; raises ValidationFailed with all mistakes."""
    file = tools.store.clinic_file(code=wish.clinic_code)
    if file is None or not file.clinic.works_on(local_date(at=at, region=file.clinic.region)):
        message = "Такой медицинской организации в реестре нет: выберите другую"
        raise ValidationFailed([FieldError(field="clinic", code="clinic_not_available", message=message)])
    on = local_date(at=at, region=file.clinic.region)
    errors = list(wish_mistakes(wished_from=wish.wished_from, wished_until=wish.wished_until, on=on))
    if file.doctor(wish.doctor_id) is None:
        message = "Такого врача в этой медицинской организации нет: выберите из списка"
        errors.append(FieldError(field="doctor", code="doctor_not_available", message=message))
    if errors:
        raise ValidationFailed(errors)
    return file.clinic


def _proof(known: PersonFile, on: date) -> StoredDocument:
    subjects = [policy.policy_id for policy in known.policies if policy.is_valid_on(on)]
    subjects += [found.application_id for found in known.certificates if found.is_valid_on(on)]
    proof = proof_to_attach(documents=known.documents, subjects=subjects)
    if proof is None:
        detail = "К заявке прикладывается выписка о полисе, а её пока нет: оформите полис или дождитесь выписки"
        raise RuleRefused("no_proof_of_insurance", detail)
    return proof
