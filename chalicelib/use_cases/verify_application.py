"""Verification: asks the registers what is not known yet and does what follows (requirements D1-D3, E1)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from chalicelib.domain.application import Application, CheckRecord, Delay, advance
from chalicelib.domain.application_states import ApplicationEvent, ApplicationState
from chalicelib.domain.audit import SYSTEM
from chalicelib.domain.case_steps import leave_to_operator
from chalicelib.domain.checks import CheckKind
from chalicelib.domain.decision import Judgement, Outcome, judge
from chalicelib.domain.operator_case import WaitReason
from chalicelib.domain.records import Queue
from chalicelib.ports.errors import ANOTHER_PERSON, AlreadyExists
from chalicelib.use_cases import clarifications
from chalicelib.use_cases.certificates import issue_certificate
from chalicelib.use_cases.closing import close_unfavorably
from chalicelib.use_cases.demands import row_of
from chalicelib.use_cases.identity import claim_identity
from chalicelib.use_cases.journal import notify, record, send
from chalicelib.use_cases.register_questions import Question, ask_register, delay_seconds
from chalicelib.use_cases.register_subjects import subject_of

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.domain.application import CheckRecord
    from chalicelib.domain.matrix import MatrixRow
    from chalicelib.ports.storage import UnitOfWork
    from chalicelib.ports.toolbox import Toolbox


def verify_application(
    *, tools: Toolbox, application_id: str, at: datetime, message_id: str | None = None
) -> Application:
    """Ask every register that has not answered and act on what is known by now.

    A register that is down delays and never refuses. Repeating it for a decided application changes nothing,
    nor does ``message_id`` of a message whose successor is on its way: else each would go on asking for ever.

    Raises:
        NotFound: there is no such application.
        StaleWrite: it changed meanwhile; the message will come again.
    """
    application = tools.store.application_file(application_id=application_id).application
    if application.state is not ApplicationState.IN_PROCESSING or application.needs_operator:
        return application
    if message_id is not None and application.awaited_message not in {message_id, None}:
        return application
    row = row_of(application, at=at)
    kinds = needed_checks(application, row)
    checks = tuple(_checked(tools, application, kind, at) for kind in kinds)
    judgement = _reviewed(application, judge(row=row, checks=checks, kinds=kinds))
    checked = replace(application, checks=checks)
    try:
        return _apply(tools, checked, judgement, at)
    except AlreadyExists as clash:
        if not clash.marker.startswith(ANOTHER_PERSON):
            raise
        # Somebody is here twice: no certificate, and an operator decides (D4).
        return _apply(tools, checked, _for_operator(judgement, clash.marker.removeprefix(ANOTHER_PERSON)), at)


def _for_operator(judgement: Judgement, clash: str) -> Judgement:
    return replace(judgement, outcome=Outcome.OPERATOR, waits=WaitReason.IDENTITY_CLASH, detail=clash)


def _reviewed(application: Application, judgement: Judgement) -> Judgement:
    """What an operator asked for is looked at by an operator, whatever the registers confirm."""
    if judgement.outcome is not Outcome.APPROVED or not application.returns_to_operator:
        return judgement
    return replace(judgement, outcome=Outcome.OPERATOR, waits=WaitReason.CLARIFICATION_ANSWERED)


def needed_checks(application: Application, row: MatrixRow) -> tuple[CheckKind, ...]:
    """The checks of a row without those of optional fields that were left empty."""
    person = application.section("person")
    knows_policy = application.present_policy_id is not None
    skipped = {
        *((CheckKind.INN,) if not person.get("inn") else ()),
        *((CheckKind.SNILS,) if not person.get("snils") else ()),
        *((CheckKind.INSURED_PERSON,) if knows_policy else ()),
    }
    return tuple(kind for kind in row.checks if kind not in skipped)


def _checked(tools: Toolbox, application: Application, kind: CheckKind, at: datetime) -> CheckRecord:
    question = Question(
        entity_id=application.application_id,
        kind=kind,
        subject=subject_of(kind=kind, application=application),
        known=application.check(kind),
        check_round=application.check_round,
    )
    return ask_register(tools=tools, question=question, at=at)


def _apply(tools: Toolbox, application: Application, judgement: Judgement, at: datetime) -> Application:
    work = tools.store.work(at=at)
    changed = _ACTS[judgement.outcome](tools, work, application, judgement, at)
    details = {
        "application_id": application.application_id,
        "number": application.number or "",
        "outcome": judgement.outcome.value,
        **({"waits": judgement.waits.value} if judgement.waits else {}),
        **{f"check.{record.kind.value}": record.status.value for record in application.checks},
    }
    changed = record(changed, work=work, tools=tools, name="application_verified", at=at, actor=SYSTEM, details=details)
    work.update(changed)
    work.commit()
    return replace(changed, version=changed.version + 1)


def _approve(
    tools: Toolbox, work: UnitOfWork, application: Application, judgement: Judgement, at: datetime
) -> Application:
    body = {"application_id": application.application_id}
    send(work=work, tools=tools, queue=Queue.ISSUANCE, body=body, at=at)
    approved = advance(application=application, event=ApplicationEvent.APPROVE, at=at, actor=SYSTEM)
    return replace(approved, delay=None)


def _wait(
    tools: Toolbox, work: UnitOfWork, application: Application, judgement: Judgement, at: datetime
) -> Application:
    body = {"application_id": application.application_id}
    delay = delay_seconds(application.checks)
    next_id = send(work=work, tools=tools, queue=Queue.VERIFICATION, body=body, at=at, delay_seconds=delay)
    since = application.delay.since if application.delay else at
    waiting = replace(application, awaited_message=next_id, delay=Delay(since=since, waiting_for=judgement.waiting_for))
    if judgement.certificate and application.certificate_number is None:
        claim_identity(work=work, tools=tools, application=application)
        return issue_certificate(work=work, tools=tools, application=waiting, at=at)
    if application.delay is None and application.certificate_number is None:
        context = {"number": application.number or "", "due_on": str(application.due_on)}
        notify(
            work=work,
            tools=tools,
            kind="verification_delayed",
            person_id=application.account_id,
            at=at,
            context=context,
        )
    return waiting


def _ask_clarification(
    tools: Toolbox, work: UnitOfWork, application: Application, judgement: Judgement, at: datetime
) -> Application:
    question = clarifications.Question(
        fields=judgement.fields,
        message="; ".join(dict.fromkeys(finding.message for finding in judgement.findings)),
    )
    asked = clarifications.ask_person(
        work=work, tools=tools, application=application, question=question, actor=SYSTEM, at=at
    )
    return replace(asked, delay=None)


def _refuse(
    tools: Toolbox, work: UnitOfWork, application: Application, judgement: Judgement, at: datetime
) -> Application:
    refused = replace(application, refusals=judgement.refusals, delay=None)
    return close_unfavorably(
        work=work, tools=tools, application=refused, event=ApplicationEvent.REFUSE, actor=SYSTEM, at=at
    )


def _leave_to_operator(
    tools: Toolbox, work: UnitOfWork, application: Application, judgement: Judgement, at: datetime
) -> Application:
    reason = judgement.waits or WaitReason.UNSPECIFIED
    return leave_to_operator(application, reason=reason, at=at, detail=judgement.detail)


_ACTS = {
    Outcome.APPROVED: _approve,
    Outcome.WAITING: _wait,
    Outcome.CLARIFICATION: _ask_clarification,
    Outcome.REFUSED: _refuse,
    Outcome.OPERATOR: _leave_to_operator,
}
