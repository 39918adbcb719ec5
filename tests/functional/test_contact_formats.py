import pytest

from chalicelib.adapters.contacts import LibraryContactParser
from chalicelib.domain.errors import InvalidValue

PARSER = LibraryContactParser()


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        (" Ivanov@Example.RU ", "Ivanov@example.ru"),
        ("a.b+c@mail.example.ru", "a.b+c@mail.example.ru"),
        ("ivanov@почта.рф", "ivanov@почта.рф"),
    ],
)
def test_brings_an_address_to_its_normal_form(typed, expected):
    assert PARSER.parse_email(typed) == expected


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "ivanov",
        "ivanov@",
        "@example.ru",
        "ivanov@example",
        "a b@example.ru",
        "a@b@example.ru",
        "a@example.ru\nBcc: x@example.ru",
        "Иван <a@example.ru>",
        "a..b@example.ru",
        "a" * 400 + "@example.ru",
    ],
)
def test_refuses_what_is_no_address_without_quoting_it(typed):
    with pytest.raises(InvalidValue) as refusal:
        PARSER.parse_email(typed)
    assert refusal.value.reason == "invalid_email"
    assert "ivanov@example.ru" in refusal.value.detail
    assert refusal.value.__cause__ is None


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("+7 912 345-67-89", "+79123456789"),
        ("8 (912) 345-67-89", "+79123456789"),
        ("9123456789", "+79123456789"),
        ("+7 (473) 255-12-34", "+74732551234"),
        ("8 495 123 45 67", "+74951234567"),
    ],
)
def test_brings_a_russian_number_to_e164(typed, expected):
    assert PARSER.parse_phone(typed) == expected


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "112",
        "abc",
        "+7 912 345-67-8",
        "+7 912 345-67-890",
        "+1 202 555 0143",
        "+7 701 123 45 67",
        "8 800 555-35-35",
        "+7 912 345-67-89 доб. 12",
        "+7 912 345-67-89 ext. 12",
    ],
)
def test_refuses_what_is_no_russian_mobile_or_landline(typed):
    with pytest.raises(InvalidValue) as refusal:
        PARSER.parse_phone(typed)
    assert refusal.value.reason == "invalid_phone"
    assert "+7 912" in refusal.value.detail
    assert refusal.value.__cause__ is None
