"""What time brings: drafts expire, clarifications lapse, a new insurer takes effect, delays show as overdue."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from chalicelib.domain.application import Application, Refusal, advance
from chalicelib.domain.application_states import ApplicationEvent, ApplicationState
from chalicelib.domain.audit import SYSTEM
from chalicelib.domain.errors import StateConflict
from chalicelib.domain.policy import STANDING
from chalicelib.domain.records import Revocation
from chalicelib.ports.errors import StaleWrite
from chalicelib.use_cases.certificates import STATUS_COUNTER
from chalicelib.use_cases.closing import close_unfavorably, free_place
from chalicelib.use_cases.demands import local_day
from chalicelib.use_cases.forms import profile_form
from chalicelib.use_cases.issued_policy import order_documents
from chalicelib.use_cases.journal import notify, record
from chalicelib.use_cases.ordered_documents import supersede
from chalicelib.use_cases.policy_cards import put_policy_card
from chalicelib.use_cases.supersede_legacy_policy import supersede_legacy_policy

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from chalicelib.domain.policy import Policy
    from chalicelib.ports.folders import PersonFile
    from chalicelib.ports.storage import UnitOfWork
    from chalicelib.ports.toolbox import Toolbox

PAGE = 100


def run_due(*, tools: Toolbox, at: datetime) -> Mapping[str, int]:
    """Do what is due with applications, one transaction each; returns how many of each.

    An application that changes meanwhile is left to the next run.
    """
    done: Counter[str] = Counter()
    for page in tools.store.due_applications(until=at, page=PAGE):
        for application in page:
            try:
                done[_act(tools, application, at)] += 1
            except (StaleWrite, StateConflict):
                done["skipped"] += 1
    return dict(done)


def _act(tools: Toolbox, application: Application, at: datetime) -> str:
    state = application.state
    if state in {ApplicationState.DRAFT, ApplicationState.AWAITING_SIGNATURE}:
        return _expire_draft(tools, application, at) if at >= application.keep_until else _warn(tools, application, at)
    if state is ApplicationState.CLARIFICATION_REQUIRED:
        return _lapse(tools, application, at)
    if state is ApplicationState.APPROVED and application.effective_on is not None:
        return _take_effect(tools, application, at)
    return _mark_overdue(tools, application, at)


def _warn(tools: Toolbox, application: Application, at: datetime) -> str:
    work = tools.store.work(at=at)
    last_day = local_day(application, at=application.keep_until)
    notify(
        work=work,
        tools=tools,
        kind="draft_expires_soon",
        person_id=application.account_id,
        at=at,
        context={"day": str(last_day)},
    )
    _commit(tools, work, replace(application, warned_at=at), "draft_expires_soon", at)
    return "drafts_warned"


def _expire_draft(tools: Toolbox, application: Application, at: datetime) -> str:
    work = tools.store.work(at=at)
    expired = advance(application=application, event=ApplicationEvent.EXPIRE, at=at, actor=SYSTEM)
    context = {"day": str(local_day(application, at=at))}
    notify(
        work=work,
        tools=tools,
        kind="draft_expired",
        person_id=application.account_id,
        at=at,
        context=context,
    )
    _commit(tools, work, expired, "draft_expired", at)
    return "drafts_expired"


def _lapse(tools: Toolbox, application: Application, at: datetime) -> str:
    work = tools.store.work(at=at)
    lapsed = close_unfavorably(
        work=work,
        tools=tools,
        application=application,
        event=ApplicationEvent.LAPSE,
        actor=SYSTEM,
        at=at,
    )
    _commit(tools, work, lapsed, "application_lapsed", at)
    return "lapsed"


def _mark_overdue(tools: Toolbox, application: Application, at: datetime) -> str:
    work = tools.store.work(at=at)
    overdue = replace(application, is_overdue=True, next_look_at=None)
    _commit(tools, work, overdue, "application_overdue", at)
    return "overdue"


def _take_effect(tools: Toolbox, application: Application, at: datetime) -> str:
    """The day has come: new documents with the new insurer, the old code is replaced (requirement I2)."""
    known = tools.store.person_file(person_id=application.person_id)
    policy = _present_policy(known, application.policy_id)
    if policy is None:
        raise StateConflict("Полис не найден")
    if policy.state not in STANDING:
        return _refuse_ended(tools, application, at)
    work = tools.store.work(at=at)
    renewed = replace(policy, status_index=tools.store.next_serial(counter=STATUS_COUNTER))
    renewed = supersede_legacy_policy(work=work, tools=tools, known=known, policy=renewed, at=at)
    details = {"application_id": application.application_id, "policy_id": policy.policy_id}
    renewed = record(renewed, work=work, tools=tools, name="insurer_changed", at=at, actor=SYSTEM, details=details)
    work.update(renewed)
    work.put(Revocation(status_index=policy.status_index, status="replaced", at=at))
    source = _source(application, policy, known)
    put_policy_card(work=work, tools=tools, policy=renewed, person=source.section("person"))
    supersede(work=work, file=known, subject_id=policy.policy_id)
    order_documents(tools, work, source, policy, at)
    completed = advance(application=application, event=ApplicationEvent.COMPLETE, at=at, actor=SYSTEM)
    free_place(work, application)
    notify(
        work=work,
        tools=tools,
        kind="insurer_changed",
        person_id=application.account_id,
        at=at,
        context={
            "number": application.number or "",
            "day": str(application.effective_on),
        },
    )
    _commit(tools, work, replace(completed, next_look_at=None), "insurer_changed", at)
    return "insurer_changes"


def _present_policy(known: PersonFile, policy_id: str | None) -> Policy | None:
    """The policy, or what took its place meanwhile."""
    by_id = {policy.policy_id: policy for policy in known.policies}
    policy = by_id.get(policy_id or "")
    while policy is not None and policy.successor_id is not None:
        policy = by_id.get(policy.successor_id)
    return policy


def _source(application: Application, policy: Policy, known: PersonFile) -> Application:
    """What documents are filled from: the form, or the profile where the policy was made anew meanwhile."""
    if policy.policy_id == application.policy_id or known.person is None:
        return application
    return replace(application, application_id="", form=profile_form(known.person))


def _refuse_ended(tools: Toolbox, application: Application, at: datetime) -> str:
    """The policy ended before the day came: there is nothing to move to another insurer."""
    reason = Refusal(
        code="policy_ended",
        message="Полис прекратил действие раньше, чем вступила в силу смена страховой организации",
        mend="Оформите полис заново",
    )
    work = tools.store.work(at=at)
    refused = close_unfavorably(
        work=work,
        tools=tools,
        application=replace(application, refusals=(reason,), next_look_at=None),
        event=ApplicationEvent.REFUSE,
        actor=SYSTEM,
        at=at,
    )
    _commit(tools, work, refused, "application_refused", at)
    return "refused"


def _commit(tools: Toolbox, work: UnitOfWork, application: Application, name: str, at: datetime) -> None:
    details = {"application_id": application.application_id, "number": application.number or ""}
    application = record(application, work=work, tools=tools, name=name, at=at, actor=SYSTEM, details=details)
    work.update(application)
    work.commit()
