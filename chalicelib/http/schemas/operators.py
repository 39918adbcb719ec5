"""What operators send and see: the queue, one case, the lease, questions and decisions (requirements B9, B10, O2)."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from pydantic import Field

from chalicelib.domain.application import CATEGORY_TITLES, KIND_TITLES, ApplicantCategory, ApplicationKind
from chalicelib.domain.application_states import STATE_TITLES, ApplicationState
from chalicelib.domain.case_steps import holder_at, may_be_worked_on, needs_attention, wait_reason, waits_since
from chalicelib.domain.operator_case import REASON_TEXTS, WaitReason
from chalicelib.domain.regions import local_date
from chalicelib.domain.supporting_documents import DocumentKind
from chalicelib.domain.working_days import RUSSIAN_CALENDAR
from chalicelib.http.models import In, IsoDate, Out, PageQuery
from chalicelib.http.schemas.applications import ApplicationOut, CheckOut, MomentOut, application_out
from chalicelib.use_cases.operator_queue import Hold, is_late

if TYPE_CHECKING:
    from chalicelib.domain.application import Application, CheckRecord, Moment
    from chalicelib.domain.case_summary import CaseSummary
    from chalicelib.domain.operator_case import Lease
    from chalicelib.domain.principal import Principal
    from chalicelib.use_cases.view_case import Case

_NOTE = 1000
_LONG = 500


class CasesQuery(PageQuery):
    """Which cases to list; an auditor has to say of which insurer or region."""

    insurer: str | None = Field(default=None, pattern=r"^[0-9]{5}$", description="Код страховой организации")
    region: str | None = Field(default=None, pattern=r"^[0-9]{2}$", description="Код региона")
    state: ApplicationState | None = Field(default=None, description="Только в этом состоянии")
    kind: ApplicationKind | None = Field(default=None, description="Только этого вида")
    category: ApplicantCategory | None = Field(default=None, description="Только этой категории заявителей")
    waiting_since: IsoDate | None = Field(default=None, description="Ждут оператора с этого дня или дольше")
    reason: WaitReason | None = Field(default=None, description="Только ждущие по этой причине")
    overdue: bool | None = Field(default=None, description="Только просроченные (true) или только в срок (false)")
    lease: Hold | None = Field(default=None, description="free — никем не взятые, mine — взятые вами")


class ReasonIn(In):
    """A reason of a refusal, from the catalogue or in words."""

    code: str = Field(
        default="operator_refused",
        max_length=50,
        description="Код из справочника refusal-reasons; без поля — причина своими словами",
        examples=["missing_document"],
    )
    message: str = Field(default="", max_length=_LONG, description="Объяснение; без поля — из справочника")
    mend: str = Field(default="", max_length=_LONG, description="Что сделать заявителю; без поля — из справочника")
    rule: str = Field(default="", max_length=_LONG, description="Норма, если причина на ней основана")


class DecisionIn(In):
    """The decision; a refusal needs reasons in words that the person understands."""

    approve: bool
    reasons: list[ReasonIn] = Field(default_factory=list, max_length=10, description="Все причины отказа сразу")
    reason: str = Field(
        default="", max_length=_LONG, description="Причина отказа своими словами; при одобрении — пояснение для коллег"
    )
    mend: str = Field(default="", max_length=_LONG, description="Что сделать заявителю")


class ClarificationIn(In):
    """What the person is asked for."""

    fields: list[str] = Field(
        default_factory=list, max_length=50, description="Поля формы: раздел.поле", examples=[["person.born_on"]]
    )
    documents: list[DocumentKind] = Field(
        default_factory=list, max_length=20, description="Документы, скан-копии которых нужны", strict=False
    )
    message: str = Field(max_length=_NOTE, description="Что уточнить и зачем, словами для заявителя")


class SendBackIn(In):
    """Why the registers are asked anew."""

    note: str = Field(default="", max_length=_NOTE, description="Пояснение для коллег: заявитель его не видит")


class WaitOut(Out):
    """Why a case waits for a person, and what can be done."""

    code: WaitReason
    title: str
    advice: str
    since: datetime | None
    detail: str


class LeaseOut(Out):
    """Somebody works on the case until a moment; who it is is told to nobody else."""

    is_mine: bool
    until: datetime


class CaseRowOut(Out):
    """A case in the queue: nothing about the person."""

    id: str
    number: str
    kind: ApplicationKind
    kind_title: str
    category: ApplicantCategory
    category_title: str
    state: ApplicationState
    state_title: str
    insurer_code: str
    region: str
    submitted_at: datetime
    due_on: date
    working_days_left: int
    is_overdue: bool
    needs_operator: bool
    reason: WaitOut | None
    waiting_since: datetime | None
    lease: LeaseOut | None


class AnswerOut(CheckOut):
    """A register's answer with all that explains it (requirement D3)."""

    request_id: str
    data: dict[str, str]
    attempts: int
    register_version: str
    rules_version: str
    is_current: bool


class StepOut(MomentOut):
    """A step of the history with what only operators see."""

    organisation: str
    note: str


class CaseOut(ApplicationOut):
    """A case whole: form, scans with verdicts, checks with answers, history, and what is wrong or missing."""

    checks: list[AnswerOut]  # type: ignore[assignment]  # says more about each check
    history: list[StepOut]  # type: ignore[assignment]  # says more about each step
    reason: WaitOut | None
    lease: LeaseOut | None
    may_be_taken: bool


def case_row(case: CaseSummary, *, principal: Principal, at: datetime) -> CaseRowOut:
    """Present a case of the queue."""
    today = local_date(at=at, region=case.region)
    held = case.lease if case.lease and case.lease.stands_at(at) else None
    return CaseRowOut(
        id=case.application_id,
        number=case.number,
        kind=case.kind,
        kind_title=KIND_TITLES[case.kind],
        category=case.category,
        category_title=CATEGORY_TITLES[case.category],
        state=case.state,
        state_title=STATE_TITLES[case.state],
        insurer_code=case.insurer_code,
        region=case.region,
        submitted_at=case.submitted_at,
        due_on=case.due_on,
        working_days_left=RUSSIAN_CALENDAR.working_days_between(start=today, end=case.due_on),
        is_overdue=is_late(case, at=at),
        needs_operator=case.needs_operator,
        reason=_wait(case.waits, case.waits_since) if case.waits else None,
        waiting_since=case.waits_since,
        lease=lease_out(held, principal=principal),
    )


def _wait(reason: WaitReason, since: datetime | None, detail: str = "") -> WaitOut:
    text = REASON_TEXTS[reason]
    return WaitOut(code=reason, title=text.title, advice=text.advice, since=since, detail=detail)


def lease_out(lease: Lease | None, *, principal: Principal) -> LeaseOut | None:
    """Present a lease."""
    if lease is None:
        return None
    return LeaseOut(is_mine=lease.operator_id == principal.account_id, until=lease.until)


def case_out(case: Case, *, principal: Principal, at: datetime) -> CaseOut:
    """Present one case."""
    application = case.file.application
    shown = application_out(application, scans=case.file.scans, errors=case.errors)
    held = holder_at(application, at=at)
    return CaseOut(
        **{
            **dict(shown),
            "missing": [error.field for error in case.errors if error.code == "required"],
            "missing_documents": list(case.missing_documents),
            "checks": _answers(application),
            "history": [_step(moment) for moment in application.history],
            "reason": _wait_of(application),
            "lease": lease_out(held, principal=principal),
            "may_be_taken": may_be_worked_on(application),
        }
    )


def _wait_of(application: Application) -> WaitOut | None:
    if not needs_attention(application):
        return None
    detail = application.attention.detail if application.attention else ""
    return _wait(wait_reason(application), waits_since(application), detail)


def _answers(application: Application) -> list[AnswerOut]:
    return [
        *(_answer(record, is_current=True) for record in application.checks),
        *(_answer(record, is_current=False) for record in reversed(application.earlier_checks)),
    ]


def _answer(record: CheckRecord, *, is_current: bool) -> AnswerOut:
    return AnswerOut(
        kind=record.kind,
        status=record.status,
        asked_at=record.asked_at,
        answered_at=record.answered_at,
        reasons=list(record.reasons),
        request_id=record.request_id,
        data=dict(record.data),
        attempts=record.attempts,
        register_version=record.register_version,
        rules_version=record.rules_version,
        is_current=is_current,
    )


def _step(moment: Moment) -> StepOut:
    return StepOut(
        state=moment.state,
        title=STATE_TITLES[moment.state],
        at=moment.at,
        by=moment.actor.kind,
        reason=moment.reason,
        paused_days=moment.paused_days,
        due_on=moment.due_on,
        organisation=moment.actor.organisation,
        note=moment.note,
    )
