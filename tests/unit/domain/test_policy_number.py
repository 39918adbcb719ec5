from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import luhn

from chalicelib.domain.errors import InvalidValue
from chalicelib.domain.policy_number import (
    MAX_SERIAL,
    MESSAGES,
    Q004_CODES,
    PolicyNumberParts,
    build_policy_number,
    check_against,
    check_digit,
    decode,
    facet,
    mask_policy_number,
    parse_policy_number,
    policy_number_errors,
)
from chalicelib.domain.regions import REGIONS
from chalicelib.domain.sex import Sex

VALID = "7856130840000017"
PARTS = st.builds(
    PolicyNumberParts,
    territory=st.sampled_from(sorted(REGIONS)),
    born_on=st.dates(date(1900, 1, 1), date(2099, 12, 31)),
    sex=st.sampled_from(Sex),
    serial=st.integers(0, MAX_SERIAL),
)


def codes(errors):
    return [error.code for error in errors]


def build(parts):
    return build_policy_number(territory=parts.territory, born_on=parts.born_on, sex=parts.sex, serial=parts.serial)


def with_check_digit(body):
    return body + check_digit(body=body)


@pytest.mark.parametrize(
    ("text", "born_on"),
    [
        (VALID, date(1968, 3, 9)),
        ("7856510844000446", date(1984, 3, 5)),
        ("7851120818000011", date(1978, 8, 31)),
        ("7855310843003223", date(1986, 4, 6)),
    ],
)
def test_reads_published_numbers(text, born_on):
    parts = decode(parse_policy_number(text=text))
    assert (parts.territory, parts.born_on, parts.sex) == ("78", born_on, Sex.MALE)


def test_facet_of_the_published_example():
    assert facet(born_on=date(1984, 3, 5), sex=Sex.MALE) == "56510844"


@pytest.mark.parametrize(
    ("text", "reasons"),
    [
        ("7856130840000018", ["enp_check_digit"]),
        ("9876543211234567", ["enp_territory", "enp_month", "enp_check_digit"]),
        ("1234567898765432", ["enp_year", "enp_check_digit"]),
        ("785613084000001", ["enp_length"]),
        ("78561308400000179", ["enp_length"]),
        ("", ["enp_length", "enp_digits"]),
        ("785613084000001O", ["enp_digits"]),
        ("٧٨٥٦١٣٠٨٤٠٠٠٠٠١٧", ["enp_digits"]),
        (with_check_digit("875613084000001"), ["enp_territory"]),
        (with_check_digit("005613084000001"), ["enp_territory"]),
        (with_check_digit("789913084000001"), ["enp_month"]),
        (with_check_digit("785613080000001"), ["enp_day_sex"]),
    ],
)
def test_names_every_mistake(text, reasons):
    errors = policy_number_errors(text=text)
    assert codes(errors) == reasons
    assert all(error.field == "policy_number" and error.message for error in errors)
    with pytest.raises(InvalidValue) as refusal:
        parse_policy_number(text=text)
    assert refusal.value.reason == reasons[0]


def test_spaces_and_hyphens_are_forgiven():
    assert parse_policy_number(text=" 7856 1308-4000\u00a00017 ") == VALID


def test_every_reason_has_a_code_of_the_registers_and_a_message():
    assert sorted(Q004_CODES.values()) == list(range(101, 110))
    assert set(Q004_CODES) < set(MESSAGES)


@given(PARTS)
def test_a_built_number_says_what_it_was_built_of(parts):
    number = build(parts)
    assert parse_policy_number(text=number) == number
    assert decode(number) == parts
    assert check_against(number=number, born_on=parts.born_on, sex=parts.sex) == ()


@given(st.text("0123456789", min_size=15, max_size=15))
def test_check_digit_equals_luhn(body):
    assert luhn.is_valid(body + check_digit(body=body))


@given(PARTS, st.integers(0, 15), st.integers(1, 9))
def test_no_single_wrong_digit_passes(parts, place, shift):
    number = build(parts)
    wrong = str((int(number[place]) + shift) % 10)
    assert policy_number_errors(text=number[:place] + wrong + number[place + 1 :])


@pytest.mark.parametrize(
    ("born_on", "month_digits"),
    [
        (date(1950, 12, 31), "67"),
        (date(1951, 1, 1), "58"),
        (date(2000, 12, 31), "47"),
        (date(2001, 1, 1), "98"),
        (date(2000, 2, 29), "57"),
        (date(1900, 1, 1), "78"),
    ],
)
def test_month_is_shifted_by_the_century(born_on, month_digits):
    number = build_policy_number(territory="84", born_on=born_on, sex=Sex.FEMALE, serial=0)
    assert number[2:4] == month_digits
    assert decode(number).born_on == born_on


def test_the_29_of_february_of_a_common_year_is_no_date():
    right = build_policy_number(territory="01", born_on=date(2001, 2, 28), sex=Sex.MALE, serial=1)
    body = right[:8] + "20" + right[10:15]
    assert codes(policy_number_errors(text=with_check_digit(body))) == ["enp_day_sex"]


@pytest.mark.parametrize("serial", [-1, 100_000])
def test_refuses_an_exhausted_serial(serial):
    with pytest.raises(InvalidValue) as refusal:
        build_policy_number(territory="77", born_on=date(1990, 1, 1), sex=Sex.MALE, serial=serial)
    assert refusal.value.reason == "enp_serial"


def test_refuses_a_territory_out_of_the_classifier():
    with pytest.raises(InvalidValue) as refusal:
        build_policy_number(territory="87", born_on=date(1990, 1, 1), sex=Sex.MALE, serial=1)
    assert refusal.value.reason == "enp_territory"


def test_refuses_births_before_1900():
    with pytest.raises(InvalidValue) as refusal:
        facet(born_on=date(1899, 12, 31), sex=Sex.MALE)
    assert refusal.value.reason == "enp_birth_year"


def test_refuses_to_decode_what_was_never_parsed():
    with pytest.raises(InvalidValue) as refusal:
        decode("9876543211234567")
    assert refusal.value.reason == "enp_month"


@pytest.mark.parametrize(
    ("born_on", "sex", "reasons"),
    [
        (date(1968, 3, 9), Sex.MALE, []),
        (date(1968, 4, 9), Sex.MALE, ["enp_month"]),
        (date(1969, 3, 9), Sex.MALE, ["enp_year"]),
        (date(1968, 3, 8), Sex.MALE, ["enp_day_sex"]),
        (date(1968, 3, 9), Sex.FEMALE, ["enp_day_sex"]),
        (date(1950, 4, 1), Sex.FEMALE, ["enp_month", "enp_year", "enp_day_sex"]),
    ],
)
def test_tells_what_contradicts_the_person(born_on, sex, reasons):
    assert codes(check_against(number=VALID, born_on=born_on, sex=sex)) == reasons


def test_tells_that_male_sex_was_not_taken_into_account():
    number = build_policy_number(territory="77", born_on=date(1990, 5, 6), sex=Sex.FEMALE, serial=7)
    assert codes(check_against(number=number, born_on=date(1990, 5, 6), sex=Sex.MALE)) == ["enp_sex"]


def test_finds_a_birth_in_the_future_only_when_asked_on_a_day():
    born_on = date(2030, 1, 2)
    number = build_policy_number(territory="77", born_on=born_on, sex=Sex.MALE, serial=7)
    future = check_against(number=number, born_on=born_on, sex=Sex.MALE, on=date(2030, 1, 1), field="enp")
    assert [(error.field, error.code) for error in future] == [("enp", "enp_future")]
    assert check_against(number=number, born_on=born_on, sex=Sex.MALE, on=born_on) == ()


def test_mask_shows_four_digits():
    assert mask_policy_number(parse_policy_number(text=VALID)) == "**** **** **** 0017"
