"""СНИЛС: 11 digits, nine of the number and two of the check sum modulo 101."""

from __future__ import annotations

from chalicelib.domain.errors import InvalidValue
from chalicelib.domain.plain_text import is_ascii_digits, without_separators

LENGTH = 11
#: Numbers up to this one were given before check sums and carry none.
LAST_UNCHECKED = 1_001_998

_MODULUS = 101
_NO_CHECK = 100
_BODY = 9


def parse_snils(*, text: str) -> str:
    """Read a СНИЛС as 11 digits; `112-233-445 95` and spaces are allowed.

    Raises:
        InvalidValue: ``snils_digits`` or ``snils_length`` (Q004-21), ``snils_zero``,
            ``snils_check_digits`` (Q004-22, by the sum modulo 101).
    """
    digits = without_separators(text)
    if digits and not is_ascii_digits(digits):
        raise InvalidValue("snils_digits", "В СНИЛС допустимы только цифры: уберите буквы и знаки")
    if len(digits) != LENGTH:
        raise InvalidValue("snils_length", "В СНИЛС 11 цифр: введите его как 112-233-445 95")
    number = int(digits[:_BODY])
    if number == 0:
        raise InvalidValue("snils_zero", "Такого СНИЛС не бывает: введите номер из документа")
    if number > LAST_UNCHECKED and check_digits(number=digits[:_BODY]) != digits[_BODY:]:
        raise InvalidValue("snils_check_digits", "СНИЛС введён с ошибкой: сверьте все 11 цифр с документом")
    return digits


def check_digits(*, number: str) -> str:
    """The two check digits of a nine-digit number: Σ dᵢ·(9…1) mod 101, where 100 is written 00."""
    total = sum(int(digit) * weight for digit, weight in zip(number, range(9, 0, -1), strict=True))
    return f"{total % _MODULUS % _NO_CHECK:02d}"


def format_snils(snils: str) -> str:
    """Eleven digits as people write them: `112-233-445 95`."""
    return f"{snils[:3]}-{snils[3:6]}-{snils[6:9]} {snils[9:]}"


def mask_snils(snils: str) -> str:
    """The number for screens and messages: only the last three digits are seen."""
    return f"***-***-**{snils[8]} {snils[9:]}"
