"""A message by one channel: its plan of tries, and an end that no order of receipts changes (M1, M2)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain import dispatch as rules
from chalicelib.domain.dispatch import (
    BOUNCE_PAUSE,
    PAUSES,
    STATE_TITLES,
    Dispatch,
    DispatchState,
    Receipt,
    ReceiptOutcome,
    Recipient,
    Reference,
    read_reference,
)
from chalicelib.domain.notifications import Channel, NotificationKind

NOW = datetime(2026, 3, 16, 9, 0, tzinfo=UTC)
ENDS = {
    ReceiptOutcome.COMPLAINT: DispatchState.COMPLAINED,
    ReceiptOutcome.HARD_BOUNCE: DispatchState.BOUNCED,
    ReceiptOutcome.DELIVERED: DispatchState.DELIVERED,
    ReceiptOutcome.REFUSED: DispatchState.REJECTED,
}
"""The strongest first."""


def new() -> Dispatch:
    return Dispatch(
        order_id="01KKTXZ8M0J77M3GB40726KZTJ",
        channel=Channel.EMAIL,
        kind=NotificationKind.POLICY_ISSUED,
        person_id="p",
        recipient=Recipient.PERSON,
        contact_hash="h",
        context={},
        ordered_at=NOW,
    )


def sent(at: datetime = NOW) -> Dispatch:
    return rules.accepted(rules.begin(new(), at=at), provider="ses", at=at)


def heard(message: Dispatch, outcome: ReceiptOutcome, attempt: int = 1, at: datetime = NOW) -> Dispatch:
    receipt = Receipt(channel=Channel.EMAIL, outcome=outcome, at=at)
    return rules.hear(message, receipt, attempt=attempt, at=at)


def test_every_state_has_a_title() -> None:
    assert set(STATE_TITLES) == set(DispatchState)


def test_a_reference_is_read_back_and_nothing_else_is() -> None:
    name = Reference(order_id="01KKTXZ8M0J77M3GB40726KZTJ", channel=Channel.EMAIL, attempt=1)
    assert read_reference(new().reference) == new().name == name
    for text in ("", "a-email", "a-fax-1", "a-email-x", "a-email-0", "a-email-1-2", "a-email-٣"):
        assert read_reference(text) is None


def test_one_process_at_a_time_tries_and_a_dead_one_is_relieved() -> None:
    begun = rules.begin(new(), at=NOW)
    assert new().may_be_tried(NOW)
    assert not begun.may_be_tried(NOW + rules.LEASE - timedelta(seconds=1))
    assert begun.may_be_tried(NOW + rules.LEASE)
    assert begun.is_under_way
    assert begun.look_at is not None
    assert begun.look_at > NOW + rules.LEASE
    assert not sent().may_be_tried(NOW + timedelta(days=9))


def test_tries_by_the_plan_and_gives_up_by_name() -> None:
    message, at, pauses = new(), NOW, []
    while message.is_under_way:
        message = rules.put_off(rules.begin(message, at=at), at=at)
        if message.not_before is not None:
            assert not message.may_be_tried(message.not_before - timedelta(seconds=1))
            pauses.append(message.not_before - at)
            at = message.not_before
    assert tuple(pauses) == PAUSES
    assert message.state is DispatchState.UNDELIVERED
    assert (message.tries, message.look_at, message.attempt) == (len(PAUSES) + 1, None, 1)
    assert timedelta(hours=41) < at - NOW < timedelta(hours=42)


def test_a_provider_that_asks_to_slow_down_is_heeded() -> None:
    waits = rules.put_off(rules.begin(new(), at=NOW), at=NOW, least=timedelta(minutes=5))
    assert waits.not_before == NOW + timedelta(minutes=5)


def test_the_timer_looks_soon_after_a_short_pause_and_right_at_a_long_one() -> None:
    short = rules.put_off(rules.begin(new(), at=NOW), at=NOW)
    assert (short.not_before, short.look_at) == (NOW + PAUSES[0], NOW + PAUSES[0] + rules.LATE)
    long = rules.put_off(rules.begin(new(), at=NOW), at=NOW, least=BOUNCE_PAUSE)
    assert long.look_at == long.not_before == NOW + BOUNCE_PAUSE
    assert rules.queued_again(long, at=NOW + BOUNCE_PAUSE).look_at == NOW + BOUNCE_PAUSE + rules.LOOK_AGAIN


def test_a_soft_bounce_begins_another_attempt_after_an_hour_at_least() -> None:
    waits = heard(sent(), ReceiptOutcome.SOFT_BOUNCE)
    assert (waits.state, waits.attempt, waits.not_before) == (DispatchState.WAITING, 2, NOW + BOUNCE_PAUSE)
    assert waits.reference.endswith("-email-2")
    again = rules.accepted(rules.begin(waits, at=NOW), provider="ses", at=NOW)
    assert again.state is DispatchState.SENT


def test_a_soft_bounce_of_a_try_whose_answer_got_lost_names_the_next_one_anew() -> None:
    unknown = rules.put_off(rules.begin(new(), at=NOW), at=NOW)
    bounced = heard(unknown, ReceiptOutcome.SOFT_BOUNCE)
    assert (bounced.attempt, bounced.not_before) == (2, unknown.not_before)


def test_a_late_delivery_of_an_earlier_attempt_cancels_the_next_one() -> None:
    delivered = heard(heard(sent(), ReceiptOutcome.SOFT_BOUNCE), ReceiptOutcome.DELIVERED)
    assert (delivered.state, delivered.not_before, delivered.look_at) == (DispatchState.DELIVERED, None, None)


def test_a_receipt_that_is_faster_than_the_note_is_not_forgotten() -> None:
    early = heard(rules.begin(new(), at=NOW), ReceiptOutcome.DELAYED)
    assert early.state is DispatchState.SENDING
    assert heard(rules.begin(new(), at=NOW), ReceiptOutcome.DELIVERED).state is DispatchState.DELIVERED
    assert rules.accepted(early, provider="ses", at=NOW).state is DispatchState.SENT


def test_a_receipt_of_an_attempt_that_never_was_changes_nothing() -> None:
    message = sent()
    assert heard(message, ReceiptOutcome.DELIVERED, attempt=2) is message


@pytest.mark.parametrize("outcome", list(ReceiptOutcome))
def test_the_same_receipt_twice_changes_nothing(outcome: ReceiptOutcome) -> None:
    once = heard(sent(), outcome)
    assert heard(once, outcome, at=NOW + timedelta(days=1)) is once


@given(st.lists(st.sampled_from(ReceiptOutcome), max_size=4, unique=True), st.randoms(use_true_random=False))
def test_neither_order_nor_repetition_of_receipts_changes_the_end(outcomes, chance) -> None:
    ends = set()
    for order in permutations(outcomes):
        message = sent()
        repeated = [*order, *chance.sample(order, len(order))]
        for outcome in repeated:
            message = heard(message, outcome)
        ends.add((message.state, message.attempt if message.is_under_way else 0))
    assert len(ends) == 1
    (state, _) = ends.pop()
    otherwise = DispatchState.WAITING if ReceiptOutcome.SOFT_BOUNCE in outcomes else DispatchState.SENT
    assert state is next((end for outcome, end in ENDS.items() if outcome in outcomes), otherwise)


def test_a_message_that_nobody_confirmed_may_still_be_confirmed_late() -> None:
    unconfirmed = rules.end(sent(), state=DispatchState.UNCONFIRMED, at=NOW)
    assert heard(unconfirmed, ReceiptOutcome.DELIVERED).state is DispatchState.DELIVERED


@pytest.mark.parametrize("pause", [timedelta(0), timedelta(minutes=15), timedelta(minutes=15, seconds=1)])
def test_what_a_queue_can_keep_back_is_looked_for_late_and_the_rest_at_its_moment(pause: timedelta) -> None:
    waits = rules.put_off(rules.begin(new(), at=NOW), at=NOW, least=pause)
    moment = NOW + max(pause, timedelta(seconds=30))
    by_queue = pause <= timedelta(minutes=15)
    assert (waits.not_before, waits.look_at) == (moment, moment + timedelta(minutes=5) if by_queue else moment)


def test_a_try_begins_at_its_very_moment_and_not_before() -> None:
    waits = rules.defer(new(), until=NOW, at=NOW)
    assert [waits.may_be_tried(NOW + timedelta(seconds=s)) for s in (-1, 0, 1)] == [False, True, True]
    assert replace(waits, not_before=None).may_be_tried(NOW)
    begun = rules.begin(new(), at=NOW)
    assert (begun.leased_until, begun.look_at) == (NOW + timedelta(minutes=1), NOW + timedelta(minutes=16))
    assert replace(begun, leased_until=None).may_be_tried(NOW)
    assert not sent().may_be_tried(NOW + timedelta(days=9))


def test_a_receipt_is_waited_for_three_days() -> None:
    assert sent().look_at == NOW + timedelta(days=3)
    assert rules.queued_again(new(), at=NOW).look_at == NOW + timedelta(minutes=15)


@pytest.mark.parametrize("state", DispatchState)
def test_a_soft_bounce_moves_only_what_is_not_at_its_end(state: DispatchState) -> None:
    begun = replace(rules.begin(new(), at=NOW), state=state)
    after = heard(begun, ReceiptOutcome.SOFT_BOUNCE)
    moves = {DispatchState.WAITING, DispatchState.SENDING, DispatchState.SENT, DispatchState.UNCONFIRMED}
    assert (after.attempt, after.state) == ((2, DispatchState.WAITING) if state in moves else (1, state))
    delayed = heard(begun, ReceiptOutcome.DELAYED)
    assert (delayed.attempt, delayed.state) == (1, state)
