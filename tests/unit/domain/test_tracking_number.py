import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import ean

from chalicelib.domain.errors import InvalidValue
from chalicelib.domain.tracking_number import domestic_check_digit, parse_tracking_number, s10_check_digit

DIGITS = st.text("0123456789", min_size=13, max_size=13).filter(lambda text: int(text) > 0)
SERIALS = st.text("0123456789", min_size=8, max_size=8)
LETTERS = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=2, max_size=2)


def reason_of(text):
    with pytest.raises(InvalidValue) as refusal:
        parse_tracking_number(text=text)
    return refusal.value.reason


# Published examples of the standard, with both differences that are no digits.
@pytest.mark.parametrize(
    ("serial", "check"),
    [("47312482", "9"), ("41034224", "9"), ("00071758", "1"), ("96633102", "0"), ("76129403", "8"), ("00000000", "5")],
)
def test_knows_the_check_digits_of_s10(serial, check):
    assert s10_check_digit(digits=serial) == check
    assert parse_tracking_number(text=f"RA{serial}{check}RU") == f"RA{serial}{check}RU"


@given(digits=DIGITS)
def test_the_check_of_an_item_within_russia_is_that_of_a_gtin(digits):
    number = digits + domestic_check_digit(digits=digits)
    assert ean.is_valid(number)
    assert parse_tracking_number(text=number) == number


@given(digits=DIGITS, place=st.integers(0, 13), shift=st.integers(1, 9))
def test_finds_every_mistyped_digit(digits, place, shift):
    number = digits + domestic_check_digit(digits=digits)
    wrong = number[:place] + str((int(number[place]) + shift) % 10) + number[place + 1 :]
    if int(wrong):
        assert reason_of(wrong) == "tracking_number_check_digit"


@given(letters=LETTERS, serial=SERIALS, place=st.integers(0, 7), shift=st.integers(1, 9))
def test_finds_mistyped_digits_of_s10_but_where_two_share_a_check(letters, serial, place, shift):
    check = s10_check_digit(digits=serial)
    wrong = serial[:place] + str((int(serial[place]) + shift) % 10) + serial[place + 1 :]
    if s10_check_digit(digits=wrong) != check:
        assert reason_of(f"{letters}{wrong}{check}RU") == "tracking_number_check_digit"


@given(letters=LETTERS, serial=SERIALS)
def test_reads_however_it_is_spaced_and_cased(letters, serial):
    number = f"{letters}{serial}{s10_check_digit(digits=serial)}RU"
    spaced = f" {number[:2].lower()}\u00a0{number[2:6]}-{number[6:11]} {number[11:].lower()} "
    assert parse_tracking_number(text=spaced) == number


@pytest.mark.parametrize(
    "text",
    ["", "1" * 13, "0" * 14, "1" * 15, "RA12345678RU", "РА123456785RU", "R1123456785RU", "RA١٢٣٤٥٦٧٨5RU", "١" * 14],
)
def test_refuses_what_is_no_number(text):
    assert reason_of(text) == "tracking_number_format"


def test_refuses_numbers_of_other_posts():
    assert reason_of("RA123456785CN") == "tracking_number_country"
