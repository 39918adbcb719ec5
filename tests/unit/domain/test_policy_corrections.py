"""What corrections do to a policy (requirements F6, F7, I2)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from chalicelib.domain.errors import RuleRefused
from chalicelib.domain.policy import InsurerPeriod, Policy, PolicyState, Suspension, end
from chalicelib.domain.policy_corrections import (
    annulled,
    boundary_moved,
    ended_by_death,
    insurer_from,
    rest_dated,
    resting_again,
    revived,
    term_set,
    without_last_rest,
)

FIRST, TODAY = date(2026, 1, 1), date(2026, 6, 1)
DAYS = [FIRST + timedelta(days=number) for number in range(150)]

days = st.sampled_from(DAYS)
codes = st.sampled_from(["77012", "77004", "77015"])


def policy(**more):
    known = {
        "policy_id": "p",
        "person_id": "x",
        "policy_number": "1",
        "state": PolicyState.ACTIVE,
        "issued_on": FIRST,
        "issued_at": datetime(2026, 1, 1, 9, tzinfo=UTC),
        "valid_from": FIRST,
        "periods": (InsurerPeriod(insurer_code="77012", insured_from=FIRST),),
        "status_index": 1,
    }
    return Policy(**{**known, **more})


def rest(from_on, until_on=None, *, has_begun=True):
    return Suspension(reason="left_country", from_on=from_on, until_on=until_on, has_begun=has_begun)


def code_on(known, day):
    period = known.insurer_on(day)
    return period.insurer_code if period else None


def is_gapless(known):
    return all(earlier.insured_until == later.insured_from for earlier, later in pairwise(known.periods))


@st.composite
def corrected(draw):
    """A policy whose insurers were corrected several times."""
    known = policy()
    for _ in range(draw(st.integers(0, 4))):
        try:
            known = insurer_from(policy=known, insurer_code=draw(codes), from_on=draw(days))
        except RuleRefused:
            continue
    return known


@given(known=corrected(), code=codes, day=days)
def test_another_insurer_from_a_day_changes_that_period_only(known, code, day):
    assume(code_on(known, day) != code)
    wrong = known.insurer_on(day)
    right = insurer_from(policy=known, insurer_code=code, from_on=day)

    assert is_gapless(right)
    for other in DAYS:
        changed = wrong.covers(other) and other >= day
        assert code_on(right, other) == (code if changed else code_on(known, other))


@given(known=corrected(), place=st.integers(0, 4), day=days)
def test_a_moved_boundary_changes_the_days_between_only(known, place, day):
    assume(place < len(known.periods))
    boundary = known.periods[place].insured_from
    try:
        right = boundary_moved(policy=known, from_on=boundary, new_from_on=day, on=TODAY)
    except RuleRefused:
        return
    assert is_gapless(right)
    assert right.valid_from == right.periods[0].insured_from
    for other in DAYS:
        if not min(boundary, day) <= other < max(boundary, day):
            assert code_on(right, other) == code_on(known, other)


def test_a_boundary_stays_between_its_neighbours_and_in_the_past():
    known = insurer_from(policy=policy(), insurer_code="77004", from_on=DAYS[50])
    for from_on, new_from_on, reason in (
        (DAYS[50], FIRST, "boundary_out_of_order"),
        (DAYS[50], TODAY + timedelta(days=1), "boundary_out_of_order"),
        (DAYS[50], DAYS[50], "nothing_to_correct"),
        (DAYS[49], DAYS[40], "no_boundary"),
        (FIRST, DAYS[50], "boundary_out_of_order"),
    ):
        with pytest.raises(RuleRefused) as refusal:
            boundary_moved(policy=known, from_on=from_on, new_from_on=new_from_on, on=TODAY)
        assert refusal.value.reason == reason
    ahead = insurer_from(policy=policy(), insurer_code="77004", from_on=TODAY)
    with pytest.raises(RuleRefused):
        boundary_moved(policy=ahead, from_on=TODAY, new_from_on=DAYS[50], on=DAYS[100])
    assert boundary_moved(policy=known, from_on=FIRST, new_from_on=DAYS[10], on=TODAY).valid_from == DAYS[10]


def test_a_term_lies_ahead_and_is_warned_of_anew():
    warned = policy(valid_until=date(2026, 12, 1), warned_days=(30,))
    longer = term_set(policy=warned, valid_until=date(2027, 1, 1), on=TODAY)
    assert (longer.valid_until, longer.warned_days) == (date(2027, 1, 1), ())
    assert term_set(policy=warned, valid_until=None, on=TODAY).valid_until is None
    for wrong in (TODAY, FIRST, date(2026, 12, 1)):
        with pytest.raises(RuleRefused):
            term_set(policy=warned, valid_until=wrong, on=TODAY)


@pytest.mark.parametrize("state", [PolicyState.ANNULLED, PolicyState.REPLACED, PolicyState.EXPIRED])
@given(rests=st.booleans())
def test_what_ended_by_mistake_stands_as_it_would_have(state, rests):
    known = policy(
        state=PolicyState.SUSPENDED if rests else PolicyState.ACTIVE,
        suspensions=(rest(DAYS[10]),) if rests else (),
    )
    ended = end(policy=known, state=state, on=DAYS[20], reason="r", successor_id="s")
    assert revived(policy=ended, on=TODAY) == known


def test_revives_only_what_has_ended_and_has_time_left():
    with pytest.raises(RuleRefused, match="не прекращён"):
        revived(policy=policy(), on=TODAY)
    expired = policy(state=PolicyState.EXPIRED, valid_until=DAYS[3], ended_on=DAYS[3])
    with pytest.raises(RuleRefused, match="истёк"):
        revived(policy=expired, on=TODAY)


@given(day=days)
def test_death_ends_after_its_day_and_cuts_what_ended_later(day):
    cut = day + timedelta(days=1)
    dead = ended_by_death(policy=policy(), died_on=day)
    assert (dead.state, dead.ended_on, dead.end_reason) == (PolicyState.ANNULLED, cut, "death")
    assert dead.is_valid_on(day)
    assert not dead.is_valid_on(cut)
    for ended_on in DAYS[::10]:
        ended = policy(state=PolicyState.REPLACED, ended_on=ended_on)
        assert ended_by_death(policy=ended, died_on=day).ended_on == min(ended_on, cut)


def test_annuls_what_stands_from_its_first_day_on():
    assert annulled(policy=policy(), from_on=FIRST, reason="duplicate").is_valid_on(FIRST) is False
    with pytest.raises(RuleRefused):
        annulled(policy=policy(), from_on=FIRST - timedelta(days=1), reason="duplicate")
    with pytest.raises(RuleRefused):
        annulled(policy=policy(state=PolicyState.ANNULLED, ended_on=FIRST), from_on=FIRST, reason="duplicate")


@given(from_day=st.integers(0, 149), length=st.none() | st.integers(1, 60), today=days)
def test_a_rest_with_its_right_days_gives_the_state_of_today(from_day, length, today):
    from_on = DAYS[from_day]
    until_on = from_on + timedelta(days=length) if length else None
    known = policy(state=PolicyState.SUSPENDED, suspensions=(rest(FIRST - timedelta(days=1)),))
    right = rest_dated(policy=known, from_on=from_on, until_on=until_on, on=today)

    assert (right.state is PolicyState.SUSPENDED) == right.suspensions[-1].covers(today)
    assert right.suspensions[-1].has_begun == (from_on <= today)
    assert without_last_rest(policy=right, on=today) == policy()


def test_rests_are_corrected_only_where_there_are_some():
    for act in (
        lambda known: without_last_rest(policy=known, on=TODAY),
        lambda known: rest_dated(policy=known, from_on=FIRST, until_on=None, on=TODAY),
        lambda known: resting_again(policy=known, until_on=None, on=TODAY),
    ):
        for known in (policy(), policy(state=PolicyState.ANNULLED, ended_on=FIRST, suspensions=(rest(FIRST),))):
            with pytest.raises(RuleRefused):
                act(known)
    resumed = policy(suspensions=(rest(DAYS[1], DAYS[9]),))
    assert resting_again(policy=resumed, until_on=None, on=TODAY).state is PolicyState.SUSPENDED
    planned = policy(suspensions=(rest(TODAY, has_begun=False),))
    for known, until_on in ((planned, None), (resumed, TODAY), (replace(resumed, state=PolicyState.SUSPENDED), None)):
        with pytest.raises(RuleRefused):
            resting_again(policy=known, until_on=until_on, on=TODAY)
    with pytest.raises(RuleRefused):
        rest_dated(policy=resumed, from_on=DAYS[1], until_on=DAYS[9], on=TODAY)
