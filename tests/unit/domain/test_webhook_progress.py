"""Messages of a case never overtake each other, none is lost, a receiver that is down is probed by the plan (M3)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.dispatch import LATE, LONGEST_DELAY, LOOK_AGAIN, PAUSES
from chalicelib.domain.webhook_events import CaseEvent, EventKind, FeedEvent
from chalicelib.domain.webhook_progress import (
    DOWN_AFTER,
    ENDED,
    LEASE,
    MOST_ASIDE,
    MOST_CASES,
    MOST_TOLD,
    STATE_TITLES,
    Aside,
    GivenUp,
    HookProgress,
    HookState,
    begin,
    delivered,
    failed,
    next_of,
    queued_again,
    replayed,
    rest,
)

AT = datetime(2026, 3, 16, 9, 0, tzinfo=UTC)
WANTED = (EventKind.APPLICATION_SUBMITTED,)
NEW = HookProgress(organisation="insurer:77012", subscription_id="s")


def found(number: int, case: str = "a", kind: EventKind = EventKind.APPLICATION_SUBMITTED) -> FeedEvent:
    event = CaseEvent(organisation="insurer:77012", case=case, place=number, kind=kind, state="x", at=AT)
    return FeedEvent(number=number, event=event)


def feed_of(*cases: str) -> list[FeedEvent]:
    return [found(number, case) for number, case in enumerate(cases, start=1)]


def chosen(progress: HookProgress, feed: list[FeedEvent], at: datetime = AT) -> tuple[HookProgress, int | None]:
    return next_of(progress, feed=feed, kinds=WANTED, at=at)


class TestOrder:
    def test_goes_by_the_feed(self) -> None:
        feed = feed_of("a", "b", "a")
        progress, seen = NEW, []
        while (step := chosen(progress, feed))[1] is not None:
            progress, number = step
            seen.append(number)
            progress = delivered(progress, feed[number - 1], at=AT)
        assert seen == [1, 2, 3]
        assert progress == replace(NEW, through=3, delivered_at=AT)

    def test_passes_over_what_is_not_wanted_and_what_is_kept_no_more(self) -> None:
        feed = [found(3, kind=EventKind.POLICY_ISSUED), found(7)]
        progress, number = chosen(NEW, feed)
        assert (progress.through, number) == (3, 7)
        assert delivered(progress, feed[1], at=AT).through == 7

    def test_passes_over_what_was_settled(self) -> None:
        assert chosen(replace(NEW, through=2), feed_of("a", "b", "c"))[1] == 3

    def test_a_failing_case_waits_and_the_others_go_on(self) -> None:
        feed = feed_of("a", "a", "b")
        progress = failed(NEW, feed[0], at=AT)
        progress, number = chosen(progress, feed)
        assert number == 3
        assert progress.aside == (Aside(case="a", numbers=(1, 2), tries=1, not_before=AT + PAUSES[0]),)
        assert progress.state is HookState.ACTIVE
        assert progress.failed_at == AT
        later = AT + PAUSES[0]
        assert chosen(progress, feed, later - timedelta(seconds=1))[1] == 3
        assert chosen(progress, feed, later)[1] == 1

    def test_what_queued_behind_follows_at_once(self) -> None:
        feed = feed_of("a", "a")
        progress, _ = chosen(failed(NEW, feed[0], at=AT), feed)
        later = AT + PAUSES[0]
        progress = delivered(progress, feed[0], at=later)
        assert progress.aside == (Aside(case="a", numbers=(2,), tries=0, not_before=later),)
        assert chosen(progress, feed, later)[1] == 2
        assert delivered(progress, feed[1], at=later).aside == ()

    def test_of_several_that_are_due_the_first_of_the_feed_comes_first(self) -> None:
        aside = (
            Aside(case="b", numbers=(2,), tries=1, not_before=AT),
            Aside(case="a", numbers=(1,), tries=1, not_before=AT),
        )
        assert [one.case for one in replace(NEW, aside=aside).due_aside(AT)] == ["a", "b"]


class TestPlan:
    def test_each_failure_pauses_longer_and_the_last_gives_up_by_name(self) -> None:
        feed, progress, at = feed_of("a", "a"), NEW, AT
        for pause in PAUSES:
            progress = failed(progress, feed[0], at=at)
            assert progress.next_try_at == at + pause
            progress, _ = chosen(progress, feed, at)
            at += pause
        progress = failed(progress, feed[0], at=at)
        assert progress.given_up == (GivenUp(number=1, at=at),)
        assert progress.aside == (Aside(case="a", numbers=(2,), tries=0, not_before=at),)
        again = failed(progress, feed[1], at=at)
        assert again.next_try_at == at + PAUSES[0]

    def test_tells_of_the_last_that_were_given_up(self) -> None:
        told = tuple(GivenUp(number=number, at=AT) for number in range(MOST_TOLD))
        aside = (Aside(case="a", numbers=(99,), tries=len(PAUSES), not_before=AT),)
        progress = failed(replace(NEW, aside=aside, given_up=told, through=99), found(99), at=AT)
        assert [one.number for one in progress.given_up] == [*range(1, MOST_TOLD), 99]

    def test_several_cases_that_fail_in_a_row_mean_that_the_receiver_is_down(self) -> None:
        feed, progress = feed_of("a", "b", "c", "d"), NEW
        for event in feed[: DOWN_AFTER - 1]:
            progress = failed(progress, event, at=AT)
            assert progress.state is HookState.ACTIVE
        progress = failed(progress, feed[DOWN_AFTER - 1], at=AT)
        assert (progress.state, progress.not_before, progress.probes) == (HookState.WAITING, AT + PAUSES[0], 1)
        assert chosen(progress, feed)[1] is None
        assert chosen(progress, feed, AT + PAUSES[0])[1] == 1

    def test_probes_by_the_plan_then_stops_by_name(self) -> None:
        progress, at = _down(), AT
        for pause in PAUSES[1:]:
            assert progress.not_before is not None
            at = progress.not_before
            assert progress.may_begin(at)
            _, number = chosen(progress, [], at)
            progress = failed(progress, found(number or 0, "abc"[(number or 1) - 1]), at=at)
            assert progress.not_before == at + pause
        assert not progress.given_up, "while the receiver is down no message is given up"
        at = progress.not_before or at
        progress = failed(progress, found(1, "a"), at=at)
        assert (progress.state, progress.not_before) == (HookState.STOPPED, None)
        assert not progress.may_begin(at + timedelta(days=365))
        assert progress.next_try_at is None
        assert chosen(progress, feed_of("a"), at + timedelta(days=9))[1] is None
        assert [one.numbers for one in sorted(progress.aside, key=lambda one: one.case)] == [(1,), (2,), (3,)]

    def test_the_first_success_lets_all_go_on(self) -> None:
        progress = _down()
        at = progress.not_before or AT
        progress = delivered(progress, found(1, "a"), at=at)
        assert (progress.state, progress.failing, progress.probes, progress.not_before) == (
            HookState.ACTIVE,
            (),
            0,
            None,
        )
        assert [one.numbers for one in progress.due_aside(at)] == [(2,), (3,)]

    def test_one_success_between_keeps_the_receiver_up(self) -> None:
        progress = failed(failed(NEW, found(1, "a"), at=AT), found(2, "b"), at=AT)
        progress = delivered(progress, found(3, "c"), at=AT)
        assert failed(progress, found(4, "d"), at=AT).state is HookState.ACTIVE
        assert {one.not_before for one in progress.aside} == {AT + PAUSES[0]}

    def test_gone_stops_at_once(self) -> None:
        progress = failed(NEW, found(1), at=AT, is_gone=True)
        assert (progress.state, progress.may_begin(AT + timedelta(days=9))) == (HookState.GONE, False)
        assert progress.aside[0].numbers == (1,)

    @pytest.mark.parametrize("kept", [MOST_CASES, 1])
    def test_what_is_put_aside_is_bounded(self, kept: int) -> None:
        numbers = MOST_ASIDE // kept if kept == 1 else 1
        aside = tuple(
            Aside(case=f"x{place}", numbers=tuple(range(numbers)), tries=1, not_before=AT + PAUSES[0])
            for place in range(kept)
        )
        full = replace(NEW, aside=aside)
        assert full.is_full
        assert chosen(full, feed_of("new"))[1] is None
        assert not replace(NEW, aside=aside[:0]).is_full


class TestTime:
    def test_a_lease_lets_one_at_a_time(self) -> None:
        begun = begin(NEW, at=AT)
        assert not begun.may_begin(AT + LEASE - timedelta(seconds=1))
        assert begun.may_begin(AT + LEASE)
        assert begun.look_at == AT + LEASE + LOOK_AGAIN
        assert rest(begun, at=AT) == NEW

    def test_waits_for_its_moment(self) -> None:
        waits = replace(NEW, not_before=AT)
        assert not waits.may_begin(AT - timedelta(seconds=1))
        assert waits.may_begin(AT)

    @pytest.mark.parametrize(
        ("pause", "look_after"),
        [(PAUSES[0], PAUSES[0] + LATE), (LONGEST_DELAY, LONGEST_DELAY + LATE), (PAUSES[3], PAUSES[3])],
    )
    def test_short_pauses_have_a_message_and_the_timer_comes_after(
        self, pause: timedelta, look_after: timedelta
    ) -> None:
        aside = (Aside(case="a", numbers=(1,), tries=1, not_before=AT + pause),)
        assert rest(replace(NEW, aside=aside), at=AT).look_at == AT + look_after
        assert queued_again(NEW, at=AT).look_at == AT + LOOK_AGAIN

    def test_the_next_try_is_neither_before_its_case_nor_before_the_receiver(self) -> None:
        aside = tuple(Aside(case=str(n), numbers=(n,), tries=1, not_before=AT + timedelta(n)) for n in (2, 1))
        assert replace(NEW, aside=aside).next_try_at == AT + timedelta(1)
        assert replace(NEW, aside=aside, not_before=AT + timedelta(3)).next_try_at == AT + timedelta(3)
        assert replace(NEW, not_before=AT).next_try_at == AT
        assert NEW.next_try_at is None

    def test_replays_from_a_cursor_also_what_was_stopped(self) -> None:
        stopped = replace(_down(), state=HookState.STOPPED, leased_until=AT)
        assert replayed(stopped, after=1) == replace(NEW, through=1, leased_until=AT, failed_at=AT)

    def test_names_every_state(self) -> None:
        assert set(STATE_TITLES) == set(HookState)
        assert set(ENDED) == {HookState.STOPPED, HookState.GONE}


def _down() -> HookProgress:
    progress = NEW
    for event in feed_of("a", "b", "c"):
        progress = failed(progress, event, at=AT)
    return progress


@given(
    cases=st.lists(st.sampled_from("abcdef"), min_size=1, max_size=25),
    luck=st.lists(st.booleans(), max_size=120),
)
def test_whatever_fails_each_case_keeps_its_order_and_nothing_is_lost(cases: list[str], luck: list[bool]) -> None:
    """Tries fail at will, then the receiver takes everything: all is taken once or given up by name, in order."""
    feed, progress, at, left = feed_of(*cases), NEW, AT, iter(luck)
    taken: list[int] = []
    for _ in range(400):
        if progress.state in ENDED:
            progress = replace(progress, state=HookState.ACTIVE, failing=(), probes=0)
        progress, number = next_of(progress, feed=feed, kinds=WANTED, at=at)
        if number is None:
            moment = progress.next_try_at
            if moment is None:
                break
            at = max(at, moment)
            continue
        if next(left, True):
            taken.append(number)
            progress = delivered(progress, feed[number - 1], at=at)
        else:
            progress = failed(progress, feed[number - 1], at=at)

    assert progress.through == len(feed)
    assert progress.aside == ()
    assert sorted([*taken, *(one.number for one in progress.given_up)]) == [one.number for one in feed]
    by_case = defaultdict(list)
    for number in taken:
        by_case[feed[number - 1].event.case].append(number)
    assert all(numbers == sorted(numbers) for numbers in by_case.values())
