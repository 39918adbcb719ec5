"""Asking the person to mend something, and what the wait does to the decision's clock (requirement B9)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from chalicelib.domain.application import Application, Clarification, advance
from chalicelib.domain.application_states import ApplicationEvent
from chalicelib.domain.case_steps import go_on_with_the_clock, off_the_queue
from chalicelib.domain.regions import end_of_day
from chalicelib.domain.supporting_documents import DocumentKind
from chalicelib.domain.working_days import RUSSIAN_CALENDAR
from chalicelib.use_cases.demands import local_day, region_of
from chalicelib.use_cases.journal import notify

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.domain.audit import Actor
    from chalicelib.ports.storage import UnitOfWork
    from chalicelib.ports.toolbox import Toolbox

CLARIFICATION_DAYS = 5
"""Requirement B9: working days to answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What the person is asked: fields of the form, documents, and in words."""

    message: str
    fields: tuple[str, ...] = ()
    documents: tuple[DocumentKind, ...] = ()


def ask_person(
    *,
    work: UnitOfWork,
    tools: Toolbox,
    application: Application,
    question: Question,
    actor: Actor,
    at: datetime,
    reason: str = "",
) -> Application:
    """Ask and tell the person of it; the decision's clock stands still until the answer."""
    on = local_day(application, at=at)
    until_on = RUSSIAN_CALENDAR.add_working_days(start=on, days=CLARIFICATION_DAYS)
    event = ApplicationEvent.ASK_CLARIFICATION
    asked = advance(application=application, event=event, at=at, actor=actor, reason=reason)
    context = {"number": application.number or "", "day": str(until_on)}
    kind, told = "clarification_required", application.account_id
    notify(work=work, tools=tools, kind=kind, person_id=told, at=at, context=context)
    return replace(
        off_the_queue(asked, returns=application.returns_to_operator),
        clarification=Clarification(
            fields=question.fields,
            documents=tuple(document.value for document in question.documents),
            message=question.message,
            until_on=until_on,
            asked_at=at,
            asked_on=on,
        ),
        next_look_at=end_of_day(until_on, region_of(application.form)),
    )


def end_pause(application: Application, *, at: datetime) -> Application:
    """Let the clock go on after an answer, or after what made it needless; the next look is at its due date."""
    on = local_day(application, at=at)
    going = go_on_with_the_clock(application, on=on)
    return replace(going, next_look_at=end_of_day(going.due_on or on, region_of(application.form)))
