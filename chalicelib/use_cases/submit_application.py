"""Signing and submitting an application by a one-time code (requirements A3, B6, B7, B11, B12)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

from chalicelib.domain.application import Application, ApplicationKind, Signature, advance
from chalicelib.domain.application_form import digest
from chalicelib.domain.application_states import ApplicationEvent, ApplicationState
from chalicelib.domain.errors import FieldError, RuleRefused, StateConflict, ValidationFailed
from chalicelib.domain.insurer_change import ChangeReason, ChangeRequest, check_change
from chalicelib.domain.matrix import DOCUMENT_TITLES
from chalicelib.domain.numbers import SERIAL_LIMIT, application_number
from chalicelib.domain.person import CONSENT_VERSION
from chalicelib.domain.working_days import RUSSIAN_CALENDAR
from chalicelib.domain.records import DocumentType, LiveMarker, Pointer, Queue
from chalicelib.domain.regions import find_region
from chalicelib.domain.scan import ScanState
from chalicelib.domain.signing_code import (
    ApplicationChallenge,
    Challenge,
    CodeNotAccepted,
    check_open,
    matches,
    spend_try,
)
from chalicelib.ports.errors import AlreadyExists, RateLimited
from chalicelib.use_cases import idempotency
from chalicelib.use_cases.access import actor_of, own, require_confirmed
from chalicelib.use_cases.drafts import row_of
from chalicelib.use_cases.forms import differences_from_account, form_errors, local_day, region_of
from chalicelib.use_cases.journal import notify, record, send
from chalicelib.use_cases.ordered_documents import order_document

if TYPE_CHECKING:
    from datetime import date

    from chalicelib.domain.insurer import Insurer
    from chalicelib.domain.principal import Principal
    from chalicelib.ports.storage import ApplicationFile, PersonFile, UnitOfWork
    from chalicelib.ports.toolbox import Toolbox

SMS_CODE = "sms_code"
NUMBER_DRAWS = 3
"""How often a new number is drawn when the first is taken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """The act of submitting: which application, and the code that signs it."""

    application_id: str
    code: str


def request_signing_code(
    *, tools: Toolbox, principal: Principal, application_id: str, at: datetime
) -> Challenge:
    """Check the whole application and send a code to the person's verified phone.

    Raises:
        ValidationFailed: with every mistake and everything missing.
        RuleRefused: no consent, no verified phone, or a rule of insurance forbids it.
        RateLimited: a code was sent less than a minute ago.
        StateConflict: it is submitted already.
    """
    person_id = require_confirmed(principal)
    file = tools.store.application_file(application_id=application_id)
    application = own(file, principal)
    if not application.is_editable:
        raise StateConflict("Заявление уже подано: подписывать его ещё раз не нужно")
    _check_cool_down(file.challenge, at)
    known = tools.store.person_file(person_id=person_id)
    _check_person(known)
    _check_whole(tools, principal, file, known, at)
    challenge = Challenge(
        challenge_id=tools.ids.new_id(at=at), subject_digest=_subject_digest(file), sent_at=at
    )
    work = tools.store.work(at=at)
    work.put(ApplicationChallenge(application_id=application_id, challenge=challenge))
    _await_signature(tools, work, principal, application, at)
    notify(
        work=work,
        tools=tools,
        kind="one_time_code",
        person_id=person_id,
        at=at,
        context={"challenge_id": challenge.challenge_id},
    )
    work.commit()
    return challenge


def _await_signature(
    tools: Toolbox, work: UnitOfWork, principal: Principal, application: Application, at: datetime
) -> None:
    if application.state is ApplicationState.CLARIFICATION_REQUIRED:
        return
    actor = actor_of(principal)
    awaiting = advance(
        application=application, event=ApplicationEvent.REQUEST_SIGNATURE, at=at, actor=actor
    )
    details = {"application_id": application.application_id}
    work.update(
        record(
            awaiting,
            work=work,
            tools=tools,
            name="signature_requested",
            at=at,
            actor=actor,
            details=details,
        )
    )


def _check_cool_down(challenge: Challenge | None, at: datetime) -> None:
    if challenge is not None and at < challenge.resend_at:
        wait = max(1, int((challenge.resend_at - at).total_seconds()))
        raise RateLimited("Код уже отправлен: новый можно запросить через минуту", retry_after=wait)


def _check_person(known: PersonFile) -> None:
    person = known.person
    if person is None or person.consent is None:
        raise RuleRefused("consent_required", "Сначала дайте согласие на обработку персональных данных")
    if person.phone is None or person.phone.verified_at is None:
        raise RuleRefused("phone_not_verified", "Укажите в профиле телефон и подтвердите его кодом")


def _check_whole(
    tools: Toolbox, principal: Principal, file: ApplicationFile, known: PersonFile, at: datetime
) -> None:
    application = file.application
    row = row_of(application, at=at)
    on = local_day(application, at=at)
    errors = [
        *form_errors(form=application.form, row=row, on=on, complete=True, contacts=tools.contacts),
        *differences_from_account(form=application.form, claims=principal.person),
        *_missing_scans(file, row.documents),
    ]
    insurer = tools.store.insurer(code=application.section("insurer").get("code", ""))
    errors.extend(_insurer_errors(insurer, region_of(application.form), on))
    if errors:
        raise ValidationFailed(sorted(errors, key=lambda error: error.field))
    _check_kind(tools, application, insurer, known, on)


def _missing_scans(file: ApplicationFile, documents: frozenset[str]) -> list[FieldError]:
    accepted = {scan.document for scan in file.scans if scan.state is ScanState.ACCEPTED}
    return [
        FieldError(
            field=f"scans.{document}",
            code="scan_required",
            message=f"Загрузите скан-копию и дождитесь проверки: {DOCUMENT_TITLES[document].lower()}",
        )
        for document in sorted(documents)
        if document not in accepted
    ]


def _insurer_errors(insurer: Insurer | None, region: str, on: date) -> list[FieldError]:
    if insurer is not None and insurer.region == region and insurer.may_be_chosen_on(on):
        return []
    message = "Выберите страховую организацию своего региона с действующей лицензией"
    return [FieldError(field="insurer.code", code="insurer_not_available", message=message)]


def _check_kind(
    tools: Toolbox, application: Application, insurer: Insurer | None, known: PersonFile, on: date
) -> None:
    policy = known.active_policy
    if application.kind is ApplicationKind.FIRST_POLICY:
        if policy is not None:
            raise RuleRefused(
                "already_insured", "Полис уже оформлен: закажите выписку или смените страховую организацию"
            )
        return
    if policy is None or insurer is None:
        # Insured before this service: the register of insured persons tells the periods later.
        return
    current = policy.insurer_on(on)
    old = tools.store.insurer(code=current.insurer_code) if current else None
    check_change(
        request=ChangeRequest(
            periods=policy.periods,
            policy_received_on=policy.received_on,
            new_insurer=insurer.code,
            new_region=insurer.region,
            old_region=old.region if old else insurer.region,
            old_insurer_may_insure=old is not None and old.may_be_chosen_on(on),
            reason=ChangeReason(application.section("insurer")["change_reason"]),
            on=on,
        )
    )


def _subject_digest(file: ApplicationFile) -> str:
    scans = {
        scan.document.value: scan.scan_id for scan in file.scans if scan.state is ScanState.ACCEPTED
    }
    return digest({**file.application.form, "scans": scans})


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
    if application.is_live and application.state is not ApplicationState.CLARIFICATION_REQUIRED:
        return _submitted_before(tools, principal, application, request)
    challenge = _accept_code(tools, file, submission, at)
    submitted = _signed(application, principal, challenge, at)
    for draw in range(NUMBER_DRAWS):
        try:
            return _commit(tools, principal, file, submitted, request, at)
        except AlreadyExists as refusal:
            if refusal.marker == "idempotency_key":
                return _submitted_before(tools, principal, application, request)
            if refusal.marker != "application" or draw == NUMBER_DRAWS - 1:
                raise
    raise AssertionError("the loop returns or raises")


def _submitted_before(
    tools: Toolbox,
    principal: Principal,
    application: Application,
    request: idempotency.RequestKey | None,
) -> Application:
    if request is not None:
        earlier = idempotency.earlier_result(
            request=request, account_id=principal.account_id, tools=tools
        )
        if earlier is not None:
            return tools.store.application_file(application_id=earlier).application
    raise StateConflict(f"Заявление уже подано, его номер {application.number}")


def _accept_code(
    tools: Toolbox, file: ApplicationFile, submission: Submission, at: datetime
) -> Challenge:
    challenge = check_open(challenge=file.challenge, subject_digest=_subject_digest(file), at=at)
    if matches(secret=tools.secrets.signing_secret, challenge=challenge, code=submission.code):
        return challenge
    spent = spend_try(challenge=challenge)
    work = tools.store.work(at=at)
    work.update(ApplicationChallenge(application_id=submission.application_id, challenge=spent))
    work.commit()
    left = spent.tries_left
    detail = f"Неверный код. Осталось попыток: {left}" if left else "Неверный код. Запросите новый"
    raise CodeNotAccepted("wrong_code", detail, tries_left=left)


def _signed(
    application: Application, principal: Principal, challenge: Challenge, at: datetime
) -> Application:
    event = (
        ApplicationEvent.CLARIFY
        if application.state is ApplicationState.CLARIFICATION_REQUIRED
        else ApplicationEvent.SUBMIT
    )
    advanced = advance(application=application, event=event, at=at, actor=actor_of(principal))
    signature = Signature(
        method=SMS_CODE,
        assurance=principal.assurance.value,
        signed_at=at,
        form_digest=challenge.subject_digest,
    )
    day = local_day(application, at=at)
    row = row_of(application, at=at)
    due_on = application.due_on or RUSSIAN_CALENDAR.add_working_days(start=day, days=row.decision_days)
    return replace(
        advanced,
        signature=signature,
        submitted_at=application.submitted_at or at,
        due_on=due_on,
        clarification=None,
        earlier_checks=(*application.earlier_checks, *application.checks),
        checks=(),
        next_look_at=end_of_day(due_on, region_of(application.form)),
    )


def end_of_day(day: date, region: str) -> datetime:
    """The UTC moment at which a local day of a region ends."""
    hours = find_region(code=region).utc_offset_hours
    return datetime.combine(day + timedelta(days=1), time(), tzinfo=UTC) - timedelta(hours=hours)


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
    work.require_open_insurer(
        code=submitted.section("insurer")["code"], on=local_day(submitted, at=at)
    )
    if submitted.number is None:
        submitted = _numbered(tools, work, submitted, at)
    submitted = record(
        submitted,
        work=work,
        tools=tools,
        name="application_submitted",
        at=at,
        actor=actor_of(principal),
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
    body = {"application_id": submitted.application_id}
    send(work=work, tools=tools, queue=Queue.VERIFICATION, body=body, at=at)
    work.commit()
    return replace(submitted, version=submitted.version + 1)


def _challenge_of(file: ApplicationFile) -> ApplicationChallenge:
    if file.challenge is None:
        raise CodeNotAccepted("code_not_requested", "Сначала запросите код подтверждения")
    return ApplicationChallenge(
        application_id=file.application.application_id, challenge=file.challenge
    )


def _numbered(
    tools: Toolbox, work: UnitOfWork, submitted: Application, at: datetime
) -> Application:
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
        person_id=submitted.person_id,
        at=at,
        context={"number": number, "day": str(day), "due_on": str(submitted.due_on)},
    )
    return numbered
