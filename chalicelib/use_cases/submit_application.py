"""Submitting an application signed by a one-time code (requirements A3, B7, B11, B12)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from chalicelib.domain.application import Application, Signature, advance
from chalicelib.domain.application_states import ApplicationEvent, ApplicationState
from chalicelib.domain.case_steps import check_anew
from chalicelib.domain.errors import StateConflict
from chalicelib.domain.numbers import SERIAL_LIMIT, application_number
from chalicelib.domain.person import CONSENT_VERSION
from chalicelib.domain.records import DocumentType, LiveMarker, Pointer, Queue
from chalicelib.domain.regions import end_of_day
from chalicelib.domain.signing_code import (
    ApplicationChallenge,
    Challenge,
    CodeNotAccepted,
    check_open,
    matches,
    spend_try,
)
from chalicelib.domain.working_days import RUSSIAN_CALENDAR
from chalicelib.ports.errors import AlreadyExists
from chalicelib.use_cases import idempotency
from chalicelib.use_cases.access import actor_of, own, require_confirmed
from chalicelib.use_cases.clarifications import end_pause
from chalicelib.use_cases.drafts import row_of
from chalicelib.use_cases.forms import local_day, region_of
from chalicelib.use_cases.journal import notify, record, send
from chalicelib.use_cases.ordered_documents import order_document
from chalicelib.use_cases.sign_application import subject_digest

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.domain.principal import Principal
    from chalicelib.ports.storage import ApplicationFile, UnitOfWork
    from chalicelib.ports.toolbox import Toolbox

SMS_CODE = "sms_code"
NUMBER_DRAWS = 3
"""How often a new number is drawn when the first is taken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """The act of submitting: which application, and the code that signs it."""

    application_id: str
    code: str


def submit_application(
    *,
    tools: Toolbox,
    principal: Principal,
    submission: Submission,
    at: datetime,
    request: idempotency.RequestKey | None = None,
) -> Application:
    """Submit what was signed (3 AWS calls); a repeated key returns the application submitted before.

    Raises:
        CodeNotAccepted: the code is wrong, old, spent, or was sent for another text.
        AlreadyExists: another application of this kind is live (requirement B11).
        RuleRefused: the consent was revoked or the insurer closed meanwhile.
        StateConflict: it is submitted already.
    """
    require_confirmed(principal)
    file = tools.store.application_file(application_id=submission.application_id)
    application = own(file, principal)
    was_submitted = application.submitted_at is not None
    if was_submitted and application.state is not ApplicationState.CLARIFICATION_REQUIRED:
        return _submitted_before(tools, principal, application, request)
    challenge = _accept_code(tools, file, submission, at)
    submitted = _signed(application, principal, challenge, at)
    for draw in range(NUMBER_DRAWS):
        try:
            return _commit(tools, principal, file, submitted, request, at)
        except AlreadyExists as refusal:
            # A copy that came at the same moment may be refused for what the first one has just made.
            if (earlier := _earlier(tools, principal, request)) is not None:
                return earlier
            if refusal.marker != "application" or draw == NUMBER_DRAWS - 1:
                raise
    raise AssertionError("the loop returns or raises")


def _submitted_before(
    tools: Toolbox,
    principal: Principal,
    application: Application,
    request: idempotency.RequestKey | None,
) -> Application:
    earlier = _earlier(tools, principal, request)
    if earlier is None:
        raise StateConflict(f"Заявление уже подано, его номер {application.number}")
    return earlier


def _earlier(tools: Toolbox, principal: Principal, request: idempotency.RequestKey | None) -> Application | None:
    if request is None:
        return None
    found = idempotency.earlier_result(request=request, account_id=principal.account_id, tools=tools)
    return None if found is None else tools.store.application_file(application_id=found).application


def _accept_code(tools: Toolbox, file: ApplicationFile, submission: Submission, at: datetime) -> Challenge:
    challenge = check_open(challenge=file.challenge, subject_digest=subject_digest(file), at=at)
    if matches(secret=tools.secrets.signing_secret, challenge=challenge, code=submission.code):
        return challenge
    spent = spend_try(challenge=challenge)
    work = tools.store.work(at=at)
    work.update(ApplicationChallenge(application_id=submission.application_id, challenge=spent))
    work.commit()
    left = spent.tries_left
    detail = f"Неверный код. Осталось попыток: {left}" if left else "Неверный код. Запросите новый"
    raise CodeNotAccepted("wrong_code", detail, tries_left=left)


def _signed(application: Application, principal: Principal, challenge: Challenge, at: datetime) -> Application:
    actor = actor_of(principal, acts_for=application.person_id)
    signature = Signature(
        method=SMS_CODE,
        assurance=principal.assurance.value,
        signed_at=at,
        form_digest=challenge.subject_digest,
    )
    if application.state is ApplicationState.CLARIFICATION_REQUIRED:
        answered = advance(application=application, event=ApplicationEvent.CLARIFY, at=at, actor=actor)
        return replace(end_pause(check_anew(answered), at=at), signature=signature)
    submitted = advance(application=application, event=ApplicationEvent.SUBMIT, at=at, actor=actor)
    days = row_of(application, at=at).decision_days
    due_on = RUSSIAN_CALENDAR.add_working_days(start=local_day(application, at=at), days=days)
    return replace(
        submitted,
        signature=signature,
        submitted_at=at,
        due_on=due_on,
        next_look_at=end_of_day(due_on, region_of(application.form)),
    )


def _commit(
    tools: Toolbox,
    principal: Principal,
    file: ApplicationFile,
    submitted: Application,
    request: idempotency.RequestKey | None,
    at: datetime,
) -> Application:
    work = tools.store.work(at=at)
    work.require_consent(person_id=submitted.person_id, version=CONSENT_VERSION)
    if row_of(submitted, at=at).chooses_insurer:
        work.require_open_insurer(code=submitted.section("insurer")["code"], on=local_day(submitted, at=at))
    if submitted.number is None:
        submitted = _numbered(tools, work, submitted, at)
    body = {"application_id": submitted.application_id}
    message_id = send(work=work, tools=tools, queue=Queue.VERIFICATION, body=body, at=at)
    submitted = record(
        replace(submitted, awaited_message=message_id),
        work=work,
        tools=tools,
        name="application_submitted",
        at=at,
        actor=actor_of(principal, acts_for=submitted.person_id),
        details={
            "application_id": submitted.application_id,
            "number": submitted.number or "",
            "signature": SMS_CODE,
        },
    )
    work.update(submitted)
    work.remove(_challenge_of(file))
    if request is not None:
        work.create(
            idempotency.record_of(
                request=request,
                account_id=principal.account_id,
                result=submitted.application_id,
                tools=tools,
                at=at,
            )
        )
    work.commit()
    return replace(submitted, version=submitted.version + 1)


def _challenge_of(file: ApplicationFile) -> ApplicationChallenge:
    if file.challenge is None:
        raise CodeNotAccepted("code_not_requested", "Сначала запросите код подтверждения")
    return ApplicationChallenge(application_id=file.application.application_id, challenge=file.challenge)


def _numbered(tools: Toolbox, work: UnitOfWork, submitted: Application, at: datetime) -> Application:
    day = local_day(submitted, at=at)
    number = application_number(serial_or_random=tools.ids.below(SERIAL_LIMIT), on=day)
    work.create(
        Pointer(
            kind="application",
            value_hash=tools.secrets.lookup_hash(kind="application", value=number),
            target=submitted.application_id,
            person_id=submitted.person_id,
        )
    )
    work.create(
        LiveMarker(
            person_id=submitted.person_id,
            kind=submitted.kind.value,
            application_id=submitted.application_id,
        )
    )
    numbered = replace(submitted, number=number)
    order_document(
        work=work,
        tools=tools,
        application=numbered,
        document_type=DocumentType.RECEIPT,
        subject_id=submitted.application_id,
        at=at,
    )
    notify(
        work=work,
        tools=tools,
        kind="application_submitted",
        person_id=submitted.account_id,
        at=at,
        context={"number": number, "day": str(day), "due_on": str(submitted.due_on)},
    )
    return numbered
