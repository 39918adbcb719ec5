"""What time brings to representations: a child turns 14, powers end; live applications move on (requirement A6)."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from chalicelib.domain.application import ApplicantCategory, Application, advance
from chalicelib.domain.application_states import FINAL_STATES, ApplicationEvent, ApplicationState
from chalicelib.domain.audit import SYSTEM
from chalicelib.domain.birth_date import age_on
from chalicelib.domain.case_steps import leave_to_operator
from chalicelib.domain.errors import StateConflict
from chalicelib.domain.operator_case import WaitReason
from chalicelib.domain.representation import PASSPORT_AGE, RepresentationState, next_look
from chalicelib.ports.errors import StaleWrite
from chalicelib.ports.queries import ApplicationFilter
from chalicelib.use_cases.clarifications import end_pause
from chalicelib.use_cases.journal import notify, record
from chalicelib.use_cases.merged_records import applications_about

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date, datetime

    from chalicelib.domain.representation import Representation
    from chalicelib.ports.toolbox import Toolbox

PAGE = 100
ENDED = "representation_ended"
TURNED_14 = "child_turned_14"


def run_representations(*, tools: Toolbox, at: datetime) -> Mapping[str, int]:
    """Do what is due with representations, one after another; returns how many of each.

    Applications are moved on before the representation itself: a run that is cut short is taken up by the next.
    """
    done: Counter[str] = Counter()
    for page in tools.store.due_representations(until=at, page=PAGE):
        for representation in page:
            try:
                done[_step(tools, representation, at)] += 1
            except (StaleWrite, StateConflict):
                done["skipped"] += 1
    return dict(done)


def _step(tools: Toolbox, representation: Representation, at: datetime) -> str:
    on = _day_of(representation, at)
    if representation.until_on is not None and representation.until_on <= on:
        return _end(tools, representation, at, reason="term_over")
    return _turn_14(tools, representation, on, at)


def _day_of(representation: Representation, at: datetime) -> date:
    return (at + timedelta(hours=representation.utc_offset_hours)).date()


def _turn_14(tools: Toolbox, representation: Representation, on: date, at: datetime) -> str:
    if age_on(born_on=representation.born_on, on=on) < PASSPORT_AGE:
        raise StateConflict("День рождения ещё не наступил")
    for application in _applications(tools, representation.person_id):
        is_draft = application.state in {ApplicationState.DRAFT, ApplicationState.AWAITING_SIGNATURE}
        if is_draft and application.category is ApplicantCategory.CHILD_UNDER_14:
            grown = replace(application, category=ApplicantCategory.CITIZEN_14_PLUS)
            _keep(tools, grown, TURNED_14, at)
    return _note(tools, representation, TURNED_14, on, at)


def end_representation(
    *, tools: Toolbox, representation: Representation, reason: str, at: datetime, tells: bool = True
) -> None:
    """End the right to act: submitted applications go to an operator, drafts end.

    Without ``tells`` nobody is written to: something else tells of it, or silence is better.
    """
    _end(tools, representation, at, reason=reason, tells=tells)


def _end(tools: Toolbox, representation: Representation, at: datetime, *, reason: str, tells: bool = True) -> str:
    for application in _applications(tools, representation.person_id):
        if application.account_id == representation.representative_id and application.state not in FINAL_STATES:
            _reroute(tools, application, at)
    ended = replace(
        representation,
        state=RepresentationState.ENDED,
        ended_at=at,
        end_reason=reason,
    )
    return _note(tools, ended, ENDED, _day_of(representation, at), at, tells=tells)


def _reroute(tools: Toolbox, application: Application, at: datetime) -> None:
    """A draft has nobody to finish it; what was submitted is decided by an operator, never lost."""
    if application.submitted_at is None:
        closed = advance(application=application, event=ApplicationEvent.EXPIRE, at=at, actor=SYSTEM, reason=ENDED)
        _keep(tools, closed, "draft_expired", at)
        return
    moved = application
    if application.state is ApplicationState.CLARIFICATION_REQUIRED:
        moved = advance(application=application, event=ApplicationEvent.CLARIFY, at=at, actor=SYSTEM, reason=ENDED)
        moved = end_pause(moved, at=at)
    moved = leave_to_operator(moved, reason=WaitReason.REPRESENTATION_ENDED, at=at)
    moved = replace(moved, account_id=application.person_id)
    _keep(tools, moved, ENDED, at)


def _keep(tools: Toolbox, application: Application, name: str, at: datetime) -> None:
    work = tools.store.work(at=at)
    details = {"application_id": application.application_id, "number": application.number or ""}
    changed = record(application, work=work, tools=tools, name=name, at=at, actor=SYSTEM, details=details)
    work.update(changed)
    work.commit()


def _note(
    tools: Toolbox, representation: Representation, name: str, on: date, at: datetime, *, tells: bool = True
) -> str:
    work = tools.store.work(at=at)
    noted = replace(representation, next_step_at=next_look(representation, on=on))
    details = {"relation": representation.relation.value, "reason": representation.end_reason}
    noted = record(noted, work=work, tools=tools, name=name, at=at, actor=SYSTEM, details=details)
    work.update(noted)
    if tells:
        notify(
            work=work,
            tools=tools,
            kind=name,
            person_id=representation.representative_id,
            at=at,
            context={"day": str(on)},
        )
    work.commit()
    return name


def _applications(tools: Toolbox, person_id: str) -> Iterator[Application]:
    after: str | None = None
    while True:
        found = applications_about(
            tools=tools, person_id=person_id, limit=PAGE, after=after, wanted=ApplicationFilter()
        )
        yield from found.items
        if (after := found.after) is None:
            return
