"""For which days one may ask: a day, a month, a year, from a day to a day (requirement K1)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.asked_period import FIRST_DAY, LONGEST_DAYS, PeriodWish, read_period
from chalicelib.domain.errors import ValidationFailed

TODAY = date(2026, 3, 16)


def asked(today: date = TODAY, **wish: Any) -> tuple[str, str]:
    period = read_period(wish=PeriodWish(**wish), today=today)
    return str(period.from_on), str(period.last_day)


def refused(**wish: Any) -> dict[str, str]:
    with pytest.raises(ValidationFailed) as refusal:
        read_period(wish=PeriodWish(**wish), today=TODAY)
    assert all(error.message for error in refusal.value.errors)
    return {error.field: error.code for error in refusal.value.errors}


@pytest.mark.parametrize(
    ("wish", "days"),
    [
        ({"day": date(2026, 3, 1)}, ("2026-03-01", "2026-03-01")),
        ({"month": "2026-02"}, ("2026-02-01", "2026-02-28")),
        ({"month": "2024-02"}, ("2024-02-01", "2024-02-29")),
        ({"month": "2025-12"}, ("2025-12-01", "2025-12-31")),
        ({"year": 2025}, ("2025-01-01", "2025-12-31")),
        ({"from_on": date(2025, 7, 1), "to_on": date(2025, 8, 2)}, ("2025-07-01", "2025-08-02")),
    ],
)
def test_reads_each_way_of_asking(wish: dict[str, Any], days: tuple[str, str]) -> None:
    assert asked(**wish) == days


def test_leaves_out_the_days_that_nobody_can_confirm_yet() -> None:
    assert asked(year=2026) == ("2026-01-01", "2026-03-16")
    assert asked(month="2026-03") == ("2026-03-01", "2026-03-16")


@pytest.mark.parametrize(
    ("wish", "errors"),
    [
        ({}, {"period": "one_way_required"}),
        ({"year": 2025, "month": "2025-01"}, {"period": "one_way_required"}),
        ({"day": TODAY, "to_on": TODAY}, {"period": "one_way_required"}),
        ({"from_on": TODAY}, {"to_on": "required"}),
        ({"to_on": TODAY}, {"from_on": "required"}),
        ({"month": "2026-13"}, {"month": "invalid_month"}),
        ({"month": "март"}, {"month": "invalid_month"}),
        ({"month": "1992-12"}, {"month": "invalid_month"}),
        ({"month": "9999-12"}, {"month": "date_in_future"}),
        ({"year": 1992}, {"year": "out_of_range"}),
        ({"year": 10_000}, {"year": "out_of_range"}),
        ({"year": 2027}, {"year": "date_in_future"}),
        ({"day": date(2026, 3, 17)}, {"day": "date_in_future"}),
        ({"day": date(1992, 12, 31)}, {"day": "too_early"}),
        ({"from_on": date(2026, 2, 2), "to_on": date(2026, 2, 1)}, {"to_on": "ends_before_it_begins"}),
        (
            {"from_on": date(1992, 1, 1), "to_on": date(1991, 1, 1)},
            {"from_on": "too_early", "to_on": "ends_before_it_begins"},
        ),
        ({"from_on": date(2010, 1, 1), "to_on": date(2026, 1, 1)}, {"to_on": "too_long"}),
    ],
)
def test_tells_every_mistake_and_its_mend(wish: dict[str, Any], errors: dict[str, str]) -> None:
    assert refused(**wish) == errors


DAYS = st.dates(FIRST_DAY, TODAY)


@given(first=DAYS, days=st.integers(0, LONGEST_DAYS - 1))
def test_a_period_is_never_empty_and_never_reaches_beyond_today(first: date, days: int) -> None:
    period = read_period(wish=PeriodWish(from_on=first, to_on=first + timedelta(days=days)), today=TODAY)
    assert period.from_on == first
    assert period.from_on <= period.last_day <= TODAY


class TestBounds:
    """The first and the last day of each bound, and the next beyond it."""

    def test_insurance_begins_on_its_first_day(self) -> None:
        assert date(1993, 1, 1) == FIRST_DAY
        assert asked(day=FIRST_DAY) == ("1993-01-01", "1993-01-01")
        assert refused(day=FIRST_DAY - timedelta(days=1)) == {"day": "too_early"}
        assert asked(month="1993-01") == ("1993-01-01", "1993-01-31")
        assert refused(month="1992-12") == {"month": "invalid_month"}
        assert asked(year=1993) == ("1993-01-01", "1993-12-31")
        assert refused(year=1992) == {"year": "out_of_range"}

    def test_today_is_the_last_day_of_which_anything_is_known(self) -> None:
        assert asked(day=TODAY) == ("2026-03-16", "2026-03-16")
        assert refused(day=TODAY + timedelta(days=1)) == {"day": "date_in_future"}
        assert refused(year=9999) == {"year": "date_in_future"}
        assert refused(year=10_000) == {"year": "out_of_range"}

    def test_ten_years_are_the_longest(self) -> None:
        first = date(2016, 1, 1)
        longest = first + timedelta(days=3652)
        assert longest == date(2025, 12, 31)
        assert asked(from_on=first, to_on=longest) == ("2016-01-01", "2025-12-31")
        assert refused(from_on=first, to_on=longest + timedelta(days=1)) == {"to_on": "too_long"}

    @pytest.mark.parametrize("month", range(1, 13))
    def test_a_month_ends_before_the_next_begins(self, month: int) -> None:
        first, last = (date.fromisoformat(day) for day in asked(month=f"2025-{month:02}"))
        assert (first.day, (last + timedelta(days=1)).day, first.month, last.month) == (1, 1, month, month)
