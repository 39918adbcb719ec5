"""Carrying out an approved application: a policy is issued, moved, replaced, suspended, ended, sent (F1-F8, I1, I2)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from chalicelib.domain.application import Application, Refusal
from chalicelib.domain.application_states import ApplicationEvent, ApplicationState
from chalicelib.domain.audit import SYSTEM
from chalicelib.domain.case_steps import leave_to_operator
from chalicelib.domain.errors import InvalidValue, RuleRefused, StateConflict
from chalicelib.domain.kind_rules import KIND_RULES, Effect
from chalicelib.domain.operator_case import WaitReason
from chalicelib.domain.policy import InsurerPeriod
from chalicelib.domain.records import ActivePolicyMarker
from chalicelib.ports.errors import ANOTHER_PERSON, AlreadyExists
from chalicelib.use_cases.certificates import POLICY_ISSUED, STATUS_COUNTER, revoke_certificate
from chalicelib.use_cases.change_policy_insurer import change_policy_insurer
from chalicelib.use_cases.closing import close_unfavorably
from chalicelib.use_cases.deliver_extract import deliver_extract
from chalicelib.use_cases.demands import local_day
from chalicelib.use_cases.identity import claim_identity
from chalicelib.use_cases.issued_policy import (
    PERSON_UNKNOWN,
    Issue,
    claim_number,
    drawn_number,
    finish,
    new_policy,
    number_fits,
    order_documents,
    update_person,
)
from chalicelib.use_cases.journal import record
from chalicelib.use_cases.policy_acts import end_policy, resume_policy, suspend_policy
from chalicelib.use_cases.policy_cards import put_policy_card
from chalicelib.use_cases.replace_policy import replace_policy
from chalicelib.use_cases.sign_application import check_policy_need
from chalicelib.use_cases.supersede_legacy_policy import supersede_legacy_policy

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date, datetime

    from chalicelib.ports.folders import PersonFile
    from chalicelib.ports.toolbox import Toolbox

SERIAL_DRAWS = 5
"""How often another serial number is drawn when a number is taken already."""


def issue_policy(*, tools: Toolbox, application_id: str, at: datetime) -> Application:
    """Carry out the approval (at most 6 AWS calls); repeating it changes nothing.

    Raises:
        NotFound: there is no such application.
        StaleWrite: something changed meanwhile; the message will come again.
    """
    application = tools.store.application_file(application_id=application_id).application
    if not _may_be_issued(application):
        return application
    known = tools.store.person_file(person_id=application.person_id)
    act = _ACTS[KIND_RULES[application.kind].effect]
    try:
        check_policy_need(policy=known.standing_policy, need=KIND_RULES[application.kind].policy)
        return act(tools, application, known, at)
    except RuleRefused as refusal:
        return _refuse(tools, application, refusal, at)
    except StateConflict as conflict:
        return _refuse(tools, application, RuleRefused(conflict.code, conflict.detail), at)
    except InvalidValue as refusal:
        unknown = refusal.reason == PERSON_UNKNOWN
        reason = WaitReason.PERSON_UNKNOWN if unknown else WaitReason.REGISTER_NUMBER_WRONG
        return _leave_to_operator(tools, application, reason, refusal.reason, at)
    except AlreadyExists as clash:
        is_anothers = clash.marker.startswith(ANOTHER_PERSON)
        reason = WaitReason.IDENTITY_CLASH if is_anothers else WaitReason.ISSUE_FAILED
        return _leave_to_operator(tools, application, reason, clash.marker.removeprefix(ANOTHER_PERSON), at)


def _may_be_issued(application: Application) -> bool:
    approved = application.state is ApplicationState.APPROVED
    return approved and application.policy_id is None and not application.needs_operator


def _first_policy(tools: Toolbox, application: Application, known: PersonFile, at: datetime) -> Application:
    day = local_day(application, at=at)
    period = InsurerPeriod(
        insurer_code=application.section("insurer")["code"],
        insured_from=day,
        application_number=application.number,
    )
    status_index = tools.store.next_serial(counter=STATUS_COUNTER)

    def issued() -> Application:
        number = _number_for_life(application, known, day) or drawn_number(tools, application)
        issue = Issue(number=number, periods=(period,), status_index=status_index, day=day)
        return _commit_policy(tools, application, known, issue, at)

    for _ in range(SERIAL_DRAWS - 1):
        try:
            return issued()
        except AlreadyExists as clash:
            if clash.marker != f"{ANOTHER_PERSON}policy_number":
                raise
    return issued()


def _number_for_life(application: Application, known: PersonFile, day: date) -> str | None:
    """The ЕНП of an earlier policy that has ended: a person keeps one number for life (requirement F1)."""
    number = known.person.policy_number if known.person else None
    return number if number is not None and number_fits(number, application, on=day) else None


def _commit_policy(
    tools: Toolbox, application: Application, known: PersonFile, issue: Issue, at: datetime
) -> Application:
    work = tools.store.work(at=at)
    policy = new_policy(tools, application, issue, at)
    policy = supersede_legacy_policy(work=work, tools=tools, known=known, policy=policy, at=at)
    policy = record(
        policy,
        work=work,
        tools=tools,
        name="policy_issued",
        at=at,
        actor=SYSTEM,
        details={"application_id": application.application_id, "policy_id": policy.policy_id},
    )
    work.create(policy)
    work.create(ActivePolicyMarker(person_id=policy.person_id, policy_id=policy.policy_id))
    claim_number(tools, work, policy)
    claim_identity(work=work, tools=tools, application=application)
    put_policy_card(work=work, tools=tools, policy=policy, person=application.section("person"))
    update_person(work, known.person, application, policy, at)
    if known.active_certificate is not None:
        revoke_certificate(
            work=work,
            tools=tools,
            certificate=known.active_certificate,
            reason=POLICY_ISSUED,
            at=at,
        )
    order_documents(tools, work, application, policy, at)
    changed = replace(application, policy_id=policy.policy_id, delay=None)
    changed = finish(tools, work, changed, policy, at)
    work.commit()
    return changed


def _refuse(tools: Toolbox, application: Application, refusal: RuleRefused, at: datetime) -> Application:
    reason = Refusal(
        code=refusal.reason,
        message=refusal.detail,
        mend="Подайте заявление снова, когда это станет возможно: оно заполнится само",
        rule=refusal.rule,
        possible_on=refusal.possible_on,
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
    details = {"application_id": application.application_id, "reason": refusal.reason}
    refused = record(
        refused,
        work=work,
        tools=tools,
        name="application_refused",
        at=at,
        actor=SYSTEM,
        details=details,
    )
    work.update(refused)
    work.commit()
    return refused


def _leave_to_operator(
    tools: Toolbox, application: Application, reason: WaitReason, detail: str, at: datetime
) -> Application:
    work = tools.store.work(at=at)
    details = {"application_id": application.application_id, "reason": reason.value, "detail": detail}
    left = record(
        leave_to_operator(application, reason=reason, at=at, detail=detail),
        work=work,
        tools=tools,
        name="operator_needed",
        at=at,
        actor=SYSTEM,
        details=details,
    )
    work.update(left)
    work.commit()
    return left


_ACTS: Mapping[Effect, Callable[[Toolbox, Application, PersonFile, datetime], Application]] = {
    Effect.ISSUE_POLICY: _first_policy,
    Effect.CHANGE_INSURER: change_policy_insurer,
    Effect.REPLACE_POLICY: replace_policy,
    Effect.SUSPEND_POLICY: suspend_policy,
    Effect.RESUME_POLICY: resume_policy,
    Effect.END_POLICY: end_policy,
    Effect.DELIVER_EXTRACT: deliver_extract,
}
