from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.errors import InvalidValue
from chalicelib.domain.snils import check_digits, format_snils, mask_snils, parse_snils


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("112-233-445 95", "11223344595"),
        ("646-663-083 23", "64666308323"),
        ("03596739300", "03596739300"),
        ("001-001-998 00", "00100199800"),
        ("001 001 998 77", "00100199877"),
        (" 112–233–445\u00a095 ", "11223344595"),
    ],
)
def test_reads_numbers_as_people_write_them(text, digits):
    assert parse_snils(text=text) == digits


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("112-233-445 96", "snils_check_digits"),
        ("112-233-445 98", "snils_check_digits"),
        ("03596739301", "snils_check_digits"),
        ("001-001-999 00", "snils_check_digits"),
        ("000-000-000 00", "snils_zero"),
        ("", "snils_length"),
        ("112-233-445 9", "snils_length"),
        ("112-233-445 955", "snils_length"),
        ("112-233-44A 95", "snils_digits"),
        ("١١٢٢٣٣٤٤٥٩٥", "snils_digits"),
    ],
)
def test_refuses_and_says_why(text, reason):
    with pytest.raises(InvalidValue) as refusal:
        parse_snils(text=text)
    assert refusal.value.reason == reason
    assert refusal.value.detail


@given(st.integers(1_001_999, 999_999_999))
def test_formatting_is_read_back(number):
    body = f"{number:09d}"
    snils = body + check_digits(number=body)
    assert parse_snils(text=format_snils(snils)) == snils


@given(st.integers(1_001_999, 999_999_999), st.integers(1, 99))
def test_any_other_check_sum_is_refused(number, shift):
    body = f"{number:09d}"
    other = (int(check_digits(number=body)) + shift) % 100
    with pytest.raises(InvalidValue):
        parse_snils(text=f"{body}{other:02d}")


def test_remainder_100_is_written_00():
    assert check_digits(number="035967393") == "00"


def test_formats_and_masks():
    assert format_snils("11223344595") == "112-233-445 95"
    assert mask_snils("11223344595") == "***-***-**5 95"
