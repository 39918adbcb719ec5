"""What corrections do to a policy: periods of insurers, rests, its end and its return (requirements F6, F7, I2)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from enum import StrEnum

from chalicelib.domain.errors import RuleRefused
from chalicelib.domain.policy import STANDING, InsurerPeriod, Policy, PolicyState, Suspension, end

CORRECTION = "correction"
"""The basis of a period that a correction began."""

DEATH = "death"
"""Why a policy ended when its holder died."""

MERGED = "merged"
DUPLICATE_NUMBER = "duplicate_number"
DATA_CORRECTED = "data_corrected"


class Annulment(StrEnum):
    """Why a policy is annulled (requirement F7)."""

    ISSUED_UNLAWFULLY = "issued_unlawfully"
    LOST_RIGHT = "lost_right"
    DUPLICATE = "duplicate"
    WRONG_PERSON = "wrong_person"
    COURT_DECISION = "court_decision"


ANNULMENT_TITLES = {
    Annulment.ISSUED_UNLAWFULLY: "Оформлен без законных оснований",
    Annulment.LOST_RIGHT: "Право на страхование прекращено",
    Annulment.DUPLICATE: "У человека есть другой полис",
    Annulment.WRONG_PERSON: "Оформлен на другого человека",
    Annulment.COURT_DECISION: "Решение суда",
}


def insurer_from(*, policy: Policy, insurer_code: str, from_on: date) -> Policy:
    """Name another insurer from a day until the end of the period in which the day lies.

    Raises:
        RuleRefused: nobody insured on the day, or this insurer did.
    """
    wrong = policy.insurer_on(from_on)
    if wrong is None:
        raise RuleRefused("no_period", "В этот день полис никем не обеспечен: проверьте день по истории страховщиков")
    if wrong.insurer_code == insurer_code:
        raise RuleRefused("nothing_to_correct", "В этот день записана та же страховая организация")
    right = InsurerPeriod(
        insurer_code=insurer_code,
        insured_from=from_on,
        insured_until=wrong.insured_until,
        basis=CORRECTION,
        application_number=wrong.application_number,
    )
    earlier = (replace(wrong, insured_until=from_on),) if wrong.insured_from < from_on else ()
    periods = [(*earlier, right) if period == wrong else (period,) for period in policy.periods]
    return replace(policy, periods=tuple(period for part in periods for period in part))


def boundary_moved(*, policy: Policy, from_on: date, new_from_on: date, on: date) -> Policy:
    """Let a period, and the end of the one before it, lie on another day; the first one moves the policy's begin.

    Raises:
        RuleRefused: no period begins on ``from_on``, or the new day is beyond its neighbours or in the future.
    """
    place = next((i for i, period in enumerate(policy.periods) if period.insured_from == from_on), None)
    if place is None or from_on > on:
        raise RuleRefused(
            "no_boundary", "В этот день страхование ни у кого не началось: проверьте историю страховщиков"
        )
    moved = policy.periods[place]
    earliest = policy.periods[place - 1].insured_from if place else date.min
    latest = min(moved.insured_until or date.max, policy.valid_until or date.max, on + timedelta(days=1))
    if new_from_on == from_on:
        raise RuleRefused("nothing_to_correct", "Граница уже стоит на этом дне")
    if not earliest < new_from_on < latest:
        raise RuleRefused("boundary_out_of_order", "Граница должна лежать между соседними и не позже сегодняшнего дня")
    periods = list(policy.periods)
    periods[place] = replace(moved, insured_from=new_from_on)
    if place:
        periods[place - 1] = replace(periods[place - 1], insured_until=new_from_on)
    valid_from = policy.valid_from if place else new_from_on
    return replace(policy, periods=tuple(periods), valid_from=valid_from)


def term_set(*, policy: Policy, valid_until: date | None, on: date) -> Policy:
    """Give the policy another end, or none; warnings of the new end are to come.

    Raises:
        RuleRefused: the end is not ahead, or the same as before.
    """
    if valid_until == policy.valid_until:
        raise RuleRefused("nothing_to_correct", "Срок полиса уже такой")
    if valid_until is not None and valid_until <= max(on, policy.valid_from):
        raise RuleRefused(
            "term_is_over", "Срок должен заканчиваться в будущем; чтобы прекратить полис, аннулируйте его"
        )
    return replace(policy, valid_until=valid_until, warned_days=())


def revived(*, policy: Policy, on: date) -> Policy:
    """Let an ended policy stand again, resting if it would rest on the day.

    Raises:
        RuleRefused: it stands, or its term is over.
    """
    if policy.state in STANDING:
        raise RuleRefused("policy_stands", "Полис не прекращён: восстанавливать его не нужно")
    if policy.valid_until is not None and policy.valid_until <= on:
        raise RuleRefused("term_is_over", "Срок полиса истёк: укажите и верный срок")
    again = replace(policy, state=PolicyState.ACTIVE, ended_on=None, end_reason="", successor_id=None)
    return _resting(again, on)


def annulled(*, policy: Policy, from_on: date, reason: str) -> Policy:
    """End a standing policy from a day; raises RuleRefused if it does not stand or the day is before its begin."""
    if policy.state not in STANDING:
        raise RuleRefused("policy_ended", "Полис уже прекращён")
    if from_on < policy.valid_from:
        raise RuleRefused("before_policy", "Полис тогда ещё не действовал: укажите день не раньше его начала")
    return end(policy=policy, state=PolicyState.ANNULLED, on=from_on, reason=reason)


def ended_by_death(*, policy: Policy, died_on: date) -> Policy:
    """End a policy after the day of death, which is its last one; what had ended later ends then."""
    cut = died_on + timedelta(days=1)
    if policy.state in STANDING:
        return end(policy=policy, state=PolicyState.ANNULLED, on=cut, reason=DEATH)
    return policy if policy.ended_on is None or policy.ended_on <= cut else replace(policy, ended_on=cut)


def without_last_rest(*, policy: Policy, on: date) -> Policy:
    """Take back the last suspension as if it had never been; raises RuleRefused if there is none."""
    _last_rest(policy)
    return _resting(replace(policy, suspensions=policy.suspensions[:-1]), on)


def rest_dated(*, policy: Policy, from_on: date, until_on: date | None, on: date) -> Policy:
    """Give the last suspension its right days.

    Raises:
        RuleRefused: there is none, it ends before it begins, or nothing changes.
    """
    last = _last_rest(policy)
    if until_on is not None and until_on <= from_on:
        raise RuleRefused("rest_out_of_order", "Приостановление должно закончиться позже, чем началось")
    if (last.from_on, last.until_on) == (from_on, until_on):
        raise RuleRefused("nothing_to_correct", "Дни приостановления уже такие")
    right = replace(last, from_on=from_on, until_on=until_on, has_begun=from_on <= on)
    return _resting(replace(policy, suspensions=(*policy.suspensions[:-1], right)), on)


def resting_again(*, policy: Policy, until_on: date | None, on: date) -> Policy:
    """Take back a resumption: the last suspension goes on, until a day or without an end.

    Raises:
        RuleRefused: the last suspension has not ended, or would have ended by the day given.
    """
    last = _last_rest(policy)
    if policy.state is PolicyState.SUSPENDED or not last.has_begun:
        raise RuleRefused("policy_not_resumed", "Полис не возобновляли после последнего приостановления")
    if until_on is not None and until_on <= on:
        raise RuleRefused("rest_out_of_order", "Приостановление должно закончиться позже сегодняшнего дня")
    return _resting(replace(policy, suspensions=(*policy.suspensions[:-1], replace(last, until_on=until_on))), on)


def _last_rest(policy: Policy) -> Suspension:
    if policy.state not in STANDING:
        raise RuleRefused("policy_ended", "Полис уже прекращён")
    if not policy.suspensions:
        raise RuleRefused("never_suspended", "Полис не приостанавливали")
    return policy.suspensions[-1]


def _resting(policy: Policy, on: date) -> Policy:
    """The state that the suspensions give on a day."""
    rests = any(rest.has_begun and rest.covers(on) for rest in policy.suspensions)
    return replace(policy, state=PolicyState.SUSPENDED if rests else PolicyState.ACTIVE)
