"""Asking for the code that signs an application, once nothing is missing in it (requirements A3, B6)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from chalicelib.domain.application import Application, advance
from chalicelib.domain.application_form import digest, missing_documents
from chalicelib.domain.application_states import ApplicationEvent, ApplicationState
from chalicelib.domain.errors import FieldError, RuleRefused, StateConflict, ValidationFailed
from chalicelib.domain.insurer_change import ChangeReason, ChangeRequest, check_change
from chalicelib.domain.kind_rules import KIND_RULES, Effect, PolicyNeed
from chalicelib.domain.plain_text import within_sentence
from chalicelib.domain.policy import PolicyState
from chalicelib.domain.scan import ScanState
from chalicelib.domain.signing_code import (
    Challenge,
    SentCode,
)
from chalicelib.domain.supporting_documents import DOCUMENT_TITLES, DocumentKind
from chalicelib.use_cases import idempotency
from chalicelib.use_cases.access import actor_of, own, require_confirmed
from chalicelib.use_cases.delivery_steps import check_live_deliveries
from chalicelib.use_cases.demands import local_day, region_of, row_of
from chalicelib.use_cases.forms import differences_from_account, form_errors
from chalicelib.use_cases.journal import notify, record
from chalicelib.use_cases.merged_records import check_living, followed, representation_for
from chalicelib.use_cases.one_time_codes import check_cool_down, daily_limit, keep_code, sent_once

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    from chalicelib.domain.application import Clarification
    from chalicelib.domain.insurer import Insurer
    from chalicelib.domain.matrix import MatrixRow
    from chalicelib.domain.policy import Policy
    from chalicelib.domain.principal import Principal
    from chalicelib.domain.scan import Scan
    from chalicelib.ports.folders import ApplicationFile, PersonFile
    from chalicelib.ports.storage import UnitOfWork
    from chalicelib.ports.toolbox import Toolbox


CODES_PER_DAY = 20


def request_signing_code(
    *,
    tools: Toolbox,
    principal: Principal,
    application_id: str,
    at: datetime,
    request: idempotency.RequestKey | None = None,
) -> SentCode:
    """Check the whole application and send a code to the person's verified phone; a repeated key sends no other.

    Raises:
        ValidationFailed: with every mistake and everything missing.
        RuleRefused: no consent, no verified phone, or a rule of insurance forbids it.
        RateLimited: a code was sent less than a minute ago, or too many today.
        StateConflict: it is submitted already.
    """
    require_confirmed(principal)
    return sent_once(
        tools=tools,
        principal=principal,
        request=request,
        send=lambda: _send_code(tools, principal, application_id, request, at),
    )


def _send_code(
    tools: Toolbox,
    principal: Principal,
    application_id: str,
    request: idempotency.RequestKey | None,
    at: datetime,
) -> SentCode:
    file = tools.store.application_file(application_id=application_id)
    application = own(file, principal)
    if not application.is_editable:
        raise StateConflict("Заявление уже подано: подписывать его ещё раз не нужно")
    check_cool_down(file.challenge, at=at)
    signer, known = signer_and_holder(tools, principal, application, at)
    _check_phone(signer)
    check_consent(known)
    check_whole(tools, principal, file, known, at)
    challenge = Challenge(challenge_id=tools.ids.new_id(at=at), subject_digest=subject_digest(file), sent_at=at)
    work = tools.store.work(at=at)
    work.count(daily_limit(name="signing-codes", subject=principal.account_id, times=CODES_PER_DAY))
    keep_code(work=work, earlier=file.challenge, challenge=challenge, application_id=application_id)
    policy = known.standing_policy
    application = replace(application, present_policy_id=policy.policy_id if policy else None)
    _await_signature(tools, work, principal, application, at)
    notify(
        work=work,
        tools=tools,
        kind="one_time_code",
        person_id=principal.account_id,
        at=at,
        context={"challenge_id": challenge.challenge_id},
    )
    idempotency.remember(work=work, request=request, principal=principal, result=at.isoformat(), tools=tools, at=at)
    work.commit()
    return challenge


def signer_and_holder(
    tools: Toolbox, principal: Principal, application: Application, at: datetime
) -> tuple[PersonFile, PersonFile]:
    """The folders of who signs and of whom it is about; raises NotFound where the right to act stands no more."""
    signer = tools.store.person_file(person_id=principal.account_id)
    if application.relation is None:
        return signer, followed(tools=tools, file=signer)
    on = local_day(application, at=at)
    return signer, representation_for(tools=tools, acting=signer, person_id=application.person_id, on=on)


def _await_signature(
    tools: Toolbox, work: UnitOfWork, principal: Principal, application: Application, at: datetime
) -> None:
    if application.state is ApplicationState.CLARIFICATION_REQUIRED:
        return
    actor = actor_of(principal, acts_for=application.person_id)
    awaiting = advance(application=application, event=ApplicationEvent.REQUEST_SIGNATURE, at=at, actor=actor)
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


def check_consent(known: PersonFile) -> None:
    """Refuse whoever has given no consent, or on whose behalf none was given."""
    check_living(known.person)
    if known.person is None or known.person.consent is None:
        raise RuleRefused("consent_required", "Сначала дайте согласие на обработку персональных данных")


def _check_phone(signer: PersonFile) -> None:
    phone = signer.person.phone if signer.person else None
    if phone is None or phone.verified_at is None:
        raise RuleRefused("phone_not_verified", "Укажите в профиле телефон и подтвердите его кодом")
    if not phone.takes_messages:
        detail = "СМС на ваш телефон не доходят: укажите в профиле другой номер и подтвердите его кодом"
        raise RuleRefused("phone_unreachable", detail)


def check_whole(tools: Toolbox, principal: Principal, file: ApplicationFile, known: PersonFile, at: datetime) -> None:
    """Refuse an application in which something is missing or wrong, or that a rule of insurance forbids."""
    application = file.application
    row = row_of(application, at=at)
    on = local_day(application, at=at)
    section = "person" if application.relation is None else "representative"
    errors = [
        *form_errors(form=application.form, row=row, on=on, complete=True, contacts=tools.contacts),
        *differences_from_account(form=application.form, claims=principal.person, section=section),
        *_missing_scans(file, row),
    ]
    insurer = tools.store.insurer(code=application.section("insurer").get("code", ""))
    errors.extend(_insurer_errors(insurer, application, row, known, on))
    if errors:
        unique = {error.field: error for error in reversed(errors)}
        raise ValidationFailed(sorted(unique.values(), key=lambda error: error.field))
    check_policy_need(policy=known.standing_policy, need=row.policy)
    if row.effect is Effect.CHANGE_INSURER:
        _check_change(tools, application, insurer, known, on)
    if row.effect is Effect.DELIVER_EXTRACT:
        check_live_deliveries(tools=tools, person_id=application.person_id)


def _missing_scans(file: ApplicationFile, row: MatrixRow) -> list[FieldError]:
    return [
        FieldError(
            field=f"scans.{document}",
            code="scan_required",
            message=f"Загрузите скан-копию и дождитесь проверки: {within_sentence(DOCUMENT_TITLES[document])}",
        )
        for document in documents_to_upload(file, row)
    ]


def documents_to_upload(file: ApplicationFile, row: MatrixRow) -> tuple[DocumentKind, ...]:
    """The documents that lack an accepted scan: those of the matrix, and those asked for after they were asked."""
    accepted = [scan for scan in file.scans if scan.state is ScanState.ACCEPTED]
    present = frozenset(scan.document for scan in accepted)
    missing = missing_documents(form=file.application.form, row=row, present=present)
    asked = file.application.clarification
    wanted = documents_asked_for(asked, scans=accepted) if asked else ()
    return tuple(sorted({*missing, *wanted}))


def documents_asked_for(asked: Clarification, *, scans: Iterable[Scan]) -> tuple[DocumentKind, ...]:
    """The documents of a clarification of which no new scan has been accepted yet: an old one answers nothing (B9)."""
    accepted = [scan for scan in scans if scan.state is ScanState.ACCEPTED]
    answered = {scan.document for scan in accepted if asked.asked_at is None or scan.created_at >= asked.asked_at}
    return tuple(DocumentKind(document) for document in asked.documents if document not in answered)


def _insurer_errors(
    insurer: Insurer | None, application: Application, row: MatrixRow, known: PersonFile, on: date
) -> list[FieldError]:
    if not row.chooses_insurer:
        return _present_insurer_errors(insurer, known.standing_policy, on)
    if insurer is not None and insurer.region == region_of(application.form) and insurer.may_be_chosen_on(on):
        return []
    message = "Выберите страховую организацию своего региона с действующей лицензией"
    return [FieldError(field="insurer.code", code="insurer_not_available", message=message)]


def _present_insurer_errors(insurer: Insurer | None, policy: Policy | None, on: date) -> list[FieldError]:
    if insurer is None:
        message = "Укажите страховую организацию, в которой вы застрахованы сейчас"
        return [FieldError(field="insurer.code", code="insurer_unknown", message=message)]
    period = policy.insurer_on(on) if policy else None
    if period is None or period.insurer_code == insurer.code:
        return []
    message = "Полис выдан другой организацией: укажите ту, в которой вы застрахованы сейчас"
    return [FieldError(field="insurer.code", code="insurer_code_mismatch", message=message)]


def check_policy_need(*, policy: Policy | None, need: PolicyNeed) -> None:
    """Refuse what the state of the present policy does not allow.

    A policy that only the register of insured persons knows is judged when the register has answered.

    Raises:
        RuleRefused: there is a policy already, or it rests, or it does not.
    """
    state = policy.state if policy else None
    if need is PolicyNeed.NONE and state is not None:
        detail = "Полис уже оформлен: закажите выписку или смените страховую организацию"
        raise RuleRefused("already_insured", detail)
    if need is PolicyNeed.ACTIVE and state is PolicyState.SUSPENDED:
        raise RuleRefused("policy_suspended", "Полис приостановлен: сначала подайте заявление о возобновлении")
    if need is PolicyNeed.SUSPENDED and state is not PolicyState.SUSPENDED:
        raise RuleRefused("policy_not_suspended", "Полис не приостановлен: возобновлять его не нужно")


def _check_change(
    tools: Toolbox, application: Application, insurer: Insurer | None, known: PersonFile, on: date
) -> None:
    policy = known.standing_policy
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
            reason=change_reason(application),
            on=on,
            birth_registered_on=policy.birth_registered_on,
        )
    )


def change_reason(application: Application) -> ChangeReason:
    """Why the insurer is changed: what the kind itself gives, else what the form says."""
    given = KIND_RULES[application.kind].fixed.get("insurer.change_reason")
    return ChangeReason(given or application.section("insurer")["change_reason"])


def subject_digest(file: ApplicationFile) -> str:
    """Return the digest of what is signed: the form and the scans that belong to it."""
    return digest({**file.application.form, "scans": accepted_scans(file)})


def accepted_scans(file: ApplicationFile) -> dict[str, str]:
    """The ids of the scans that belong to an application, by document."""
    return {scan.document.value: scan.scan_id for scan in file.scans if scan.state is ScanState.ACCEPTED}
