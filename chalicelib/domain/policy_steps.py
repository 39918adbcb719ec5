"""What time brings to a policy: a planned suspension, its end, warnings of the term, the end (requirements F6, F7)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from chalicelib.domain.errors import StateConflict
from chalicelib.domain.policy import STANDING, Policy, PolicyState, begin_suspension, end, resume

WARNED_DAYS = (30, 7)
"""So many days before the end of the term its holder is warned."""

WARNING_HOUR = 10
"""Local hour of the warnings: nobody wants an SMS at midnight."""


class PolicyStep(StrEnum):
    """What a timer does next with a policy."""

    SUSPEND = "suspend"
    RESUME = "resume"
    WARN = "warn"
    EXPIRE = "expire"


def next_step(policy: Policy) -> tuple[PolicyStep, datetime] | None:
    """The next step and its moment, or None where time changes nothing."""
    if policy.state not in STANDING:
        return None
    steps = [*_suspension_steps(policy), *_term_steps(policy)]
    return min(steps, key=lambda step: step[1], default=None)


def take_step(*, policy: Policy, at: datetime) -> tuple[PolicyStep, Policy]:
    """Do what is due; of several missed warnings only the last is sent.

    Raises:
        StateConflict: nothing is due.
    """
    found = next_step(policy)
    if found is None or found[1] > at:
        raise StateConflict("С полисом сейчас ничего делать не требуется")
    step, moment = found
    if step is PolicyStep.SUSPEND:
        return step, begin_suspension(policy)
    if step is PolicyStep.RESUME:
        return step, resume(policy=policy, from_on=_local_day(policy, moment))
    return _term_step(policy, at)


def _term_step(policy: Policy, at: datetime) -> tuple[PolicyStep, Policy]:
    until = policy.valid_until or date.max
    if _moment(policy, until, 0) <= at:
        return PolicyStep.EXPIRE, end(policy=policy, state=PolicyState.EXPIRED, on=until, reason="term_over")
    missed = tuple(days for days in _warnings_ahead(policy) if _moment(policy, until - timedelta(days=days)) <= at)
    return PolicyStep.WARN, replace(policy, warned_days=(*policy.warned_days, *missed))


def _suspension_steps(policy: Policy) -> list[tuple[PolicyStep, datetime]]:
    if not policy.suspensions:
        return []
    last = policy.suspensions[-1]
    if policy.state is PolicyState.SUSPENDED:
        return [(PolicyStep.RESUME, _moment(policy, last.until_on, 0))] if last.until_on else []
    return [] if last.has_begun else [(PolicyStep.SUSPEND, _moment(policy, last.from_on, 0))]


def _term_steps(policy: Policy) -> list[tuple[PolicyStep, datetime]]:
    if policy.valid_until is None:
        return []
    until = policy.valid_until
    warnings = [(PolicyStep.WARN, _moment(policy, until - timedelta(days=days))) for days in _warnings_ahead(policy)]
    return [*warnings, (PolicyStep.EXPIRE, _moment(policy, until, 0))]


def _warnings_ahead(policy: Policy) -> tuple[int, ...]:
    return tuple(days for days in WARNED_DAYS if days not in policy.warned_days)


def _local_day(policy: Policy, at: datetime) -> date:
    return (at + timedelta(hours=policy.utc_offset_hours)).date()


def _moment(policy: Policy, day: date, hour: int = WARNING_HOUR) -> datetime:
    return datetime.combine(day, time(hour), tzinfo=UTC) - timedelta(hours=policy.utc_offset_hours)
