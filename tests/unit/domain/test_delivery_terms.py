"""Papers on their way: terms in force, days of each method, what a step leaves behind, figures (F8, F9)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from chalicelib.domain import delivery as rules
from chalicelib.domain.audit import SYSTEM
from chalicelib.domain.delivery import (
    MAX_LIVE_DELIVERIES,
    TERMS,
    Recipient,
    due_days,
    move,
    ordered_again,
    powers_mistakes,
    storage_ended,
    stored_from,
    terms_on,
)
from chalicelib.domain.delivery_states import (
    DELIVERY_TRANSITIONS,
    DeliveryEvent,
    DeliveryMethod,
    DeliveryState,
    Who,
    open_arrows,
)
from chalicelib.domain.delivery_statistics import DeliveryStatistics, delivery_statistics_of
from tests.unit.domain.test_delivery import ORDERED_AT, PICKUP, made

POST, OFFICE = DeliveryMethod.POST, DeliveryMethod.OFFICE
DAY = timedelta(days=1)


@pytest.fixture
def three_terms(monkeypatch):
    (first,) = TERMS
    second = replace(first, in_force_from=date(2026, 1, 1), office_days=1, kept_days=10, return_days=1)
    third = replace(first, in_force_from=date(2027, 1, 1), office_days=2, kept_days=20, return_days=2)
    monkeypatch.setattr(rules, "TERMS", (first, third, second))
    return first, second, third


def test_the_terms_of_a_day_are_the_newest_in_force(three_terms):
    first, second, third = three_terms
    days = {
        date(2000, 1, 1): first,
        date(2025, 12, 31): first,
        date(2026, 1, 1): second,
        date(2026, 12, 31): second,
        date(2027, 1, 1): third,
    }
    assert {on: terms_on(on) for on in days} == days
    assert due_days(method=OFFICE, on=date(2026, 3, 16)) == (date(2026, 3, 16), date(2026, 3, 17))


def test_what_was_ordered_keeps_to_the_terms_of_its_own_day(three_terms):
    stored = stored_from(made(OFFICE, DeliveryState.READY), at=ORDERED_AT, pickup=PICKUP)
    assert (stored.pickup, stored.kept_until) == (PICKUP, date(2026, 3, 27))
    assert storage_ended(stored, at=ORDERED_AT).return_on == date(2026, 3, 17)


@pytest.mark.parametrize(("method", "first", "last"), [(OFFICE, 0, 5), (POST, 7, 10)])
def test_days_are_counted_by_working_days(method, first, last):
    monday = date(2026, 3, 16)
    working = [monday + number * DAY for number in range(30) if (monday + number * DAY).weekday() < 5]
    assert due_days(method=method, on=monday) == (working[first], working[last])
    assert MAX_LIVE_DELIVERIES == 3


@pytest.mark.parametrize("who", Who)
@pytest.mark.parametrize("method", DeliveryMethod)
@pytest.mark.parametrize("state", DeliveryState)
def test_who_may_do_what_is_in_the_table(state, method, who):
    rows = [
        rule
        for rule in DELIVERY_TRANSITIONS
        if state in rule.sources and rule.by is who and rule.method in {None, method}
    ]
    assert [rule.event for rule in open_arrows(state=state, method=method, who=who)] == [rule.event for rule in rows]
    delivery = made(method, state)
    assert delivery.may(who) == tuple(rule.event for rule in rows)
    for rule in rows:
        after = move(delivery=delivery, event=rule.event, who=who, at=ORDERED_AT, actor=SYSTEM)
        assert [after.has_just(event) for event in DeliveryEvent] == [event is rule.event for event in DeliveryEvent]
        again = move_on(after)
        assert [step.state for step in again.history][: len(after.history)] == [step.state for step in after.history]
    assert not any(delivery.has_just(event) for event in DeliveryEvent)


def move_on(delivery):
    """Follow any arrow that is open; the delivery itself at its end."""
    for who in Who:
        for event in delivery.may(who):
            return move(delivery=delivery, event=event, who=who, at=ORDERED_AT + DAY, actor=SYSTEM)
    return delivery


def test_what_came_back_begins_anew():
    back = made(
        POST,
        is_overdue=True,
        tracking_number="80080000000001",
        powers_number="1",
        kept_until=date(2026, 4, 1),
        return_on=date(2026, 4, 2),
    )
    again = ordered_again(back, at=ORDERED_AT + 30 * DAY)
    assert (again.expected_on, again.due_on) == due_days(method=POST, on=date(2026, 4, 15))
    assert (again.is_overdue, again.tracking_number, again.powers_number) == (False, "", "")
    assert (again.kept_until, again.return_on) == (None, None)


@pytest.mark.parametrize(
    ("recipient", "number", "codes"),
    [
        (Recipient.SELF, "", []),
        (Recipient.SELF, "  ", []),
        (Recipient.SELF, "1", [("powers_number", "not_for_recipient")]),
        (Recipient.REPRESENTATIVE, "1", []),
        (Recipient.REPRESENTATIVE, " ", [("powers_number", "required")]),
    ],
)
def test_a_power_of_attorney_is_shown_by_representatives_alone(recipient, number, codes):
    found = powers_mistakes(replace(made(), recipient=recipient), powers_number=number)
    assert [(error.field, error.code) for error in found] == codes


class TestFigures:
    def test_of_nothing_are_noughts(self):
        assert delivery_statistics_of([]) == DeliveryStatistics()
        assert (DeliveryStatistics().ordered, DeliveryStatistics().overdue, DeliveryStatistics().arrived) == (0, 0, 0)

    def test_count_each_paper_once_as_it_was_told_last(self):
        sent = replace(made(POST, DeliveryState.SENT), delivery_id="1", is_overdue=True)
        arrived = replace(self.arrived(DeliveryState.DELIVERED, 3), delivery_id="1")
        handed = replace(self.arrived(DeliveryState.HANDED_OVER, 5), delivery_id="2", insurer_code="77004")
        waiting = replace(made(OFFICE, DeliveryState.READY), delivery_id="3", is_overdue=True)
        found = delivery_statistics_of([sent, arrived, handed, waiting])
        assert (found.ordered, found.overdue, found.arrived) == (3, 1, 2)
        assert found.by_state == {"delivered": 1, "handed_over": 1, "ready": 1}
        assert found.by_method == {"office": 1, "post": 2}
        assert found.by_insurer == {"77004": 1, "77012": 2}
        assert (found.time_to_arrival.count, found.time_to_arrival.median) == (2, 4 * 86_400)

    def arrived(self, state, days):
        steps = [
            rules.DeliveryStep(event=None, state=DeliveryState.ORDERED, at=ORDERED_AT, actor=SYSTEM),
            rules.DeliveryStep(event=None, state=DeliveryState.SENT, at=ORDERED_AT + DAY, actor=SYSTEM),
            rules.DeliveryStep(event=None, state=state, at=ORDERED_AT + days * DAY, actor=SYSTEM),
        ]
        return made(POST, state, history=tuple(steps))
