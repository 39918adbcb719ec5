"""Corrections of applications and of the right to act for another (requirements A6, B8, B10, B11)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from chalicelib.domain.application import Application, advance
from chalicelib.domain.application_states import FINAL_STATES, ApplicationEvent, ApplicationState
from chalicelib.domain.changes import Change, changed
from chalicelib.domain.errors import RuleRefused
from chalicelib.domain.regions import end_of_day
from chalicelib.domain.representation import Representation, RepresentationState, next_look
from chalicelib.use_cases.correction_case import representation_of
from chalicelib.use_cases.demands import region_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from chalicelib.ports.toolbox import Toolbox
    from chalicelib.use_cases.correction_case import Case, Draws

RECORDED_WRONGLY = "recorded_wrongly"
REOPENED = "reopened_by_correction"


def reopen_refused(tools: Toolbox, case: Case, draws: Draws) -> list[Change]:
    """A refused application is verified anew, its due date stays."""
    application = case.application()
    if application.state is not ApplicationState.REFUSED:
        raise RuleRefused("application_not_refused", "По этому заявлению не отказано")
    return _reopened(case, application)


def reopen_closed(tools: Toolbox, case: Case, draws: Draws) -> list[Change]:
    """A withdrawn or expired application is verified anew; what was a draft is a draft again."""
    application = case.application()
    if application.state not in {ApplicationState.WITHDRAWN, ApplicationState.EXPIRED}:
        raise RuleRefused("application_not_closed", "Это заявление не отозвано и не истекло")
    if application.submitted_at is not None:
        return _reopened(case, application)
    event = ApplicationEvent.REOPEN_DRAFT
    draft = advance(application=application, event=event, at=case.at, actor=case.actor, reason=REOPENED)
    return [Change(before=application, after=draft)]


def _reopened(case: Case, application: Application) -> list[Change]:
    if application.policy_id is not None:
        raise RuleRefused("application_had_effect", "Заявление уже изменило полис: исправьте сам полис")
    if any(other.is_live and other.kind is application.kind for other in case.applications):
        raise RuleRefused("live_application", "Уже рассматривается другое заявление того же вида")
    event = ApplicationEvent.REOPEN
    again = advance(application=application, event=event, at=case.at, actor=case.actor, reason=REOPENED)
    due_on = application.due_on
    again = replace(
        again,
        refusals=(),
        clarification=None,
        delay=None,
        needs_operator=False,
        earlier_checks=(*application.earlier_checks, *application.checks),
        checks=(),
        next_look_at=end_of_day(due_on, region_of(application.form)) if due_on else None,
    )
    return [Change(before=application, after=again)]


def discontinued(case: Case, application: Application, reason: str) -> Application:
    """An application that a correction closes."""
    event = ApplicationEvent.DISCONTINUE
    closed = advance(application=application, event=event, at=case.at, actor=case.actor, reason=reason)
    return replace(closed, needs_operator=False, delay=None)


def restore_representation(tools: Toolbox, case: Case, draws: Draws) -> list[Change]:
    """A representative acts again, to the end of the term."""
    found = _representation(tools, case)
    if found.state is RepresentationState.ACTIVE:
        raise RuleRefused("representation_stands", "Полномочия представителя не прекращены")
    if found.until_on is not None and found.until_on <= case.on:
        raise RuleRefused("powers_expired", "Срок полномочий истёк: нужен новый документ")
    again = replace(found, state=RepresentationState.ACTIVE, ended_at=None, end_reason="")
    return [Change(before=found, after=replace(again, next_step_at=next_look(again, on=case.on)))]


def end_representation(tools: Toolbox, case: Case, draws: Draws) -> list[Change]:
    """A right to act that should not have been written down ends, with what was begun by it."""
    found = _representation(tools, case)
    if found.state is not RepresentationState.ACTIVE:
        raise RuleRefused("representation_ended", "Полномочия представителя уже прекращены")
    return [
        *changed(before=found, after=ended_representation(found, case.at, RECORDED_WRONGLY)),
        *without_representative(case, case.applications, found.representative_id, RECORDED_WRONGLY),
    ]


def _representation(tools: Toolbox, case: Case) -> Representation:
    named = case.values.get("representative_id")
    person_id = case.person.person_id
    found = (
        representation_of(tools=tools, representative_id=named, person_id=person_id) if named else case.representation
    )
    if found is None:
        raise RuleRefused("no_representation", "Такого представителя у этого человека нет")
    return found


def ended_representation(found: Representation, at: datetime, reason: str) -> Representation:
    """A right to act that ends now."""
    return replace(found, state=RepresentationState.ENDED, ended_at=at, end_reason=reason, next_step_at=None)


def without_representative(
    case: Case, applications: Iterable[Application], representative_id: str, reason: str
) -> list[Change]:
    """What a representative had begun: submitted applications go to an operator, drafts are closed."""
    return [
        Change(before=application, after=_left(case, application, reason))
        for application in applications
        if application.account_id == representative_id and application.state not in FINAL_STATES
    ]


def _left(case: Case, application: Application, reason: str) -> Application:
    if application.submitted_at is None:
        return discontinued(case, application, reason)
    moved = application
    if application.state is ApplicationState.CLARIFICATION_REQUIRED:
        event = ApplicationEvent.CLARIFY
        moved = advance(application=application, event=event, at=case.at, actor=case.actor, reason=reason)
    return replace(moved, account_id=application.person_id, needs_operator=True, delay=None, clarification=None)
