"""Cells of a list of staff, whatever a spreadsheet made of them (requirement K2)."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.policy_number import build_policy_number
from chalicelib.domain.sex import Sex
from chalicelib.domain.staff_cells import (
    EXCEL_EPOCH,
    CellMistake,
    read_born_on,
    read_email,
    read_inn,
    read_policy_number,
    short_text,
    text_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable

TODAY = date(2026, 3, 16)
BORN_ON = date(1984, 3, 5)
NUMBER = build_policy_number(territory="77", born_on=BORN_ON, sex=Sex.FEMALE, serial=1)
ADYGEYA = build_policy_number(territory="01", born_on=BORN_ON, sex=Sex.FEMALE, serial=1)


def mistake(read: Callable[..., Any], cell: Any, **options: Any) -> CellMistake:
    with pytest.raises(CellMistake) as found:
        read(cell, **options)
    assert found.value.message
    return found.value


@pytest.mark.parametrize(
    "cell",
    [
        BORN_ON,
        datetime(1984, 3, 5, 12, 30),
        30746,
        30746.0,
        "30746",
        "05.03.1984",
        " 05.03.1984 ",
        "5.3.1984",
        "05/03/1984",
        "05-03-1984",
        "1984-03-05",
        "1984-03-05T00:00:00",
        "1984-03-05 00:00:00",
        "05.03.1984 0:00:00",
        "5 марта 1984 г.",
        "5 МАРТА 1984 года",
        "05-мар-1984",
        "05.03.1984 г.р.",
        "5 мар. 1984г",
        "'05.03.1984",
    ],
)
def test_reads_a_birth_date_in_any_form(cell: Any) -> None:
    assert read_born_on(cell, today=TODAY) == BORN_ON


@given(day=st.dates(date(1927, 5, 18), TODAY))
def test_the_serial_number_of_a_day_is_that_of_the_spreadsheet(day: date) -> None:
    assert read_born_on((day - EXCEL_EPOCH).days, today=TODAY) == day
    assert read_born_on(f"{day:%d.%m.%Y}", today=TODAY) == day


@pytest.mark.parametrize(
    ("cell", "code", "suggestion"),
    [
        (None, "required", ""),
        ("", "required", ""),
        ("вчера", "date_format", ""),
        ("31.02.1984", "date_calendar", ""),
        ("12/31/1984", "date_calendar", "31.12.1984"),
        ("99/99/1984", "date_calendar", ""),
        ("1984", "date_format", ""),
        ("17.03.2026", "birth_date_future", ""),
        ("01.01.1850", "date_range", ""),
        (5, "date_format", ""),
        ("05.03.84", "date_format", "05.03.1984"),
        ("5/3/07", "date_format", "05.03.2007"),
        ("31.02.84", "date_format", ""),
        ("5 мартобря 1984", "date_format", ""),
    ],
)
def test_tells_what_is_wrong_with_a_birth_date(cell: Any, code: str, suggestion: str) -> None:
    found = mistake(read_born_on, cell, today=TODAY)
    assert (found.code, found.suggestion) == (code, suggestion)


@pytest.mark.parametrize(
    "cell",
    [
        NUMBER,
        int(NUMBER),
        float(NUMBER),
        f" {NUMBER} ",
        f"'{NUMBER}",
        " ".join([NUMBER[:4], NUMBER[4:]]),
        f"{NUMBER}.0",
        f"{NUMBER},00",
    ],
)
def test_reads_a_policy_number_as_text_and_as_a_number(cell: Any) -> None:
    assert read_policy_number(cell) == NUMBER


def test_puts_back_the_zeros_that_a_spreadsheet_cut_off() -> None:
    assert ADYGEYA.startswith("0")
    assert read_policy_number(int(ADYGEYA)) == ADYGEYA
    assert read_policy_number(ADYGEYA.lstrip("0")) == ADYGEYA
    assert read_inn(27700000033) == "027700000033"


def test_computes_the_digit_that_a_spreadsheet_rounded_away() -> None:
    rounded = NUMBER[:15] + "0"
    assert rounded != NUMBER
    found = mistake(read_policy_number, int(rounded))
    assert (found.code, found.suggestion) == ("number_rounded", NUMBER)
    scientific = mistake(read_policy_number, f"{NUMBER[0]},{NUMBER[1:15]}E+15")
    assert (scientific.code, scientific.suggestion) == ("number_scientific", NUMBER)


@given(serial=st.integers(0, 99_999), sex=st.sampled_from(Sex), day=st.dates(date(1920, 1, 1), TODAY))
def test_a_rounded_number_is_suggested_only_as_it_was(serial: int, sex: Sex, day: date) -> None:
    number = build_policy_number(territory="50", born_on=day, sex=sex, serial=serial)
    rounded = number[:15] + "0"
    if rounded == number:
        assert read_policy_number(rounded) == number
    else:
        assert mistake(read_policy_number, rounded).suggestion == number


@pytest.mark.parametrize("text", ["7.75E+15", "7,75Е+15", "1.23E+15", "7E15", "7,754900885E+15"])
def test_suggests_nothing_where_too_many_digits_are_lost(text: str) -> None:
    found = mistake(read_policy_number, text)
    assert (found.code, found.suggestion) == ("number_scientific", "")


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("775490088500001", "number_short"),
        ("77549008850000123", "enp_length"),
        ("нет", "enp_length"),
        ("-", "enp_length"),
        ("9900000000000000", "enp_territory"),
    ],
)
def test_tells_what_is_wrong_with_a_policy_number(cell: str, code: str) -> None:
    assert mistake(read_policy_number, cell).code == code


def test_an_empty_number_is_none() -> None:
    assert read_policy_number(None) == read_inn("") == read_email(None) == ""


def test_reads_an_inn_and_an_address() -> None:
    assert read_inn(500100732259) == "500100732259"
    assert mistake(read_inn, "500100732250").suggestion == ""
    assert read_email("mailto:ivanov@example.ru") == "ivanov@example.ru"
    for wrong in ("ivanov", "a@b", "a b@example.ru", "a@example.ru;b@example.ru"):
        assert mistake(read_email, wrong).code == "invalid_email"


def test_texts_are_tidy_and_short() -> None:
    assert text_of(True) == "True"
    assert text_of(" а\u0306 ") == "ӑ"
    assert text_of("a\x00b") == "ab"
    assert text_of(datetime(2026, 1, 2, 3, 4)) == "2026-01-02"
    assert text_of(1.5) == "1.5"
    assert len(short_text("я" * 1000)) == 200
