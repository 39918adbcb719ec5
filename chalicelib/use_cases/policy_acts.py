"""Suspending, resuming and giving up a policy by an approved application (requirements B2, F7; 326-ФЗ, art. 49.1)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from chalicelib.domain.audit import SYSTEM
from chalicelib.domain.errors import RuleRefused
from chalicelib.domain.policy import Policy, PolicyState, Suspension, end, resume, suspend
from chalicelib.domain.records import Revocation
from chalicelib.use_cases.certificates import STATUS_COUNTER
from chalicelib.use_cases.demands import local_day
from chalicelib.use_cases.issued_policy import finish
from chalicelib.use_cases.journal import record
from chalicelib.use_cases.policy_cards import put_policy_card
from chalicelib.use_cases.registered_policy import adopted_policy, keep_policy

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from chalicelib.domain.application import Application
    from chalicelib.ports.folders import PersonFile
    from chalicelib.ports.storage import UnitOfWork
    from chalicelib.ports.toolbox import Toolbox

GIVEN_UP = "given_up"


def policy_at_hand(tools: Toolbox, application: Application, known: PersonFile, at: datetime) -> Policy:
    """The policy that stands here, or the one that the register of insured persons knows (at most 1 AWS call)."""
    if known.standing_policy is not None:
        return known.standing_policy
    return adopted_policy(tools, application, tools.store.next_serial(counter=STATUS_COUNTER), at)


def suspend_policy(tools: Toolbox, application: Application, known: PersonFile, at: datetime) -> Application:
    """Let the policy rest from its day; raises StateConflict if it does already."""
    section, day = application.section("suspension"), local_day(application, at=at)
    until_on = section.get("until_on")
    suspension = Suspension(
        reason=section["reason"],
        from_on=date.fromisoformat(section["from_on"]),
        until_on=date.fromisoformat(until_on) if until_on else None,
        application_number=application.number,
    )
    policy = policy_at_hand(tools, application, known, at)
    return _commit(tools, application, known, suspend(policy=policy, suspension=suspension, on=day), at)


def resume_policy(tools: Toolbox, application: Application, known: PersonFile, at: datetime) -> Application:
    """Let a suspended policy be valid again from the day that was asked for."""
    policy = known.standing_policy
    if policy is None:
        raise RuleRefused("policy_not_suspended", "Полис не приостановлен: возобновлять его не нужно")
    from_on = date.fromisoformat(application.section("resumption")["from_on"])
    return _commit(tools, application, known, resume(policy=policy, from_on=from_on), at)


def end_policy(tools: Toolbox, application: Application, known: PersonFile, at: datetime) -> Application:
    """End the policy that its holder gives up; the ЕНП stays the person's."""
    day = local_day(application, at=at)
    policy = policy_at_hand(tools, application, known, at)
    ended = end(policy=policy, state=PolicyState.ANNULLED, on=day, reason=GIVEN_UP)
    return _commit(tools, application, known, ended, at)


def _commit(tools: Toolbox, application: Application, known: PersonFile, policy: Policy, at: datetime) -> Application:
    work = tools.store.work(at=at)
    details = {"application_id": application.application_id, "policy_id": policy.policy_id}
    name = f"policy_{policy.state.value}"
    policy = record(policy, work=work, tools=tools, name=name, at=at, actor=SYSTEM, details=details)
    policy = keep_policy(tools, work, application, known, policy, at)
    show_policy(work=work, tools=tools, policy=policy, person=application.section("person"), at=at)
    changed = finish(tools, work, replace(application, policy_id=policy.policy_id), policy, at)
    work.commit()
    return changed


LISTED = {
    PolicyState.SUSPENDED: "suspended",
    PolicyState.ANNULLED: "revoked",
    PolicyState.REPLACED: "replaced",
    PolicyState.EXPIRED: "revoked",
}


def show_policy(*, work: UnitOfWork, tools: Toolbox, policy: Policy, person: Mapping[str, str], at: datetime) -> None:
    """Let lookups and codes tell the present state."""
    put_policy_card(work=work, tools=tools, policy=policy, person=person)
    status = LISTED.get(policy.state)
    entry = Revocation(status_index=policy.status_index, status=status or "", at=at)
    if status is None:
        work.remove(entry)
    else:
        work.put(entry)
