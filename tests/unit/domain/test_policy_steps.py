from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.errors import StateConflict
from chalicelib.domain.policy import (
    POLICY_TRANSITIONS,
    STANDING,
    InsurerPeriod,
    Policy,
    PolicyState,
    Suspension,
    end,
    resume,
    suspend,
)
from chalicelib.domain.policy_steps import PolicyStep, next_step, take_step

FIRST = date(2026, 3, 16)
UNTIL = date(2026, 12, 1)


def policy(**more):
    known = {
        "policy_id": "p",
        "person_id": "x",
        "policy_number": "1",
        "state": PolicyState.ACTIVE,
        "issued_on": FIRST,
        "issued_at": datetime(2026, 3, 16, 9, tzinfo=UTC),
        "valid_from": FIRST,
        "periods": (InsurerPeriod(insurer_code="77012", insured_from=FIRST),),
        "status_index": 1,
    }
    return Policy(**{**known, **more})


def at(day, hour=0):
    """A local moment of Moscow, three hours ahead."""
    return datetime(day.year, day.month, day.day, hour, tzinfo=UTC) - timedelta(hours=3)


def rest(from_on, until_on=None):
    return Suspension(reason="military_service", from_on=from_on, until_on=until_on)


def test_time_changes_nothing_for_a_citizen():
    assert next_step(policy()) is None
    with pytest.raises(StateConflict):
        take_step(policy=policy(), at=at(date(2099, 1, 1)))


def test_warns_30_and_7_days_before_the_end_and_ends_on_the_day():
    known = policy(valid_until=UNTIL)
    seen = []
    for _ in range(3):
        step, moment = next_step(known)
        seen.append((step, moment))
        taken, known = take_step(policy=known, at=moment)
        assert taken is step

    assert seen == [
        (PolicyStep.WARN, at(UNTIL - timedelta(days=30), 10)),
        (PolicyStep.WARN, at(UNTIL - timedelta(days=7), 10)),
        (PolicyStep.EXPIRE, at(UNTIL)),
    ]
    assert (known.state, known.ended_on, known.end_reason) == (PolicyState.EXPIRED, UNTIL, "term_over")
    assert next_step(known) is None


def test_sends_one_warning_for_two_that_were_missed():
    step, known = take_step(policy=policy(valid_until=UNTIL), at=at(UNTIL - timedelta(days=3)))

    assert (step, known.warned_days) == (PolicyStep.WARN, (30, 7))
    assert next_step(known)[0] is PolicyStep.EXPIRE


def test_ends_at_once_when_every_warning_was_missed():
    step, known = take_step(policy=policy(valid_until=UNTIL), at=at(UNTIL + timedelta(days=40)))

    assert (step, known.ended_on) == (PolicyStep.EXPIRE, UNTIL)


def test_nothing_is_due_before_its_moment():
    known = policy(valid_until=UNTIL)
    with pytest.raises(StateConflict):
        take_step(policy=known, at=at(UNTIL - timedelta(days=30), 10) - timedelta(seconds=1))


def test_a_planned_rest_begins_and_ends_by_itself():
    begins, ends = FIRST + timedelta(days=5), FIRST + timedelta(days=9)
    planned = suspend(policy=policy(), suspension=rest(begins, ends), on=FIRST)
    assert planned.state is PolicyState.ACTIVE

    step, resting = take_step(policy=planned, at=at(begins))
    assert (step, resting.state) == (PolicyStep.SUSPEND, PolicyState.SUSPENDED)
    step, again = take_step(policy=resting, at=at(ends))
    assert (step, again.state, next_step(again)) == (PolicyStep.RESUME, PolicyState.ACTIVE, None)
    for known in (planned, resting, again):
        assert [known.is_valid_on(FIRST + timedelta(days=n)) for n in (4, 5, 8, 9)] == [True, False, False, True]


def test_an_open_rest_waits_for_an_application():
    resting = suspend(policy=policy(), suspension=rest(FIRST), on=FIRST)

    assert next_step(resting) is None
    again = resume(policy=resting, from_on=FIRST + timedelta(days=3))
    assert again.suspensions[-1].until_on == FIRST + timedelta(days=3)


def test_a_rest_that_ends_before_it_began_covers_no_day():
    resting = suspend(policy=policy(), suspension=rest(FIRST + timedelta(days=0)), on=FIRST)
    again = resume(policy=resting, from_on=FIRST - timedelta(days=3))

    assert again.is_valid_on(FIRST)


def test_a_second_rest_is_refused_while_one_is_ahead_or_lasts():
    planned = suspend(policy=policy(), suspension=rest(FIRST + timedelta(days=5)), on=FIRST)
    resting = suspend(policy=policy(), suspension=rest(FIRST), on=FIRST)
    for known in (planned, resting):
        with pytest.raises(StateConflict):
            suspend(policy=known, suspension=rest(FIRST), on=FIRST)


def test_a_policy_that_does_not_rest_is_not_resumed():
    with pytest.raises(StateConflict):
        resume(policy=policy(), from_on=FIRST)


def test_the_term_of_a_resting_policy_runs_on():
    resting = suspend(policy=policy(valid_until=UNTIL), suspension=rest(FIRST), on=FIRST)

    assert take_step(policy=resting, at=at(UNTIL))[1].state is PolicyState.EXPIRED


@pytest.mark.parametrize("state", sorted(set(PolicyState) - STANDING))
def test_what_has_ended_stays_ended(state):
    ended = end(policy=policy(), state=state, on=FIRST, reason="r")

    assert next_step(ended) is None
    with pytest.raises(StateConflict):
        end(policy=ended, state=PolicyState.EXPIRED, on=FIRST, reason="r")
    with pytest.raises(StateConflict):
        suspend(policy=ended, suspension=rest(FIRST), on=FIRST)


def test_every_state_has_its_row_in_the_table():
    assert set(POLICY_TRANSITIONS) == set(PolicyState)
    assert all(POLICY_TRANSITIONS[state] for state in STANDING)


@given(st.integers(0, 400), st.integers(0, 400), st.integers(0, 60))
def test_the_end_comes_once_however_late_the_timer_is(days_valid, late, rest_after):
    known = policy(valid_until=FIRST + timedelta(days=days_valid))
    known = suspend(policy=known, suspension=rest(FIRST + timedelta(days=rest_after)), on=FIRST)
    moment = at(FIRST + timedelta(days=days_valid + late))
    ends = 0
    while (step := next_step(known)) is not None and step[1] <= moment:
        taken, known = take_step(policy=known, at=moment)
        ends += taken is PolicyStep.EXPIRE

    assert ends == 1
    assert known.state is PolicyState.EXPIRED
    assert not known.is_valid_on(FIRST + timedelta(days=days_valid))


def test_a_policy_tells_whom_to_write_to():
    assert policy().told_id == "x"
    assert replace(policy(), account_id="parent").told_id == "parent"
