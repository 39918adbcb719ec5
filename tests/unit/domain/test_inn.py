from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.ru import inn as reference_inn
from stdnum.ru import ogrn as reference_ogrn

from chalicelib.domain.errors import InvalidValue
from chalicelib.domain.inn import (
    parse_kpp,
    parse_ogrn,
    parse_ogrnip,
    parse_organization_inn,
    parse_person_inn,
)

INSURERS = [
    ("7728170427", "1027739008440", "775001001"),
    ("7813171100", "1027806865481", "775001001"),
    ("7702030351", "1027739099772", "774401001"),
    ("5256048032", "1045207042528", "775001001"),
    ("6685000585", "1126679000150", "667901001"),
    ("9102006054", "1149102007944", "910201001"),
]


@pytest.mark.parametrize(("inn", "ogrn", "kpp"), INSURERS)
def test_takes_the_numbers_of_insurers(inn, ogrn, kpp):
    assert parse_organization_inn(text=inn) == inn
    assert parse_ogrn(text=ogrn) == ogrn
    assert parse_kpp(text=kpp) == kpp


@pytest.mark.parametrize(
    ("parse", "text"),
    [
        (parse_organization_inn, "7707083893"),
        (parse_person_inn, "526317984689"),
        (parse_person_inn, "500100732259"),
        (parse_ogrnip, "304500116000157"),
        (parse_ogrnip, "312502904600034"),
        (parse_kpp, "7701AZ001"),
    ],
)
def test_takes_published_numbers(parse, text):
    assert parse(text=f" {text} ") == text


@pytest.mark.parametrize(
    ("parse", "text", "reason"),
    [
        (parse_organization_inn, "7707083894", "inn_check_digits"),
        (parse_organization_inn, "526317984689", "inn_length"),
        (parse_organization_inn, "770708389X", "inn_digits"),
        (parse_organization_inn, "0000000000", "inn_zero"),
        (parse_person_inn, "526317984688", "inn_check_digits"),
        (parse_person_inn, "526317984679", "inn_check_digits"),
        (parse_person_inn, "7707083893", "inn_length"),
        (parse_person_inn, "", "inn_length"),
        (parse_person_inn, "000000000000", "inn_zero"),
        (parse_person_inn, "٥٢٦٣١٧٩٨٤٦٨٩", "inn_digits"),
        (parse_ogrn, "1022500001328", "ogrn_check_digits"),
        (parse_ogrn, "3022500001328", "ogrn_kind"),
        (parse_ogrn, "0000000000000", "ogrn_zero"),
        (parse_ogrn, "102250000132", "ogrn_length"),
        (parse_ogrnip, "304500116000158", "ogrnip_check_digits"),
        (parse_ogrnip, "104500116000157", "ogrnip_kind"),
        (parse_kpp, "НЕТ", "kpp_format"),
        (parse_kpp, "770501001/060802002", "kpp_format"),
        (parse_kpp, "", "kpp_format"),
    ],
)
def test_refuses_and_says_why(parse, text, reason):
    with pytest.raises(InvalidValue) as refusal:
        parse(text=text)
    assert refusal.value.reason == reason
    assert refusal.value.detail


def accepts(parse, text):
    try:
        parse(text=text)
    except InvalidValue:
        return False
    return True


@given(st.text("0123456789", min_size=9, max_size=9).filter(int), st.integers(0, 9))
def test_organization_numbers_agree_with_the_library(body, last):
    text = f"{body}{last}"
    assert accepts(parse_organization_inn, text) == reference_inn.is_valid(text)


@given(st.text("0123456789", min_size=10, max_size=10).filter(int))
def test_person_numbers_agree_with_the_library(body):
    right = reference_inn.calc_personal_check_digits(body)
    assert accepts(parse_person_inn, body + right)
    wrong = f"{(int(right) + 1) % 100:02d}"
    assert not accepts(parse_person_inn, body + wrong)


@given(st.sampled_from("15"), st.text("0123456789", min_size=11, max_size=11), st.integers(0, 9))
def test_registration_numbers_have_one_check_digit(first, body, last):
    text = f"{first}{body}{last}"
    assert accepts(parse_ogrn, text) == (reference_ogrn.calc_check_digit(text) == str(last))


@given(st.text("0123456789", min_size=13, max_size=13), st.integers(0, 9))
def test_entrepreneurs_numbers_have_one_check_digit(body, last):
    text = f"3{body}{last}"
    # The library gives the whole remainder modulo 13; the rule takes its last digit.
    expected = reference_ogrn.calc_check_digit(text)[-1]
    assert accepts(parse_ogrnip, text) == (expected == str(last))
