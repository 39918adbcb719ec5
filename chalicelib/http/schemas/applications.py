"""Applications, their forms, scans and signatures as JSON."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from chalicelib.domain.application import (
    CATEGORY_TITLES,
    KIND_TITLES,
    ApplicantCategory,
    Application,
    ApplicationKind,
)
from chalicelib.domain.application_form import completeness, missing_documents, missing_fields
from chalicelib.domain.application_states import FINAL_STATES, STATE_TITLES, ApplicationState
from chalicelib.domain.checks import CheckKind, CheckStatus
from chalicelib.domain.representation import Relation
from chalicelib.domain.scan import ScanState
from chalicelib.domain.supporting_documents import DocumentKind
from chalicelib.http.models import Out
from chalicelib.http.schemas.scans import ScanOut, scan_out
from chalicelib.use_cases.demands import row_of
from chalicelib.use_cases.sign_application import documents_asked_for

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from chalicelib.domain.errors import FieldError
    from chalicelib.domain.scan import Scan


class FieldErrorOut(Out):
    """A mistake in a field and how to mend it."""

    field: str
    code: str
    message: str


class FormCheckOut(Out):
    """All mistakes of a form."""

    valid: bool
    errors: list[FieldErrorOut]


class LinkOut(Out):
    """A link that works for a short time."""

    url: str
    expires_in: int


class SigningCodeOut(Out):
    """A code is on its way."""

    sent_at: datetime
    expires_at: datetime
    resend_at: datetime
    tries: int


class MomentOut(Out):
    """One step of the history; after a clarification also how long the decision's clock stood still."""

    state: ApplicationState
    title: str
    at: datetime
    by: str
    reason: str
    paused_days: int | None
    due_on: date | None


class CheckOut(Out):
    """A check against a register."""

    kind: CheckKind
    status: CheckStatus
    asked_at: datetime
    answered_at: datetime | None
    reasons: list[str]


class DelayOut(Out):
    """Why the application waits."""

    since: datetime
    waiting_for: list[CheckKind]
    message: str


class RefusalOut(Out):
    """A reason of the refusal and its mend."""

    code: str
    message: str
    mend: str
    rule: str | None
    possible_on: date | None


class ClarificationOut(Out):
    """What to mend, until when."""

    fields: list[str]
    documents: list[str]
    message: str
    until_on: date


class ApplicationOut(Out):
    """An application: its form, scans, checks and history."""

    id: str
    number: str | None
    kind: ApplicationKind
    kind_title: str
    category: ApplicantCategory
    category_title: str
    person_id: str
    relation: Relation | None
    previous_id: str | None
    state: ApplicationState
    state_title: str
    is_final: bool
    version: int
    created_at: datetime
    updated_at: datetime
    submitted_at: datetime | None
    due_on: date | None
    is_overdue: bool
    expires_at: datetime | None
    form: dict[str, dict[str, str]]
    errors: list[FieldErrorOut]
    missing: list[str]
    missing_documents: list[DocumentKind]
    completeness: int
    scans: list[ScanOut]
    checks: list[CheckOut]
    delay: DelayOut | None
    clarification: ClarificationOut | None
    refusals: list[RefusalOut]
    needs_operator: bool
    certificate_number: str | None
    policy_id: str | None
    effective_on: date | None
    history: list[MomentOut]


_WAITING = "Ждём ответа государственного реестра. Заявление не отклонено, делать ничего не нужно"


def errors_out(errors: Iterable[FieldError]) -> list[FieldErrorOut]:
    """Present mistakes."""
    return [FieldErrorOut(field=e.field, code=e.code, message=e.message) for e in errors]


def application_out(
    application: Application,
    *,
    scans: Collection[Scan] = (),
    errors: Iterable[FieldError] = (),
) -> ApplicationOut:
    """Present an application."""
    unsubmitted = application.submitted_at is None and application.state not in FINAL_STATES
    return ApplicationOut(
        id=application.application_id,
        number=application.number,
        kind=application.kind,
        kind_title=KIND_TITLES[application.kind],
        category=application.category,
        category_title=CATEGORY_TITLES[application.category],
        person_id=application.person_id,
        relation=application.relation,
        previous_id=application.previous_id,
        state=application.state,
        state_title=STATE_TITLES[application.state],
        is_final=application.state in FINAL_STATES,
        version=application.version,
        created_at=application.created_at,
        updated_at=application.updated_at,
        submitted_at=application.submitted_at,
        due_on=application.due_on,
        is_overdue=application.is_overdue,
        expires_at=application.keep_until if unsubmitted else None,
        form={name: dict(section) for name, section in application.form.items()},
        errors=errors_out(errors),
        **_progress(application, scans, unsubmitted=unsubmitted),
        scans=[scan_out(scan) for scan in scans],
        checks=_checks(application),
        delay=_delay(application),
        clarification=_clarification(application),
        refusals=_refusals(application),
        needs_operator=application.needs_operator,
        certificate_number=application.certificate_number,
        policy_id=application.policy_id,
        effective_on=application.effective_on,
        history=_history(application),
    )


def _progress(application: Application, scans: Collection[Scan], *, unsubmitted: bool) -> dict[str, Any]:
    """How far a draft is, by the rules of the day on which it was saved; what an answer still has to bring."""
    if not unsubmitted:
        return {"missing": [], "missing_documents": _unanswered(application, scans), "completeness": 100}
    row = row_of(application, at=application.updated_at)
    form = application.form
    present = frozenset(scan.document for scan in scans if scan.state is ScanState.ACCEPTED)
    return {
        "missing": list(missing_fields(form=form, row=row)),
        "missing_documents": list(missing_documents(form=form, row=row, present=present)),
        "completeness": completeness(form=form, row=row, present=present),
    }


def _unanswered(application: Application, scans: Collection[Scan]) -> list[DocumentKind]:
    asked = application.clarification
    return list(documents_asked_for(asked, scans=scans)) if asked else []


def _checks(application: Application) -> list[CheckOut]:
    return [
        CheckOut(
            kind=record.kind,
            status=record.status,
            asked_at=record.asked_at,
            answered_at=record.answered_at,
            reasons=list(record.reasons),
        )
        for record in application.checks
    ]


def _delay(application: Application) -> DelayOut | None:
    delay = application.delay
    if delay is None:
        return None
    return DelayOut(since=delay.since, waiting_for=list(delay.waiting_for), message=_WAITING)


def _clarification(application: Application) -> ClarificationOut | None:
    asked = application.clarification
    if asked is None:
        return None
    return ClarificationOut(
        fields=list(asked.fields),
        documents=list(asked.documents),
        message=asked.message,
        until_on=asked.until_on,
    )


def _refusals(application: Application) -> list[RefusalOut]:
    return [
        RefusalOut(
            code=refusal.code,
            message=refusal.message,
            mend=refusal.mend,
            rule=refusal.rule,
            possible_on=refusal.possible_on,
        )
        for refusal in application.refusals
    ]


def _history(application: Application) -> list[MomentOut]:
    return [
        MomentOut(
            state=moment.state,
            title=STATE_TITLES[moment.state],
            at=moment.at,
            by=moment.actor.kind,
            reason=moment.reason,
            paused_days=moment.paused_days,
            due_on=moment.due_on,
        )
        for moment in application.history
    ]
