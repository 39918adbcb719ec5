"""Numbers of postal items by which a parcel of Russian Post is followed (requirement F8).

Two kinds are in use: the 14 digits of an item within Russia, whose last digit is the check of a GTIN-14 (weights 3
and 1 in turn), and the 13 characters of the Universal Postal Union's standard S10: two letters of the service, eight
digits, a check digit (weights 8 6 4 2 3 5 9 7, modulus 11) and the country.
"""

from __future__ import annotations

import re

from chalicelib.domain.errors import InvalidValue
from chalicelib.domain.plain_text import is_ascii_digits, without_separators

DOMESTIC_LENGTH = 14
COUNTRY = "RU"

_S10 = re.compile(r"[A-Z]{2}([0-9]{8})([0-9])([A-Z]{2})")
_S10_WEIGHTS = (8, 6, 4, 2, 3, 5, 9, 7)
_S10_SPECIAL = {10: 0, 11: 5}
"""What stands for the two differences that are no digits."""


def domestic_check_digit(*, digits: str) -> str:
    """Check digit of the 13 digits of an item within Russia (GS1 General Specifications, section 7.9)."""
    total = sum(int(digit) * (1 if place % 2 else 3) for place, digit in enumerate(digits))
    return str(-total % 10)


def s10_check_digit(*, digits: str) -> str:
    """Check digit of the 8 digits of an international number (UPU S10)."""
    total = sum(int(digit) * weight for digit, weight in zip(digits, _S10_WEIGHTS, strict=True))
    difference = 11 - total % 11
    return str(_S10_SPECIAL.get(difference, difference))


def parse_tracking_number(*, text: str) -> str:
    """Read a tracking number of Russian Post, however it is spaced, into its canonical form.

    Raises:
        InvalidValue: ``tracking_number_format``, ``tracking_number_country`` or ``tracking_number_check_digit``.
    """
    value = without_separators(text).upper()
    if len(value) == DOMESTIC_LENGTH and is_ascii_digits(value) and int(value):
        if domestic_check_digit(digits=value[:-1]) != value[-1]:
            raise _mistyped()
        return value
    found = _S10.fullmatch(value)
    if found is None:
        message = "Трек-номер — это 14 цифр или 13 знаков вида RA123456785RU с латинскими буквами"
        raise InvalidValue("tracking_number_format", message)
    digits, check, country = found.groups()
    if country != COUNTRY:
        raise InvalidValue("tracking_number_country", "Трек-номер Почты России оканчивается на RU")
    if s10_check_digit(digits=digits) != check:
        raise _mistyped()
    return value


def _mistyped() -> InvalidValue:
    return InvalidValue("tracking_number_check_digit", "Трек-номер введён с ошибкой: сверьте его по чеку")
