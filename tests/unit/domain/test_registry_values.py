"""Cells of the registry as people typed them."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.registry_values import (
    digits_of,
    emails_of,
    is_empty,
    is_mixed,
    licence_number_of,
    phones_of,
    read_date,
    russian_letters,
    site_of,
)


@pytest.mark.parametrize(
    ("typed", "phones"),
    [
        ("8(495)276-00-10", ["8(495)276-00-10"]),
        ("(495)276-00-10ДОБ.90-04 (495)951-35-61", ["8(495)276-00-10:90-04", "8(495)951-35-61"]),
        ("8 (8732) 22-40-29, 8-800-555-35-35", ["8(8732)22-40-29", "8(800)555-35-35"]),
        ("+7 495 123 45 67", ["8(495)123-45-67"]),
        ("84951234567; 84957654321", ["8(495)123-45-67", "8(495)765-43-21"]),
        ("8-4832-626035", ["8(4832)62-60-35"]),
        ("(385-2)243637", ["8(3852)24-36-37"]),
        ("8(42622)22355", ["8(42622)2-23-55"]),
        ("(8442) 25 - 35 - 58", ["8(8442)25-35-58"]),
        ("4951234567", ["8(495)123-45-67"]),
        ("(12)34567890", ["8(123)456-78-90"]),
        ("8(495)276-00-10 8(495)276-00-10", ["8(495)276-00-10"]),
        ("НЕТ", []),
        ("2-12-85", []),
    ],
)
def test_phones_are_read_one_by_one_and_brought_to_the_template(typed, phones):
    found, is_exact = phones_of(typed)

    assert list(found) == phones
    assert is_exact is (typed == "8(495)276-00-10")


@given(st.text(max_size=60))
def test_whatever_is_typed_a_phone_is_of_the_template_or_none(typed):
    found, _ = phones_of(typed)

    for phone in found:
        again, is_exact = phones_of(phone)
        assert again == (phone,)
        assert is_exact or "-" in phone.partition(":")[2]  # an extension with a dash is kept


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("10.02.2009", date(2009, 2, 10)),
        ("1.2.2009", date(2009, 2, 1)),
        ("2009-02-10", date(2009, 2, 10)),
        ("2009-02-10T00:00:00+03:00", date(2009, 2, 10)),
        ("10.02.2009 0:00:00", date(2009, 2, 10)),
        ("31.02.2009", None),
        ("0000-00-00", None),
        ("", None),
        ("вчера", None),
    ],
)
def test_dates_are_read_the_russian_way_and_as_in_xml(typed, day):
    assert read_date(typed) == day


@pytest.mark.parametrize("typed", ["C № 0193 77", "С №0193 77", "с 0193  77", "C N 0193 77", "С0193 77"])
def test_a_licence_number_has_one_spelling(typed):
    assert licence_number_of(typed) == "С 0193 77"


def test_two_numbers_in_a_cell_are_two_and_letters_that_look_like_digits_are_digits():
    assert digits_of("775OО1001/770101001") == ("775001001", "770101001")


@pytest.mark.parametrize(
    ("typed", "site"),
    [
        ("HTTP://WWW.SOGAZ-MED.RU/", "http://www.sogaz-med.ru"),
        ("https://Example.org/ОМС", "https://example.org/омс"),
        ("WWW.ЧУЛПАН-МЕД.РФ", "http://www.чулпан-мед.рф"),
        ("нет сайта", ""),
        ("javascript:alert(1)", ""),
    ],
)
def test_sites_keep_cyrillic_domains_and_only_sites_pass(typed, site):
    assert site_of(typed) == site


def test_of_addresses_only_those_that_mail_reaches_are_kept():
    assert emails_of("A@B.RU; c@d.ru") == (("a@b.ru", "c@d.ru"), True)
    assert emails_of("a@@b.ru, c@d.ru") == (("c@d.ru",), False)


def test_latin_look_alikes_become_russian_only_where_the_whole_word_does():
    assert russian_letters("Cидоров RESO") == "Сидоров RESO"
    assert (is_mixed("Cидоров"), is_mixed("Сидоров RESO")) == (True, False)
    assert (is_empty(" нет. "), is_empty("НЕТЕЦ")) == (True, False)
