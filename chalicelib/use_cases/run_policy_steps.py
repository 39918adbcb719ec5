"""What time brings to policies: planned suspensions, their ends, warnings, the end of a term (requirements F6, F7)."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from chalicelib.domain.audit import SYSTEM
from chalicelib.domain.errors import StateConflict
from chalicelib.domain.policy_steps import PolicyStep, take_step
from chalicelib.ports.errors import StaleWrite
from chalicelib.use_cases.journal import notify, record
from chalicelib.use_cases.policy_acts import show_policy
from chalicelib.use_cases.registered_policy import free_place_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from chalicelib.domain.policy import Policy
    from chalicelib.ports.storage import UnitOfWork
    from chalicelib.ports.toolbox import Toolbox

PAGE = 100

_TELLS = {
    PolicyStep.SUSPEND: "policy_suspended",
    PolicyStep.RESUME: "policy_resumed",
    PolicyStep.WARN: "policy_expires_soon",
    PolicyStep.EXPIRE: "policy_expired",
}


def run_policy_steps(*, tools: Toolbox, at: datetime) -> Mapping[str, int]:
    """Do what is due with policies, one transaction each, found by the index on due date; returns how many of each.

    A policy that changes meanwhile is left to the next run.
    """
    done: Counter[str] = Counter()
    for page in tools.store.due_policies(until=at, page=PAGE):
        for policy in page:
            try:
                done[_step(tools, policy, at)] += 1
            except (StaleWrite, StateConflict):
                done["skipped"] += 1
    return dict(done)


def _step(tools: Toolbox, policy: Policy, at: datetime) -> str:
    step, changed = take_step(policy=policy, at=at)
    work = tools.store.work(at=at)
    details = {"policy_id": policy.policy_id, "step": step.value}
    changed = record(changed, work=work, tools=tools, name=_TELLS[step], at=at, actor=SYSTEM, details=details)
    work.update(changed)
    free_place_of(work=work, policy=changed)
    if changed.state is not policy.state:
        _show(tools, work, changed, at)
    notify(
        work=work,
        tools=tools,
        kind=_TELLS[step],
        person_id=policy.told_id,
        at=at,
        context={"number": "", "day": str(_day(step, changed))},
    )
    work.commit()
    return step.value


def _show(tools: Toolbox, work: UnitOfWork, policy: Policy, at: datetime) -> None:
    person = tools.store.person_file(person_id=policy.person_id).person
    if person is None:
        raise StateConflict("Нет сведений о застрахованном лице")
    known = {"born_on": person.born_on, "family_name": person.family_name}
    show_policy(work=work, tools=tools, policy=policy, person=known, at=at)


def _day(step: PolicyStep, policy: Policy) -> object:
    if step in {PolicyStep.SUSPEND, PolicyStep.RESUME}:
        last = policy.suspensions[-1]
        return last.from_on if step is PolicyStep.SUSPEND else last.until_on
    return policy.valid_until
