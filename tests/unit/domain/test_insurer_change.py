from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.errors import RuleRefused
from chalicelib.domain.insurer_change import ChangeReason, ChangeRequest, check_change
from chalicelib.domain.policy import InsurerPeriod

ARTICLE = "326-ФЗ, ст. 16, ч. 1, п. 3"


def since(day, insurer="77012", until=None):
    return InsurerPeriod(insurer_code=insurer, insured_from=day, insured_until=until)


def request_on(day, *periods, **more):
    known = {
        "periods": periods or (since(date(2020, 3, 1)),),
        "policy_received_on": date(2020, 3, 1),
        "new_insurer": "77004",
        "new_region": "77",
        "old_region": "77",
        "old_insurer_may_insure": True,
        "reason": ChangeReason.BY_WISH,
        "on": day,
    }
    return ChangeRequest(**{**known, **more})


NEWBORN_ARTICLE = "326-ФЗ, ст. 16, ч. 3; Правила ОМС, п. 5"


def newborn_on(day, *periods, registered_on=date(2026, 9, 20), **more):
    """A child born on 15 September, by default registered five days later."""
    periods = periods or (since(date(2026, 9, 15)),)
    return request_on(day, *periods, policy_received_on=date(2026, 9, 21), birth_registered_on=registered_on, **more)


MOVED = {"reason": ChangeReason.MOVED, "new_region": "50"}
LEFT = {"reason": ChangeReason.INSURER_LEFT, "old_insurer_may_insure": False}
CHANGED_IN_MAY = (since(date(2020, 3, 1), until=date(2026, 5, 20)), since(date(2026, 5, 20), "77015"))


@pytest.mark.parametrize(
    ("request_", "basis"),
    [
        (request_on(date(2026, 1, 1)), "by_wish"),
        (request_on(date(2026, 11, 1)), "by_wish"),
        (request_on(date(2027, 1, 1), *CHANGED_IN_MAY), "by_wish"),
        (request_on(date(2026, 11, 2), **MOVED), "moved"),
        (request_on(date(2026, 7, 1), *CHANGED_IN_MAY, **MOVED), "moved"),
        (request_on(date(2026, 12, 31), **LEFT), "insurer_left"),
        (
            request_on(date(2026, 3, 31), since(date(2026, 3, 1)), policy_received_on=date(2026, 3, 1)),
            "first_policy_window",
        ),
        (
            request_on(date(2026, 12, 10), since(date(2026, 11, 20)), policy_received_on=date(2026, 11, 20)),
            "first_policy_window",
        ),
        # 30 days after the registration of 20 September end with 20 October.
        (newborn_on(date(2026, 10, 21)), "parents_choice"),
        (newborn_on(date(2026, 10, 21), **MOVED), "parents_choice"),
        (newborn_on(date(2026, 12, 31)), "parents_choice"),
        (newborn_on(date(2031, 11, 15)), "parents_choice"),
        (newborn_on(date(2026, 9, 25), **LEFT), "insurer_left"),
        (newborn_on(date(2026, 12, 1), registered_on=date(2026, 10, 31)), "parents_choice"),
        (newborn_on(date(2028, 3, 1), registered_on=date(2028, 1, 30)), "parents_choice"),
        (
            newborn_on(
                date(2027, 1, 1), since(date(2026, 9, 15), until=date(2026, 12, 1)), since(date(2026, 12, 1), "77015")
            ),
            "by_wish",
        ),
    ],
)
def test_allows_what_a_rule_allows(request_, basis):
    assert check_change(request=request_) == basis


@pytest.mark.parametrize(
    ("request_", "reason", "possible_on"),
    [
        (request_on(date(2026, 11, 2)), "after_november_1", date(2027, 1, 1)),
        (request_on(date(2026, 12, 31)), "after_november_1", date(2027, 1, 1)),
        (request_on(date(2026, 6, 1), *CHANGED_IN_MAY), "once_a_year", date(2027, 1, 1)),
        (request_on(date(2026, 12, 1), *CHANGED_IN_MAY), "once_a_year", date(2027, 1, 1)),
        (
            request_on(date(2026, 4, 1), since(date(2026, 3, 1)), policy_received_on=date(2026, 3, 1)),
            "once_a_year",
            date(2027, 1, 1),
        ),
        (
            request_on(date(2026, 3, 5), since(date(2026, 3, 1)), policy_received_on=None),
            "once_a_year",
            date(2027, 1, 1),
        ),
        (request_on(date(2026, 6, 1), reason=ChangeReason.MOVED), "moved_within_region", date(2026, 6, 1)),
        (request_on(date(2026, 11, 9), reason=ChangeReason.MOVED), "moved_within_region", date(2027, 1, 1)),
        (
            request_on(date(2026, 6, 1), *CHANGED_IN_MAY, reason=ChangeReason.INSURER_LEFT),
            "insurer_still_works",
            date(2027, 1, 1),
        ),
        (
            request_on(
                date(2026, 3, 5),
                since(date(2026, 3, 1)),
                policy_received_on=date(2026, 3, 1),
                reason=ChangeReason.MOVED,
            ),
            "moved_within_region",
            date(2026, 3, 5),
        ),
        (request_on(date(2026, 6, 1), new_insurer="77012"), "same_insurer", None),
        (request_on(date(2026, 5, 18), *CHANGED_IN_MAY), "change_pending", date(2027, 1, 1)),
        (
            request_on(
                date(2026, 12, 29),
                since(date(2020, 3, 1), until=date(2027, 1, 12)),
                since(date(2027, 1, 12), "50001"),
            ),
            "change_pending",
            date(2028, 1, 1),
        ),
    ],
)
def test_refuses_with_the_rule_and_the_first_possible_date(request_, reason, possible_on):
    with pytest.raises(RuleRefused) as refusal:
        check_change(request=request_)

    assert refusal.value.reason == reason
    assert refusal.value.possible_on == possible_on
    assert refusal.value.rule in {ARTICLE, "Правила ОМС, п. 21"}


@pytest.mark.parametrize(
    ("request_", "reason", "possible_on"),
    [
        (newborn_on(date(2026, 9, 21)), "mothers_insurer_stands", date(2026, 10, 21)),
        (newborn_on(date(2026, 10, 20)), "mothers_insurer_stands", date(2026, 10, 21)),
        (newborn_on(date(2026, 10, 20), **MOVED), "mothers_insurer_stands", date(2026, 10, 21)),
        (newborn_on(date(2026, 11, 30), registered_on=date(2026, 10, 31)), "mothers_insurer_stands", date(2026, 12, 1)),
        (newborn_on(date(2028, 2, 29), registered_on=date(2028, 1, 30)), "mothers_insurer_stands", date(2028, 3, 1)),
    ],
)
def test_keeps_a_newborn_with_the_insurer_of_its_mother_for_thirty_days(request_, reason, possible_on):
    with pytest.raises(RuleRefused) as refusal:
        check_change(request=request_)

    assert (refusal.value.reason, refusal.value.possible_on) == (reason, possible_on)
    assert refusal.value.rule == NEWBORN_ARTICLE


@pytest.mark.parametrize(
    ("request_", "reason", "possible_on"),
    [
        (newborn_on(date(2026, 10, 1), reason=ChangeReason.INSURER_LEFT), "insurer_still_works", date(2026, 10, 21)),
        (newborn_on(date(2026, 12, 1), reason=ChangeReason.INSURER_LEFT), "insurer_still_works", date(2026, 12, 1)),
        (newborn_on(date(2026, 12, 1), new_insurer="77012"), "same_insurer", None),
        (
            newborn_on(
                date(2026, 12, 5), since(date(2026, 9, 15), until=date(2026, 12, 1)), since(date(2026, 12, 1), "77015")
            ),
            "once_a_year",
            date(2027, 1, 1),
        ),
    ],
)
def test_judges_everything_else_about_a_newborn_as_about_everybody(request_, reason, possible_on):
    with pytest.raises(RuleRefused) as refusal:
        check_change(request=request_)

    assert (refusal.value.reason, refusal.value.possible_on) == (reason, possible_on)


days = st.dates(date(2024, 1, 1), date(2027, 12, 31))


@st.composite
def requests(draw):
    starts = sorted(draw(st.sets(st.dates(date(2023, 1, 1), date(2027, 12, 31)), min_size=1, max_size=3)))
    ends = [*starts[1:], None]
    periods = [since(start, f"7700{n}", end) for n, (start, end) in enumerate(zip(starts, ends, strict=True))]
    on = draw(st.dates(starts[0], date(2028, 6, 1)))
    # A change takes effect within a month: what is planned lies close ahead.
    periods = [p for p in periods if p.insured_from <= on + timedelta(days=30)]
    return request_on(
        on,
        *periods,
        policy_received_on=draw(st.sampled_from([None, starts[0]])),
        birth_registered_on=draw(st.none() | st.dates(starts[0], starts[0] + timedelta(days=40))),
        new_insurer="77099",
        reason=draw(st.sampled_from(ChangeReason)),
        new_region=draw(st.sampled_from(["77", "50"])),
        old_insurer_may_insure=draw(st.booleans()),
    )


def is_allowed_by_wish(request_, day):
    try:
        check_change(request=replace(request_, on=day, reason=ChangeReason.BY_WISH))
    except RuleRefused:
        return False
    return True


@given(requests())
def test_the_date_that_is_told_is_possible_and_no_earlier_one_is(request_):
    try:
        check_change(request=request_)
    except RuleRefused as refusal:
        told = refusal.possible_on
        assert told is not None
        assert is_allowed_by_wish(request_, told)
        earlier = (request_.on + timedelta(days=n) for n in range((told - request_.on).days))
        if refusal.reason != "change_pending":
            assert not any(is_allowed_by_wish(request_, day) for day in earlier)
