from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.audit import SYSTEM
from chalicelib.domain.delivery import (
    TERMS,
    Delivery,
    Recipient,
    due_days,
    move,
    open_pickup,
    powers_mistakes,
    storage_ended,
    stored_from,
    terms_on,
)
from chalicelib.domain.delivery_states import (
    AWAITED_STATES,
    DELIVERY_STATE_TITLES,
    DELIVERY_TRANSITIONS,
    FINAL_DELIVERY_STATES,
    DeliveryEvent,
    DeliveryMethod,
    DeliveryState,
    Who,
    delivery_rule,
)
from chalicelib.domain.errors import StateConflict
from chalicelib.domain.form_sections import DELIVERY_METHODS, RECIPIENTS
from chalicelib.domain.notifications import NotificationKind
from chalicelib.domain.pickup_code import Pickup
from chalicelib.domain.working_days import RUSSIAN_CALENDAR

ORDERED_AT = datetime(2026, 3, 16, 9, tzinfo=UTC)
PICKUP = Pickup(pickup_id="p", sent_at=ORDERED_AT)
DAYS = st.dates(date(2022, 12, 1), date(2027, 12, 31))


def made(method=DeliveryMethod.POST, state=DeliveryState.ORDERED, **changes):
    expected_on, due_on = due_days(method=method, on=ORDERED_AT.date())
    return Delivery(
        delivery_id="d",
        person_id="p",
        account_id="a",
        application_number="2026-00000001-8",
        document_id="x",
        insurer_code="77012",
        method=method,
        state=state,
        ordered_at=ORDERED_AT,
        expected_on=expected_on,
        due_on=due_on,
        utc_offset_hours=3,
        recipient=Recipient.SELF,
        recipient_name="Примерова Анна",
        **changes,
    )


class TestStates:
    """The table of arrows."""

    def test_words_are_those_of_the_form(self):
        assert {method.value for method in DeliveryMethod} == DELIVERY_METHODS.keys()
        assert {recipient.value for recipient in Recipient} == RECIPIENTS.keys()
        assert DELIVERY_STATE_TITLES.keys() == set(DeliveryState)

    @pytest.mark.parametrize("rule", DELIVERY_TRANSITIONS, ids=lambda rule: f"{rule.event}-{rule.by}")
    def test_an_arrow_tells_the_person_or_why_not(self, rule):
        assert (rule.notification is None) is (rule.silent_because is not None)
        assert rule.notification is None or rule.notification in set(NotificationKind)

    def test_from_the_end_nothing_leads_and_to_every_end_something(self):
        by_time_and_people = [rule for rule in DELIVERY_TRANSITIONS if rule.by is not Who.APPEAL]
        assert not any(rule.sources & FINAL_DELIVERY_STATES for rule in by_time_and_people)
        for state in set(DeliveryState) - FINAL_DELIVERY_STATES:
            assert FINAL_DELIVERY_STATES & self.reached({state}), state

    @pytest.mark.parametrize(
        ("method", "states"),
        [
            (DeliveryMethod.OFFICE, "ordered ready handed_over unclaimed returned cancelled"),
            (DeliveryMethod.POST, "ordered parcel_formed sent delivered not_claimed returned cancelled"),
        ],
    )
    def test_each_method_has_its_own_way(self, method, states):
        rules = [rule for rule in DELIVERY_TRANSITIONS if rule.method in {None, method}]
        assert self.reached({DeliveryState.ORDERED}, rules) == set(states.split())

    def reached(self, states, rules=DELIVERY_TRANSITIONS):
        more = states | {rule.target for rule in rules if rule.sources & states}
        return states if more == states else self.reached(more, rules)

    def test_only_the_table_decides(self):
        for state in DeliveryState:
            for method in DeliveryMethod:
                for who in Who:
                    delivery = made(method, state)
                    for event in DeliveryEvent:
                        if event in delivery.may(who):
                            rule = delivery_rule(state=state, method=method, event=event, who=who)
                            moved = move(delivery=delivery, event=event, who=who, at=ORDERED_AT, actor=SYSTEM)
                            assert (moved.state, moved.has_just(event)) == (rule.target, True)
                        else:
                            with pytest.raises(StateConflict, match=DELIVERY_STATE_TITLES[state]):
                                move(delivery=delivery, event=event, who=who, at=ORDERED_AT, actor=SYSTEM)

    def test_a_formed_parcel_is_neither_cancelled_nor_sent_elsewhere(self):
        formed = {DeliveryState.PARCEL_FORMED, DeliveryState.SENT, DeliveryState.NOT_CLAIMED}
        assert [made(state=state).may(Who.PERSON) for state in formed] == [()] * 3


class TestTerms:
    """Terms are dated data."""

    def test_the_newest_in_force_is_taken(self):
        assert terms_on(date(2026, 3, 16)) is TERMS[-1]
        assert terms_on(date(2000, 1, 1)) is TERMS[0]

    @given(on=DAYS)
    def test_by_post_it_takes_seven_to_ten_working_days(self, on):
        between = RUSSIAN_CALENDAR.working_days_between
        first, last = due_days(method=DeliveryMethod.POST, on=on)
        assert (between(start=on, end=first), between(start=on, end=last)) == (7, 10)

    @given(on=DAYS)
    def test_an_office_has_it_within_five_working_days(self, on):
        first, last = due_days(method=DeliveryMethod.OFFICE, on=on)
        assert first == on
        assert RUSSIAN_CALENDAR.working_days_between(start=on, end=last) == 5

    def test_may_holidays_are_no_working_days(self):
        assert due_days(method=DeliveryMethod.POST, on=date(2026, 4, 30))[1] == date(2026, 5, 18)


class TestTime:
    """When a timer looks at it."""

    @pytest.mark.parametrize("state", sorted(AWAITED_STATES))
    def test_what_is_awaited_becomes_overdue_after_its_day(self, state):
        delivery = made(state=state)
        # 30 March ends in Moscow at 21:00 UTC.
        assert delivery.next_step_at == datetime(2026, 3, 30, 21, tzinfo=UTC)
        assert replace(delivery, is_overdue=True).next_step_at is None

    def test_an_office_keeps_it_for_thirty_days(self):
        kept = stored_from(made(DeliveryMethod.OFFICE, DeliveryState.READY), at=ORDERED_AT, pickup=PICKUP)
        assert kept.kept_until - ORDERED_AT.date() == timedelta(days=31)
        assert kept.next_step_at == datetime(2026, 4, 15, 21, tzinfo=UTC)
        assert open_pickup(kept) is PICKUP

    def test_then_it_goes_back_in_the_morning_of_the_fifth_working_day(self):
        left = storage_ended(made(DeliveryMethod.OFFICE, DeliveryState.UNCLAIMED), at=ORDERED_AT)
        assert left.return_on == date(2026, 3, 23)
        assert left.next_step_at == datetime(2026, 3, 23, 7, tzinfo=UTC)

    @pytest.mark.parametrize("state", sorted(FINAL_DELIVERY_STATES | {DeliveryState.NOT_CLAIMED}))
    def test_time_changes_nothing_of_what_is_over_or_with_the_post(self, state):
        assert made(state=state).next_step_at is None

    def test_the_day_is_that_of_the_region(self):
        assert made().local_day(datetime(2026, 3, 16, 22, tzinfo=UTC)) == date(2026, 3, 17)


class TestHandingOver:
    """Who receives it, and by what."""

    def test_a_code_dies_with_the_waiting(self):
        ready = made(DeliveryMethod.OFFICE, DeliveryState.READY, pickup=PICKUP)
        for event, who in ((DeliveryEvent.HAND_OVER, Who.OPERATOR), (DeliveryEvent.CANCEL, Who.PERSON)):
            moved = move(delivery=ready, event=event, who=who, at=ORDERED_AT, actor=SYSTEM)
            with pytest.raises(StateConflict):
                open_pickup(moved)

    @pytest.mark.parametrize(
        ("recipient", "number", "code"),
        [
            (Recipient.SELF, "", None),
            (Recipient.SELF, "77 АВ 1", "not_for_recipient"),
            (Recipient.REPRESENTATIVE, "77 АВ 1", None),
            (Recipient.REPRESENTATIVE, "  ", "required"),
        ],
    )
    def test_a_representative_needs_a_power_of_attorney(self, recipient, number, code):
        delivery = replace(made(DeliveryMethod.OFFICE), recipient=recipient)
        assert [error.code for error in powers_mistakes(delivery, powers_number=number)] == ([code] if code else [])

    def test_what_came_by_post_had_an_address(self):
        address = {"index": "101000", "region": "77", "city": "Москва", "street": "", "house": "1", "flat": ""}
        assert made(address=address).postal_address.line() == "101000, Москва, 1"
        assert made(DeliveryMethod.OFFICE).postal_address is None

    def test_is_live_until_its_end(self):
        assert [state for state in DeliveryState if not made(state=state).is_live] == [
            state for state in DeliveryState if state in FINAL_DELIVERY_STATES
        ]
