from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stdnum import damm

from chalicelib.domain.errors import InvalidValue
from chalicelib.domain.numbers import (
    SERIAL_LIMIT,
    Series,
    application_number,
    certificate_number,
    damm_digit,
    insurance_certificate_number,
    parse_application_number,
    parse_certificate_number,
    parse_series_number,
    series_number,
)

FEW = settings(max_examples=20)

SERIALS = st.integers(0, SERIAL_LIMIT - 1)
DAYS = st.dates(date(2020, 1, 1), date(2099, 12, 31))


def accepts(parse, text):
    try:
        parse(text=text)
    except InvalidValue:
        return False
    return True


def single_errors(digits):
    for place, digit in enumerate(digits):
        for other in "0123456789":
            if other != digit:
                yield digits[:place] + other + digits[place + 1 :]


def swaps(digits):
    for place in range(len(digits) - 1):
        left, right = digits[place], digits[place + 1]
        if left != right:
            yield digits[:place] + right + left + digits[place + 2 :]


def test_an_application_number_is_year_serial_and_check_digit():
    number = application_number(serial_or_random=42, on=date(2026, 11, 22))
    assert number[:14] == "2026-00000042-"
    assert len(number) == 15


@FEW
@given(st.text("0123456789", min_size=1, max_size=20))
def test_check_digit_agrees_with_the_library(digits):
    assert damm_digit(digits=digits) == damm.calc_check_digit(digits)


@FEW
@given(SERIALS, DAYS)
def test_application_numbers_are_read_back_with_and_without_separators(serial, on):
    number = application_number(serial_or_random=serial, on=on)
    assert parse_application_number(text=number) == number
    assert parse_application_number(text=f" {number.replace('-', '')} ") == number


@FEW
@given(SERIALS)
def test_certificate_numbers_have_nine_digits_and_are_read_back(serial):
    number = certificate_number(serial_or_random=serial)
    assert len(number) == 9
    assert parse_certificate_number(text=f"{number[:3]} {number[3:]}") == number


@FEW
@given(SERIALS, DAYS)
def test_every_wrong_digit_and_every_swap_is_noticed(serial, on):
    digits = application_number(serial_or_random=serial, on=on).replace("-", "")
    assert not any(accepts(parse_application_number, wrong) for wrong in single_errors(digits))
    assert not any(accepts(parse_application_number, wrong) for wrong in swaps(digits))


@pytest.mark.parametrize("serial", [-1, SERIAL_LIMIT])
def test_refuses_a_serial_out_of_range(serial):
    with pytest.raises(InvalidValue) as refusal:
        certificate_number(serial_or_random=serial)
    assert refusal.value.reason == "number_serial"


@pytest.mark.parametrize(
    ("parse", "text", "reason"),
    [
        (parse_application_number, "2026-0000042-1", "application_number_length"),
        (parse_application_number, "", "application_number_length"),
        (parse_application_number, "2026-0000004А-1", "application_number_digits"),
        (parse_certificate_number, "123456789", "certificate_number_check_digit"),
        (parse_certificate_number, "١٢٣٤٥٦٧٨٩", "certificate_number_digits"),
    ],
)
def test_refuses_and_says_why(parse, text, reason):
    with pytest.raises(InvalidValue) as refusal:
        parse(text=text)
    assert refusal.value.reason == reason


@FEW
@given(SERIALS, DAYS)
def test_a_certificate_of_insurance_is_numbered_by_year_serial_and_check_digit(serial, on):
    number = insurance_certificate_number(serial_or_random=serial, on=on)
    assert (len(number), number[:2], number[2:10]) == (11, f"{on:%y}", f"{serial:08d}")
    assert damm_digit(digits=number) == "0"
    assert number[10] == damm.calc_check_digit(number[:10])


@pytest.mark.parametrize("series", Series)
def test_a_number_of_a_series_is_whole_or_refused(series):
    number = series_number(series=series, serial_or_random=7, on=date(2026, 3, 16))
    assert parse_series_number(text=number, series=series) == number
    for text, reason in (
        (number[:-1], "series_number_length"),
        (f"{number}0", "series_number_length"),
        (f"{number[:-1]}x", "series_number_digits"),
        (number[:-1] + str((int(number[-1]) + 1) % 10), "series_number_check_digit"),
    ):
        with pytest.raises(InvalidValue) as refusal:
            parse_series_number(text=text, series=series)
        assert refusal.value.reason == reason
