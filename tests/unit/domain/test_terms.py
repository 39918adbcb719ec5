from __future__ import annotations

import itertools
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.errors import InvalidValue
from chalicelib.domain.terms import Term, TermUnit, days_left, parse_term
from chalicelib.domain.working_days import RUSSIAN_CALENDAR

DAYS = st.dates(date(2024, 1, 1), date(2029, 12, 31))
TERMS = st.builds(Term, days=st.integers(1, 60), unit=st.sampled_from(TermUnit))
CALENDAR, WORKING = TermUnit.CALENDAR, TermUnit.WORKING


@pytest.mark.parametrize(
    ("written", "term"),
    [
        ("30 calendar", Term(days=30, unit=CALENDAR)),
        ("45 working", Term(days=45, unit=WORKING)),
        ("1 working", Term(days=1, unit=WORKING)),
        ("365 calendar", Term(days=365, unit=CALENDAR)),
    ],
)
def test_reads_a_term_as_it_is_set(written, term):
    assert parse_term(text=written) == term


@pytest.mark.parametrize(
    "written",
    ["", "30", "calendar", "0 calendar", "-1 working", "030 calendar", "366 calendar", "30  calendar", "30 days",
     "30 Calendar", " 30 calendar", "30 calendar\n", "1e1 working", "３０ calendar", "4.5 working"],
)  # fmt: skip
def test_refuses_what_is_no_term(written):
    with pytest.raises(InvalidValue) as refusal:
        parse_term(text=written)
    assert refusal.value.reason == "term_unreadable"


@pytest.mark.parametrize(
    ("term", "start", "end"),
    [
        (Term(days=30, unit=CALENDAR), date(2026, 3, 16), date(2026, 4, 15)),
        (Term(days=45, unit=WORKING), date(2026, 1, 12), date(2026, 3, 19)),  # ends with 18.03.2026
        (Term(days=1, unit=WORKING), date(2026, 4, 30), date(2026, 5, 5)),  # 1 May and a weekend: Monday is the day
        (Term(days=5, unit=WORKING), date(2026, 12, 28), date(2027, 1, 14)),
    ],
)
def test_ends_on_the_day_after_its_last(term, start, end):
    assert term.end(start=start) == end


@pytest.mark.parametrize(
    ("left", "day"),
    [
        (Term(days=10, unit=WORKING), date(2026, 3, 4)),  # 9 March is off for the 8th
        (Term(days=3, unit=WORKING), date(2026, 3, 16)),
        (Term(days=1, unit=WORKING), date(2026, 3, 18)),
        (Term(days=7, unit=CALENDAR), date(2026, 3, 12)),
        (Term(days=1, unit=CALENDAR), date(2026, 3, 18)),
    ],
)
def test_counts_back_from_the_end(left, day):
    assert left.before(end=date(2026, 3, 19)) == day


@given(TERMS, DAYS)
def test_as_much_is_left_as_was_counted_back(left, end):
    day = left.before(end=end)
    assert days_left(unit=left.unit, on=day, end=end) == left.days
    assert left.unit is CALENDAR or RUSSIAN_CALENDAR.is_working_day(day)


@given(TERMS, DAYS)
def test_less_is_left_every_day_until_nothing_is(term, start):
    end = term.end(start=start)
    days = [start + timedelta(days=n) for n in range((end - start).days + 3)]
    left = [days_left(unit=term.unit, on=day, end=end) for day in days]
    assert left == sorted(left, reverse=True)
    assert all(earlier - later in {0, 1} for earlier, later in itertools.pairwise(left))
    assert left[-3:] == [0, 0, 0]
    assert left[0] in {term.days, term.days + 1}  # the day of the event may be a working day itself
