from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.birth_date import (
    BirthDate,
    DatePrecision,
    age_on,
    anniversary,
    earliest_day,
    parse_birth_date,
    parse_date,
    read_date,
    searched_day,
)
from chalicelib.domain.errors import InvalidValue, ValidationFailed

DAYS = st.dates(date(1900, 1, 1), date(2199, 12, 31))


@given(DAYS)
def test_both_writings_of_a_date_are_read(day):
    assert read_date(text=day.isoformat()) == day
    assert parse_date(text=f" {day:%d.%m.}{day.year} ", field="issued_on") == day


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "date_format"),
        ("5.3.1984", "date_format"),
        ("1984/03/05", "date_format"),
        ("05-03-1984", "date_format"),
        ("05.03.84", "date_format"),
        ("19840305", "date_format"),
        ("1984-W10-1", "date_format"),
        ("١٩٨٤-٠٣-٠٥", "date_format"),
        ("1984-03-05T00:00", "date_format"),
        ("2001-02-29", "date_calendar"),
        ("31.04.1984", "date_calendar"),
        ("12.25.1972", "date_calendar"),
        ("0000-01-01", "date_range"),
        ("1899-12-31", "date_range"),
        ("2200-01-01", "date_range"),
    ],
)
def test_refuses_what_is_no_date_and_names_the_field(text, code):
    with pytest.raises(ValidationFailed) as refusal:
        parse_date(text=text, field="document.issued_on")
    (error,) = refusal.value.errors
    assert (error.field, error.code) == ("document.issued_on", code)
    assert error.message


@pytest.mark.parametrize(
    ("text", "earliest", "precision", "dost"),
    [
        ("1984-03-05", date(1984, 3, 5), DatePrecision.DAY, None),
        ("05.03.1984", date(1984, 3, 5), DatePrecision.DAY, None),
        ("1984-03", date(1984, 3, 1), DatePrecision.MONTH, 4),
        ("03.1984", date(1984, 3, 1), DatePrecision.MONTH, 4),
        (" 1984 ", date(1984, 1, 1), DatePrecision.YEAR, 5),
        ("00.03.1984", date(1984, 3, 1), DatePrecision.MONTH, 4),
        ("00.00.1984", date(1984, 1, 1), DatePrecision.YEAR, 5),
    ],
)
def test_birth_dates_may_be_known_in_part(text, earliest, precision, dost):
    born = parse_birth_date(text=text)
    assert born == BirthDate(earliest=earliest, precision=precision)
    assert born.dost == dost
    assert parse_birth_date(text=born.isoformat()) == born


@pytest.mark.parametrize(
    ("earliest", "precision"),
    [
        (date(1984, 3, 5), DatePrecision.MONTH),
        (date(1984, 3, 1), DatePrecision.YEAR),
        (date(1984, 1, 5), DatePrecision.YEAR),
    ],
)
def test_what_is_unknown_is_written_as_01(earliest, precision):
    with pytest.raises(InvalidValue) as refusal:
        BirthDate(earliest=earliest, precision=precision)
    assert refusal.value.reason == "birth_date_precision"


@pytest.mark.parametrize(("text", "reason"), [("1984-13", "date_calendar"), ("1800", "date_range")])
def test_partial_dates_are_checked_too(text, reason):
    with pytest.raises(InvalidValue) as refusal:
        parse_birth_date(text=text)
    assert refusal.value.reason == reason


def test_refuses_a_birth_after_the_day_of_the_check():
    assert parse_birth_date(text="2026-11-22", on=date(2026, 11, 22)).earliest == date(2026, 11, 22)
    with pytest.raises(InvalidValue) as refusal:
        parse_birth_date(text="2026-11-23", on=date(2026, 11, 22))
    assert refusal.value.reason == "birth_date_future"


@pytest.mark.parametrize(
    ("born_on", "on", "age"),
    [
        (date(2012, 2, 29), date(2026, 2, 28), 13),
        (date(2012, 2, 29), date(2026, 3, 1), 14),
        (date(2004, 2, 29), date(2024, 2, 28), 19),
        (date(2004, 2, 29), date(2024, 2, 29), 20),
        (date(2012, 11, 22), date(2026, 11, 21), 13),
        (date(2012, 11, 22), date(2026, 11, 22), 14),
        (date(2026, 11, 22), date(2026, 11, 22), 0),
        (date(2026, 11, 23), date(2026, 11, 22), -1),
    ],
)
def test_age_is_reached_on_the_birthday(born_on, on, age):
    assert age_on(born_on=born_on, on=on) == age
    assert BirthDate(earliest=born_on).age_on(on) == age


@given(DAYS, st.integers(0, 120))
def test_an_anniversary_is_the_first_day_of_the_age(born_on, years):
    day = anniversary(born_on=born_on, years=years)
    assert age_on(born_on=born_on, on=day) == years
    assert age_on(born_on=born_on, on=date.fromordinal(day.toordinal() - 1)) == years - 1


@pytest.mark.parametrize("text", ["1984", "1984-01", "01.1984", "1984-01-01", "01.01.1984"])
def test_a_person_is_found_by_the_day_that_registers_write(text):
    assert earliest_day(text=text) == date(1984, 1, 1)
    assert searched_day(text=text) == "1984-01-01"


@pytest.mark.parametrize("text", ["", "давно", "1984-13", "31.02.1984"])
def test_what_is_no_birth_date_leads_to_nobody_else(text):
    assert searched_day(text=text) == text


@pytest.mark.parametrize("text", ["84", "1984.03", "19840305", ""])
def test_says_how_a_birth_date_is_written(text):
    with pytest.raises(InvalidValue) as refusal:
        parse_birth_date(text=text)
    assert refusal.value.reason == "birth_date_format"
    assert "1984" in refusal.value.detail


@pytest.mark.parametrize(("earliest", "precision"), [(date(1984, 3, 2), "month"), (date(1984, 2, 1), "year")])
def test_the_first_other_day_is_refused_too(earliest, precision):
    with pytest.raises(InvalidValue):
        BirthDate(earliest=earliest, precision=DatePrecision(precision))


@pytest.mark.parametrize("day", [date(1900, 1, 1), date(2199, 12, 31)])
def test_the_first_and_the_last_day_are_read(day):
    assert read_date(text=day.isoformat()) == day
