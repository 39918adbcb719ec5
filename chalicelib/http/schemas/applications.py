"""Applications, their forms, scans and signatures as JSON."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from pydantic import Field

from chalicelib.domain.application import (
    CATEGORY_TITLES,
    KIND_TITLES,
    ApplicantCategory,
    Application,
    ApplicationKind,
)
from chalicelib.domain.application_form import missing_fields
from chalicelib.domain.application_states import FINAL_STATES, STATE_TITLES, ApplicationState
from chalicelib.domain.checks import CheckKind, CheckStatus
from chalicelib.domain.matrix import matrix_row
from chalicelib.http.models import In, Out, PageQuery
from chalicelib.http.schemas.forms import FormIn
from chalicelib.http.schemas.scans import ScanOut, scan_out

if TYPE_CHECKING:
    from collections.abc import Iterable

    from chalicelib.domain.errors import FieldError
    from chalicelib.domain.scan import Scan


class CreateApplicationIn(In):
    """What is applied for."""

    kind: ApplicationKind = Field(strict=False, description="Вид заявления", examples=["first_policy"])


class CheckFormIn(In):
    """A form to check without saving it."""

    kind: ApplicationKind = Field(strict=False, description="Вид заявления")
    form: FormIn
    complete: bool = Field(default=False, description="Сообщать и о незаполненных полях")


class SubmissionIn(In):
    """The code from the SMS, or a detached CMS signature over what ``signing-content`` gives."""

    code: str | None = Field(default=None, pattern=r"^[0-9]{6}$", description="Код из СМС", examples=["123456"])
    cms: str | None = Field(
        default=None, min_length=1, max_length=32_768, description="Отсоединённая подпись CMS: DER в Base64"
    )


class ApplicationsQuery(PageQuery):
    """Which applications to list."""

    state: ApplicationState | None = Field(default=None, description="Только в этом состоянии")
    kind: ApplicationKind | None = Field(default=None, description="Только этого вида")
    number: str | None = Field(default=None, max_length=20, description="Только с этим номером")


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
    """One step of the history."""

    state: ApplicationState
    title: str
    at: datetime
    by: str


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
    scans: Iterable[Scan] = (),
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
        missing=_missing(application) if unsubmitted else [],
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


def _missing(application: Application) -> list[str]:
    """The demanded fields that are still empty, by the rules of the day on which it was saved."""
    on = application.updated_at.date()
    row = matrix_row(category=application.category, kind=application.kind, on=on)
    return list(missing_fields(form=application.form, row=row))


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
        )
        for moment in application.history
    ]
