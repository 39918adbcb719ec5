"""Submitting an application signed by a one-time code (requirements A3, B7, B11, B12)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from chalicelib.domain.application import Application, Signature, advance
from chalicelib.domain.application_states import ApplicationEvent, ApplicationState
from chalicelib.domain.case_steps import check_anew
from chalicelib.domain.errors import FieldError, StateConflict, ValidationFailed
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
from chalicelib.use_cases.demands import local_day, region_of, row_of
from chalicelib.use_cases.journal import notify, record, send
from chalicelib.use_cases.ordered_documents import order_document
from chalicelib.use_cases.sign_application import subject_digest
from chalicelib.use_cases.sign_by_certificate import accept_certificate

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.domain.principal import Principal
    from chalicelib.ports.folders import ApplicationFile
    from chalicelib.ports.storage import UnitOfWork
    from chalicelib.ports.toolbox import Toolbox

SMS_CODE = "sms_code"
NUMBER_DRAWS = 3
"""How often a new number is drawn when the first is taken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """The act of submitting: which application, and the code or the signature (CMS in Base64) that signs it."""

    application_id: str
    code: str | None = None
    cms: str | None = None


def submit_application(
    *,
    tools: Toolbox,
    principal: Principal,
    submission: Submission,
    at: datetime,
    request: idempotency.RequestKey | None = None,
) -> Application:
    """Submit what was signed; a repeated key returns the application submitted before.

    Takes 3 AWS calls by a code, 5 or 6 by a certificate, since all is checked then and not when a code is sent.

    Raises:
        ValidationFailed: neither code nor signature, or both.
        CodeNotAccepted: the code is wrong, old, spent, or was sent for another text.
        SignatureNotAccepted: the signature or its certificate does not count.
        AlreadyExists: another application of this kind is live (requirement B11).
        RuleRefused: the consent was revoked or the insurer closed meanwhile.
        StateConflict: it is submitted already.
    """
    require_confirmed(principal)
    _check_one_signature(submission)
    file = tools.store.application_file(application_id=submission.application_id)
    application = own(file, principal)
    was_submitted = application.submitted_at is not None
    if was_submitted and application.state is not ApplicationState.CLARIFICATION_REQUIRED:
        return _submitted_before(tools, principal, application, request)
    application, signature = _accept_signature(tools, principal, file, submission, at)
    submitted = _signed(application, principal, signature, at)
    try:
        return _commit_numbered(tools, principal, file, submitted, request, at)
    except AlreadyExists as refusal:
        # A copy that came at the same moment may be refused for what the first one has just made.
        if (earlier := _earlier(tools, principal, request)) is not None:
            return earlier
        raise _explained(refusal, submitted) from None


def _commit_numbered(
    tools: Toolbox,
    principal: Principal,
    file: ApplicationFile,
    submitted: Application,
    request: idempotency.RequestKey | None,
    at: datetime,
) -> Application:
    """Commit; where the number that was drawn is taken, draw another."""
    for _ in range(NUMBER_DRAWS - 1):
        try:
            return _commit(tools, principal, file, submitted, request, at)
        except AlreadyExists as refusal:
            if refusal.marker != "application":
                raise
    return _commit(tools, principal, file, submitted, request, at)


def _explained(refusal: AlreadyExists, submitted: Application) -> AlreadyExists:
    """Of a represented person the other application may be somebody else's: of a child, the other parent's."""
    if submitted.relation is None or refusal.marker != "live_application":
        return refusal
    detail = "Такое заявление об этом человеке уже подал другой представитель или вы: дождитесь решения по нему"
    return AlreadyExists(detail, marker=refusal.marker)


def _check_one_signature(submission: Submission) -> None:
    if submission.code is None and submission.cms is None:
        message = "Введите код из СМС или приложите электронную подпись"
        raise ValidationFailed([FieldError(field="code", code="required", message=message)])
    if submission.code is not None and submission.cms is not None:
        message = "Подпишите или кодом, или электронной подписью"
        raise ValidationFailed([FieldError(field="cms", code="one_signature_required", message=message)])


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


def _accept_signature(
    tools: Toolbox, principal: Principal, file: ApplicationFile, submission: Submission, at: datetime
) -> tuple[Application, Signature]:
    if submission.cms is not None:
        return accept_certificate(tools=tools, principal=principal, file=file, cms=submission.cms, at=at)
    challenge = _accept_code(tools, file, submission, at)
    signature = Signature(
        method=SMS_CODE,
        assurance=principal.assurance.value,
        signed_at=at,
        form_digest=challenge.subject_digest,
    )
    return file.application, signature


def _accept_code(tools: Toolbox, file: ApplicationFile, submission: Submission, at: datetime) -> Challenge:
    challenge = check_open(challenge=file.challenge, subject_digest=subject_digest(file), at=at)
    if matches(secret=tools.secrets.signing_secret, challenge=challenge, code=submission.code or ""):
        return challenge
    spent = spend_try(challenge=challenge)
    work = tools.store.work(at=at)
    work.update(ApplicationChallenge(application_id=submission.application_id, challenge=spent))
    work.commit()
    left = spent.tries_left
    detail = f"Неверный код. Осталось попыток: {left}" if left else "Неверный код. Запросите новый"
    raise CodeNotAccepted("wrong_code", detail, tries_left=left)


def _signed(application: Application, principal: Principal, signature: Signature, at: datetime) -> Application:
    actor = actor_of(principal, acts_for=application.person_id)
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
            "signature": submitted.signature.method if submitted.signature else "",
        },
    )
    work.update(submitted)
    if file.challenge is not None:
        work.remove(ApplicationChallenge(application_id=submitted.application_id, challenge=file.challenge))
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
