"""Appeals against refusals as JSON (requirement L1)."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from pydantic import Field

from chalicelib.domain.appeal import EFFECT_TITLES, Effect
from chalicelib.domain.appeal_rules import LEVELS, MAX_TEXT, SUBJECTS, TOPICS, SubjectKind
from chalicelib.domain.appeal_states import (
    APPEAL_STATE_TITLES,
    AppealEvent,
    AppealState,
    AppealWho,
    Level,
    open_appeal_events,
)
from chalicelib.http.models import In, Out, PageQuery
from chalicelib.http.schemas.operators import LeaseOut, lease_out
from chalicelib.http.schemas.scans import OperatorScanOut, ScanOut, operator_scan_out, scan_out

if TYPE_CHECKING:
    from collections.abc import Mapping

    from chalicelib.domain.appeal import Appeal
    from chalicelib.domain.appeal_summary import AppealSummary
    from chalicelib.domain.principal import Principal
    from chalicelib.ports.appeals import AppealFile


class AppealIn(In):
    """Which refusal is appealed against."""

    subject: SubjectKind = Field(strict=False, description="Что обжалуется", examples=["application"])
    subject_id: str = Field(
        max_length=26,
        description="Идентификатор заявления (он же у свидетельства и доставки) или регистрации полиса",
    )


class GroundsIn(In):
    """Why the refusal is thought wrong."""

    reasons: list[str] = Field(max_length=20, description="Причины из справочника appeal-reasons")
    text: str = Field(default="", max_length=MAX_TEXT, description="Своими словами")


class WordsIn(In):
    """An answer, a question, or what is wrong with a decision."""

    text: str = Field(max_length=MAX_TEXT, description="Своими словами")


class DocumentIn(In):
    """A file that is going to be uploaded."""

    media_type: str = Field(max_length=100, description="Тип файла", examples=["application/pdf", "image/jpeg"])


class VerdictIn(In):
    """What is decided on an appeal."""

    uphold: bool = Field(description="Удовлетворить жалобу: отказ отменится сам")
    explanation: str = Field(max_length=MAX_TEXT, description="Объяснение для заявителя")
    topic: str = Field(default="", max_length=10, description="Тема журнала обращений, если указана неверно")
    carry_out: bool = Field(default=False, description="Исполнить заявление сразу, без новой проверки по реестрам")


class AppealsQuery(PageQuery):
    """Which appeals to list."""

    overdue: bool | None = Field(default=None, description="Только просроченные или только непросроченные")


class AppealStepOut(Out):
    """One step of the history."""

    state: AppealState
    state_title: str
    event: AppealEvent | None
    level: Level
    at: datetime
    by: str
    text: str
    paused_days: int | None


class AppealDecisionOut(Out):
    """A decision of one level."""

    level: Level
    upheld: bool
    explanation: str
    decided_at: datetime
    organisation: str
    effect: Effect | None
    effect_title: str


class AppealQuestionOut(Out):
    """What is asked, and the last day to answer."""

    text: str
    asked_at: datetime
    answer_until: date


class AppealRowOut(Out):
    """An appeal in an operators' list: nothing about the person."""

    id: str
    number: str
    subject: SubjectKind
    subject_title: str
    topic: str
    topic_title: str
    level: Level
    level_title: str
    state: AppealState
    state_title: str
    filed_at: datetime | None
    due_on: date | None
    is_overdue: bool


class AppealLineOut(AppealRowOut):
    """An appeal in an operators' list, with who works on it and whether one may take it."""

    lease: LeaseOut | None
    may_be_taken: bool


class AppealOut(AppealRowOut):
    """An appeal whole."""

    subject_id: str
    subject_number: str
    refused_at: datetime
    created_at: datetime
    reasons: list[str]
    text: str
    question: AppealQuestionOut | None
    decisions: list[AppealDecisionOut]
    history: list[AppealStepOut]
    documents: list[ScanOut]
    receipt_id: str
    may: list[AppealEvent] = Field(description="Что сейчас можно сделать")


class HandledAppealOut(AppealOut):
    """An appeal as the operator sees it who decides it."""

    documents: list[OperatorScanOut]  # type: ignore[assignment]  # with the hash of each original
    person_id: str
    lease: LeaseOut | None


def appeal_out(appeal: Appeal, file: AppealFile | None = None) -> AppealOut:
    """Present an appeal to who made it; without the file, without its documents."""
    documents = [scan_out(scan) for scan in file.scans] if file else []
    return AppealOut(**_row(appeal), **_whole(appeal, AppealWho.PERSON), documents=documents)


def handled_appeal_out(file: AppealFile, *, principal: Principal, at: datetime) -> HandledAppealOut:
    """Present an appeal to an operator."""
    appeal = file.appeal
    held = appeal.lease if appeal.lease is not None and appeal.lease.stands_at(at) else None
    return HandledAppealOut(
        **_row(appeal),
        **_whole(appeal, AppealWho.OPERATOR),
        documents=[operator_scan_out(scan) for scan in file.scans],
        person_id=appeal.person_id,
        lease=lease_out(held, principal=principal),
    )


def appeal_line(summary: AppealSummary, *, principal: Principal, at: datetime) -> AppealLineOut:
    """Present an appeal in the operators' list."""
    held = summary.lease if summary.lease is not None and summary.lease.stands_at(at) else None
    is_free = held is None or held.operator_id == principal.account_id
    may = summary.state is AppealState.FILED and is_free and principal.account_id not in summary.barred
    return AppealLineOut(
        id=summary.appeal_id,
        number=summary.number,
        subject=summary.subject,
        subject_title=SUBJECTS[summary.subject].title,
        topic=summary.topic,
        topic_title=TOPICS[summary.topic],
        level=summary.level,
        level_title=LEVELS[summary.level].title,
        state=summary.state,
        state_title=APPEAL_STATE_TITLES[summary.state],
        filed_at=summary.filed_at,
        due_on=summary.due_on,
        is_overdue=summary.is_overdue,
        lease=lease_out(held, principal=principal),
        may_be_taken=may,
    )


def _row(appeal: Appeal) -> Mapping[str, Any]:
    kind = appeal.refused.kind
    return {
        "id": appeal.appeal_id,
        "number": appeal.number,
        "subject": kind,
        "subject_title": SUBJECTS[kind].title,
        "topic": appeal.topic,
        "topic_title": TOPICS[appeal.topic],
        "level": appeal.level,
        "level_title": LEVELS[appeal.level].title,
        "state": appeal.state,
        "state_title": APPEAL_STATE_TITLES[appeal.state],
        "filed_at": appeal.filed_at,
        "due_on": appeal.due_on,
        "is_overdue": appeal.is_overdue,
    }


def _whole(appeal: Appeal, who: AppealWho) -> Mapping[str, Any]:
    asked = appeal.question
    question = (
        AppealQuestionOut(text=asked.text, asked_at=asked.asked_at, answer_until=asked.until_on) if asked else None
    )
    return {
        "subject_id": appeal.refused.subject_id,
        "subject_number": appeal.refused.number,
        "refused_at": appeal.refused.refused_at,
        "created_at": appeal.created_at,
        "reasons": list(appeal.reasons),
        "text": appeal.text,
        "question": question,
        "decisions": [_decision(appeal, place) for place in range(len(appeal.decisions))],
        "history": [
            AppealStepOut(
                state=step.state,
                state_title=APPEAL_STATE_TITLES[step.state],
                event=step.event,
                level=step.level,
                at=step.at,
                by=step.actor.kind,
                text=step.text,
                paused_days=step.paused_days,
            )
            for step in appeal.history
        ],
        "receipt_id": appeal.receipt_id,
        "may": list(open_appeal_events(state=appeal.state, level=appeal.level, who=who)),
    }


def _decision(appeal: Appeal, place: int) -> AppealDecisionOut:
    made = appeal.decisions[place]
    return AppealDecisionOut(
        level=made.level,
        upheld=made.upheld,
        explanation=made.explanation,
        decided_at=made.decided_at,
        organisation=made.organisation,
        effect=made.effect,
        effect_title=EFFECT_TITLES[made.effect] if made.effect else "",
    )
