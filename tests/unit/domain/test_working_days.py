from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.errors import InvalidValue
from chalicelib.domain.working_days import RUSSIAN_CALENDAR

DAYS = st.dates(date(2023, 1, 1), date(2030, 12, 31))
TERMS = st.integers(0, 60)


@pytest.mark.parametrize(("count_start", "last"), [(False, date(2026, 3, 18)), (True, date(2026, 3, 17))])
def test_45_days_of_a_certificate_of_12_january_2026(count_start, last):
    start = date(2026, 1, 12)
    assert RUSSIAN_CALENDAR.add_working_days(start=start, days=45, count_start=count_start) == last


def test_a_term_of_no_days_ends_on_the_day_of_the_event():
    sunday = date(2026, 11, 22)
    assert RUSSIAN_CALENDAR.add_working_days(start=sunday, days=0) == sunday
    assert RUSSIAN_CALENDAR.add_working_days(start=sunday, days=0, count_start=True) == sunday


def test_counting_from_a_day_off_begins_with_the_next_working_day():
    sunday = date(2026, 11, 22)
    for count_start in (False, True):
        end = RUSSIAN_CALENDAR.add_working_days(start=sunday, days=1, count_start=count_start)
        assert end == date(2026, 11, 23)


def test_refuses_a_negative_term():
    with pytest.raises(InvalidValue) as refusal:
        RUSSIAN_CALENDAR.add_working_days(start=date(2026, 1, 12), days=-1)
    assert refusal.value.reason == "working_days_negative"


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2024, 4, 27), True),
        (date(2024, 4, 29), False),
        (date(2025, 11, 1), True),
        (date(2025, 2, 24), True),
        (date(2026, 1, 9), False),
        (date(2026, 12, 31), False),
        (date(2026, 11, 22), False),
    ],
)
def test_transfers_and_working_saturdays_are_known(day, works):
    assert RUSSIAN_CALENDAR.is_working_day(day) is works


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2028, 1, 8), False),
        (date(2028, 1, 10), True),
        (date(2028, 2, 23), False),
        (date(2029, 6, 12), False),
        (date(2028, 11, 4), False),
        (date(2028, 11, 6), False),
        (date(2028, 11, 7), True),
        (date(2032, 5, 1), False),
        (date(2032, 5, 3), False),
        (date(2032, 5, 10), False),
        (date(2032, 5, 11), True),
    ],
)
def test_unknown_years_have_weekends_and_statutory_holidays(day, works):
    assert RUSSIAN_CALENDAR.is_working_day(day) is works


def test_tells_which_years_are_exact():
    assert [year for year in range(2020, 2031) if RUSSIAN_CALENDAR.is_exact(year)] == [
        2024,
        2025,
        2026,
        2027,
    ]


@given(DAYS, TERMS)
def test_adding_and_counting_are_inverse(start, days):
    end = RUSSIAN_CALENDAR.add_working_days(start=start, days=days)
    assert RUSSIAN_CALENDAR.working_days_between(start=start, end=end) == days
    assert RUSSIAN_CALENDAR.working_days_between(start=end, end=start) == -days


@given(DAYS, st.integers(1, 60), st.booleans())
def test_a_term_ends_on_a_working_day(start, days, count_start):
    end = RUSSIAN_CALENDAR.add_working_days(start=start, days=days, count_start=count_start)
    assert RUSSIAN_CALENDAR.is_working_day(end)
    assert end >= start


@given(DAYS, st.integers(1, 60))
def test_counting_the_start_is_counting_from_the_day_before(start, days):
    before = start - timedelta(days=1)
    assert RUSSIAN_CALENDAR.add_working_days(
        start=start, days=days, count_start=True
    ) == RUSSIAN_CALENDAR.add_working_days(start=before, days=days)
