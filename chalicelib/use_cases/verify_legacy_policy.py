"""Asking the register of insured persons about a registered policy, and making it the person's policy (F5, D1-D3)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from chalicelib.domain.application import CheckRecord, Delay
from chalicelib.domain.audit import SYSTEM
from chalicelib.domain.checks import CheckKind
from chalicelib.domain.legacy_registration import (
    ANOTHER_PERSONS,
    LEGACY_TRANSITIONS,
    LegacyEvent,
    LegacyJudgement,
    LegacyPolicy,
    LegacyState,
    RegisterInsurance,
    advance_legacy,
    judge_legacy,
    refused_because,
)
from chalicelib.domain.policy import InsurerPeriod, Policy
from chalicelib.domain.records import ActivePolicyMarker
from chalicelib.ports.errors import ANOTHER_PERSON, AlreadyExists, NotFound
from chalicelib.use_cases.certificates import POLICY_ISSUED, STATUS_COUNTER, revoke_certificate
from chalicelib.use_cases.demands import local_day
from chalicelib.use_cases.identity import claim_identity
from chalicelib.use_cases.issued_policy import Issue, claim_number, policy_of, update_person
from chalicelib.use_cases.journal import notify, record
from chalicelib.use_cases.ordered_documents import order_extract_of
from chalicelib.use_cases.policy_cards import claim_blank, put_policy_card
from chalicelib.use_cases.register_legacy_policy import ask_later, live_marker
from chalicelib.use_cases.register_questions import Question, ask_register, delay_seconds
from chalicelib.use_cases.register_subjects import subject_of_legacy
from chalicelib.use_cases.supersede_legacy_policy import end_registration

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.ports.folders import PersonFile
    from chalicelib.ports.storage import UnitOfWork
    from chalicelib.ports.toolbox import Toolbox


def verify_legacy_policy(
    *, tools: Toolbox, person_id: str, registration_id: str, at: datetime, message_id: str | None = None
) -> LegacyPolicy:
    """Ask the register and do what follows (4 AWS calls); a register that is down only delays.

    Repeating it for what is decided changes nothing, nor does ``message_id`` of a message whose successor is on its
    way.

    Raises:
        NotFound: there is no such registration.
        AlreadyExists, StaleWrite: something changed meanwhile; the message will come again.
    """
    known = tools.store.person_file(person_id=person_id)
    registration = next((found for found in known.legacy_policies if found.registration_id == registration_id), None)
    if registration is None:
        raise NotFound("Регистрация полиса не найдена")
    if registration.state is not LegacyState.PENDING:
        return registration
    if message_id is not None and registration.awaited_message not in {message_id, None}:
        return registration
    if known.active_policy is not None:
        return _superseded(tools, registration, at)
    check = _asked(tools, registration, at)
    checked = replace(registration, check=check)
    if not check.status.is_final:
        return _wait(tools, checked, check, at)
    return _decide(tools, known, checked, check, at)


def _asked(tools: Toolbox, registration: LegacyPolicy, at: datetime) -> CheckRecord:
    question = Question(
        entity_id=registration.registration_id,
        kind=CheckKind.INSURED_PERSON,
        subject=subject_of_legacy(registration),
        known=registration.check,
        check_round=registration.check_round,
    )
    return ask_register(tools=tools, question=question, at=at)


def _superseded(tools: Toolbox, registration: LegacyPolicy, at: datetime) -> LegacyPolicy:
    """A policy was issued while this message was on its way."""
    work = tools.store.work(at=at)
    ended = end_registration(work=work, tools=tools, registration=registration, at=at)
    work.commit()
    return replace(ended, version=ended.version + 1)


def _wait(tools: Toolbox, registration: LegacyPolicy, check: CheckRecord, at: datetime) -> LegacyPolicy:
    work = tools.store.work(at=at)
    seconds = delay_seconds((check,))
    next_id = ask_later(work=work, tools=tools, registration=registration, at=at, delay_seconds=seconds)
    delay = registration.delay or Delay(since=at, waiting_for=(CheckKind.INSURED_PERSON,))
    waiting = replace(registration, awaited_message=next_id, delay=delay, updated_at=at)
    if registration.delay is None:
        # Told once: a register that is down for a day is asked a hundred times.
        waiting = _noted(tools, work, waiting, "legacy_policy_delayed", at)
    work.update(waiting)
    work.commit()
    return replace(waiting, version=waiting.version + 1)


def _decide(
    tools: Toolbox, known: PersonFile, registration: LegacyPolicy, check: CheckRecord, at: datetime
) -> LegacyPolicy:
    judgement = judge_legacy(registration=registration, record=check, on=local_day(registration, at=at))
    if judgement.insurance is None:
        return _refuse(tools, registration, judgement, at)
    try:
        return _confirm(tools, known, registration, judgement.insurance, at)
    except AlreadyExists as clash:
        if not clash.marker.startswith(ANOTHER_PERSON):
            raise
        return _refuse(tools, registration, refused_because(ANOTHER_PERSONS), at)


def _refuse(tools: Toolbox, registration: LegacyPolicy, judgement: LegacyJudgement, at: datetime) -> LegacyPolicy:
    work = tools.store.work(at=at)
    refused = replace(registration, refusals=judgement.refusals)
    refused = _ended(tools, work, refused, LegacyEvent.REFUSE, at)
    work.remove(live_marker(registration))
    work.commit()
    return replace(refused, version=refused.version + 1)


def _confirm(
    tools: Toolbox, known: PersonFile, registration: LegacyPolicy, insurance: RegisterInsurance, at: datetime
) -> LegacyPolicy:
    policy = _policy_of(tools, registration, insurance, at)
    work = tools.store.work(at=at)
    details = {"policy_id": policy.policy_id, "registration_id": registration.registration_id}
    policy = record(policy, work=work, tools=tools, name="policy_registered", at=at, actor=SYSTEM, details=details)
    work.create(policy)
    work.create(ActivePolicyMarker(person_id=policy.person_id, policy_id=policy.policy_id))
    claim_number(tools, work, policy)
    claim_blank(work=work, tools=tools, policy=policy)
    claim_identity(work=work, tools=tools, application=registration)
    put_policy_card(work=work, tools=tools, policy=policy, person=registration.section("person"))
    update_person(work, known.person, registration, policy, at)
    if known.active_certificate is not None:
        revoke_certificate(work=work, tools=tools, certificate=known.active_certificate, reason=POLICY_ISSUED, at=at)
    order_extract_of(work=work, tools=tools, policy=policy, at=at)
    confirmed = replace(registration, policy_id=policy.policy_id)
    confirmed = _ended(tools, work, confirmed, LegacyEvent.CONFIRM, at)
    work.commit()
    return replace(confirmed, version=confirmed.version + 1)


def _policy_of(tools: Toolbox, registration: LegacyPolicy, insurance: RegisterInsurance, at: datetime) -> Policy:
    period = InsurerPeriod(
        insurer_code=insurance.insurer_code,
        insured_from=insurance.insured_from,
        basis="register",
    )
    issue = Issue(
        number=insurance.policy_number,
        periods=(period,),
        status_index=tools.store.next_serial(counter=STATUS_COUNTER),
        day=insurance.insured_from,
    )
    policy = policy_of(tools, registration, issue, at)
    return replace(policy, blank=registration.blank, valid_until=registration.valid_until)


def _ended(
    tools: Toolbox, work: UnitOfWork, registration: LegacyPolicy, event: LegacyEvent, at: datetime
) -> LegacyPolicy:
    """Add a decision to the unit of work: the arrow, its entry in the journal, its message."""
    rule = LEGACY_TRANSITIONS[event]
    decided = advance_legacy(registration=registration, event=event, at=at, actor=SYSTEM)
    decided = _noted(tools, work, decided, rule.notification, at)
    work.update(decided)
    context = {"day": str(local_day(registration, at=at))}
    notify(work=work, tools=tools, kind=rule.notification, person_id=registration.person_id, at=at, context=context)
    return decided


def _noted(tools: Toolbox, work: UnitOfWork, registration: LegacyPolicy, name: str, at: datetime) -> LegacyPolicy:
    details = {"registration_id": registration.registration_id}
    if registration.refusals:
        details["reason"] = ",".join(dict.fromkeys(refusal.code for refusal in registration.refusals))
    return record(registration, work=work, tools=tools, name=name, at=at, actor=SYSTEM, details=details)
