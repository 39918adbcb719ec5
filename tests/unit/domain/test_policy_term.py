from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.policy_term import TermRule, policy_end

DAYS = st.dates(date(2020, 1, 1), date(2040, 12, 31))


@pytest.mark.parametrize(
    ("on", "caps", "end"),
    [
        (date(2026, 3, 16), (), date(2027, 1, 1)),
        (date(2026, 10, 31), (), date(2027, 1, 1)),
        (date(2026, 11, 1), (), date(2028, 1, 1)),
        (date(2026, 12, 31), (), date(2028, 1, 1)),
        (date(2026, 12, 31), (date(2027, 2, 28),), date(2027, 3, 1)),
        (date(2026, 3, 16), (date(2026, 6, 30), date(2026, 5, 31)), date(2026, 6, 1)),
        (date(2026, 3, 16), (date(2030, 1, 1),), date(2027, 1, 1)),
    ],
)
def test_a_policy_ends_with_the_year_or_with_what_limits_it(on, caps, end):
    assert policy_end(rule=TermRule.YEAR_END, caps=caps, on=on) == end


@given(DAYS, st.lists(DAYS, max_size=3))
def test_a_policy_never_outlives_a_cap_nor_the_end_of_the_next_year(on, caps):
    end = policy_end(rule=TermRule.YEAR_END, caps=caps, on=on)

    assert end <= date(on.year + 2, 1, 1)
    assert all(end <= cap + timedelta(days=1) for cap in caps)


@given(DAYS, st.lists(DAYS, max_size=3))
def test_a_policy_without_a_term_has_none(on, caps):
    assert policy_end(rule=TermRule.INDEFINITE, caps=caps, on=on) is None
