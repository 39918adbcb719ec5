"""Away from a provider that fails or is slow, back by probes; never by chance, never to and fro (M1)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.sms_route import (
    COOL_DOWN,
    GOOD_PROBES,
    LEAST_SENDS,
    LONGEST_COOL_DOWN,
    PROBE_EVERY,
    REASON_TITLES,
    SLOW_AFTER,
    STAYS_FOR,
    WINDOW_MINUTES,
    SmsProvider,
    SmsRoute,
    SwitchReason,
    Tally,
    counted,
    is_bad,
    judged,
    minute_of,
    minutes_before,
    probed,
    probing,
)

AT = datetime(2026, 3, 16, 9, 0, 30, tzinfo=UTC)
FIRST, SECOND = SmsProvider.FIRST, SmsProvider.SECOND
MINUTE = minute_of(AT)
AWAY = SmsRoute(in_use=SECOND, since=AT, reason=SwitchReason.OTHER_FAILS, probe_from=AT + COOL_DOWN)


def tally(sent: int, bad: int, ago: int = 0) -> Tally:
    return Tally(minute=MINUTE - ago, sent=sent, bad=bad)


class TestSwitching:
    @pytest.mark.parametrize(("sent", "bad"), [(LEAST_SENDS, LEAST_SENDS // 2), (LEAST_SENDS, LEAST_SENDS), (100, 50)])
    def test_half_of_enough_sends_switch(self, sent: int, bad: int) -> None:
        assert judged(SmsRoute(), {FIRST: [tally(sent, bad)]}, at=AT) == AWAY

    @pytest.mark.parametrize(("sent", "bad"), [(LEAST_SENDS - 1, LEAST_SENDS - 1), (LEAST_SENDS, 4), (100, 49), (0, 0)])
    def test_less_does_not(self, sent: int, bad: int) -> None:
        route = SmsRoute()
        assert judged(route, {FIRST: [tally(sent, bad)]}, at=AT) is route

    def test_counts_the_window_and_the_provider_in_use_only(self) -> None:
        far, near = tally(7, 7, ago=WINDOW_MINUTES), tally(5, 5, ago=WINDOW_MINUTES - 1)
        tallies = {FIRST: [far, near, tally(4, 0), tally(9, 9, ago=-1)], SECOND: [tally(90, 90)]}
        assert counted(SmsRoute(), tallies, at=AT) == (9, 5)
        assert counted(SmsRoute(), {}, at=AT) == (0, 0)
        assert list(minutes_before(AT)) == [MINUTE - 4, MINUTE - 3, MINUTE - 2, MINUTE - 1]

    @pytest.mark.parametrize(
        ("since", "known"), [(AT, 1), (AT.replace(second=0), 2), (AT.replace(second=0, microsecond=1), 1)]
    )
    def test_what_was_before_a_switch_does_not_count(self, since: datetime, known: int) -> None:
        later, route = AT + timedelta(minutes=1), SmsRoute(since=since)
        tallies = {FIRST: [tally(1, 1, ago=1), tally(1, 1), tally(1, 1, ago=-1)]}
        assert counted(route, tallies, at=later) == (known, known)

    def test_a_provider_just_chosen_is_given_its_time_and_then_left_too(self) -> None:
        late = Tally(minute=MINUTE + 2, sent=50, bad=50)
        assert judged(AWAY, {SECOND: [late]}, at=AT + STAYS_FOR - timedelta(seconds=1)) is AWAY
        at = AT + STAYS_FOR
        back = judged(AWAY, {SECOND: [late]}, at=at)
        assert (back.in_use, back.since, back.probe_from, back.reason) == (FIRST, at, None, SwitchReason.OTHER_FAILS)

    @pytest.mark.parametrize(
        ("failed", "took", "bad"),
        [
            (False, SLOW_AFTER - timedelta(milliseconds=1), False),
            (False, SLOW_AFTER, True),
            (True, timedelta(0), True),
        ],
    )
    def test_slow_is_as_bad_as_failing(self, failed: bool, took: timedelta, bad: bool) -> None:
        assert is_bad(failed=failed, took=took) is bad


class TestProbing:
    def test_begins_after_the_cool_down_one_at_a_time(self) -> None:
        assert not SmsRoute().may_probe(AT)
        assert not AWAY.may_probe(AT + COOL_DOWN - timedelta(seconds=1))
        assert AWAY.may_probe(AT + COOL_DOWN)
        taken = probing(AWAY, at=AT)
        assert not taken.may_probe(AT + PROBE_EVERY - timedelta(seconds=1))
        assert taken.may_probe(AT + PROBE_EVERY)

    def test_enough_good_ones_lead_back(self) -> None:
        route = replace(AWAY, version=7)
        for number in range(1, GOOD_PROBES):
            route = probed(route, bad=False, at=AT)
            assert (route.in_use, route.good_probes) == (SECOND, number)
        back = probed(route, bad=False, at=AT)
        assert back == SmsRoute(in_use=FIRST, since=AT, reason=SwitchReason.PROBES_SUCCEED, version=7)
        assert probed(back, bad=True, at=AT) is back

    def test_a_bad_one_cools_down_longer_up_to_an_hour(self) -> None:
        route, pauses = replace(AWAY, good_probes=3), []
        for _ in range(5):
            route = probed(route, bad=True, at=AT)
            assert route.probe_from is not None
            pauses.append(route.probe_from - AT)
        assert route.good_probes == 0
        assert pauses[0] == 2 * COOL_DOWN
        assert pauses[-1] == pauses[-2] == LONGEST_COOL_DOWN

    def test_the_other_of_the_other_is_the_same(self) -> None:
        assert [one.other.other for one in SmsProvider] == list(SmsProvider)
        assert set(REASON_TITLES) == set(SwitchReason)


@given(
    outcomes=st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1), st.integers(1, 40)), min_size=1, max_size=80).map(
        lambda found: [(a < b, seconds) for a, b, seconds in found]
    )
)
def test_a_provider_is_never_left_without_cause_nor_within_its_time(outcomes: list[tuple[bool, int]]) -> None:
    """Whatever becomes of sends: each switch away has half of ten bad in its window, switches are apart."""
    route, at, counts, switched = SmsRoute(), AT, {FIRST: {}, SECOND: {}}, []
    for bad, seconds in outcomes:
        at += timedelta(seconds=seconds)
        minutes: dict[int, Tally] = counts[route.in_use]
        known = minutes.get(minute_of(at), Tally(minute=minute_of(at), sent=0, bad=0))
        minutes[minute_of(at)] = Tally(minute=known.minute, sent=known.sent + 1, bad=known.bad + bad)
        tallies = {by: list(found.values()) for by, found in counts.items()}
        following = judged(route, tallies, at=at)
        if following is not route:
            sent, failed = counted(route, tallies, at=at)
            assert sent >= LEAST_SENDS
            assert 2 * failed >= sent
            assert following.in_use is route.in_use.other
            switched.append(at)
        route = following
    assert all(later - earlier >= STAYS_FOR for earlier, later in pairwise(switched))


def test_a_provider_that_works_is_never_left_and_one_that_is_dead_is_left_at_the_tenth() -> None:
    for bad in (False, True):
        route, sends = SmsRoute(), 0
        while sends < 50 and route.in_use is FIRST:
            sends += 1
            route = judged(route, {FIRST: [tally(sends, sends * bad)]}, at=AT)
        assert sends == (LEAST_SENDS if bad else 50)
