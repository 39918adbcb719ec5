from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.policy import InsurerPeriod, Policy, PolicyState, Suspension, change_insurer, suspend

FIRST = date(2026, 3, 16)


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


def suspended(from_on, *, until_on=None):
    rest = Suspension(reason="military_service", from_on=from_on, until_on=until_on)
    return suspend(policy=policy(), suspension=rest, on=from_on)


def changed(known, code, day):
    return change_insurer(
        policy=known, insurer_code=code, effective_on=day, basis="by_wish", application_number="2026-1"
    )


def test_a_period_begins_on_its_day_and_ends_before_the_next():
    period = InsurerPeriod(insurer_code="1", insured_from=FIRST, insured_until=FIRST + timedelta(days=2))

    assert [period.covers(FIRST + timedelta(days=n)) for n in (-1, 0, 1, 2)] == [False, True, True, False]


def test_the_new_insurer_begins_where_the_old_one_ends():
    renewed = changed(policy(), "77004", date(2026, 4, 1))

    assert renewed.insurer_on(date(2026, 3, 31)).insurer_code == "77012"
    assert renewed.insurer_on(date(2026, 4, 1)).insurer_code == "77004"
    assert renewed.periods[-1].basis == "by_wish"
    assert renewed.periods[-1].application_number == "2026-1"
    assert renewed.policy_number == policy().policy_number


@given(st.lists(st.integers(1, 400), max_size=4), st.integers(-10, 2000))
def test_every_day_since_the_first_has_exactly_one_insurer(gaps, offset):
    known, day = policy(), FIRST
    for number, gap in enumerate(gaps):
        day += timedelta(days=gap)
        known = changed(known, f"7700{number}", day)
    on = FIRST + timedelta(days=offset)

    assert sum(period.covers(on) for period in known.periods) == (offset >= 0)
    assert (known.insurer_on(on) is not None) == (offset >= 0)


@pytest.mark.parametrize(
    ("known", "day", "is_valid"),
    [
        (policy(), FIRST - timedelta(days=1), False),
        (policy(), FIRST, True),
        (policy(valid_until=date(2026, 5, 1)), date(2026, 4, 30), True),
        (policy(valid_until=date(2026, 5, 1)), date(2026, 5, 1), False),
        (suspended(FIRST), FIRST, False),
        (suspended(FIRST + timedelta(days=2)), FIRST, True),
        (suspended(FIRST, until_on=FIRST + timedelta(days=2)), FIRST + timedelta(days=2), True),
        (policy(state=PolicyState.ANNULLED, ended_on=FIRST + timedelta(days=2)), FIRST + timedelta(days=1), True),
        (policy(state=PolicyState.ANNULLED, ended_on=FIRST + timedelta(days=2)), FIRST + timedelta(days=2), False),
        (policy(state=PolicyState.ANNULLED), FIRST, False),
        (replace(policy(), periods=()), FIRST, False),
    ],
)
def test_is_valid_with_a_term_a_state_and_an_insurer(known, day, is_valid):
    assert known.is_valid_on(day) is is_valid
