"""Numbers for people, with a check digit that catches every mistyped or swapped digit."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from chalicelib.domain.errors import InvalidValue
from chalicelib.domain.plain_text import is_ascii_digits, without_separators

if TYPE_CHECKING:
    from datetime import date

SERIAL_LIMIT = 100_000_000
APPLICATION_LENGTH = 13
CERTIFICATE_LENGTH = 9

# Totally anti-symmetric quasigroup of order 10 from H. M. Damm's thesis (Marburg, 2004).
_DAMM = (
    "0317598642",
    "7092154863",
    "4206871359",
    "1750983426",
    "6123045978",
    "3674209581",
    "5869720134",
    "8945362017",
    "9438617205",
    "2581436790",
)


def damm_digit(*, digits: str) -> str:
    """Check digit of Damm: finds all single errors and all swaps of neighbors."""
    state = "0"
    for digit in digits:
        state = _DAMM[int(state)][int(digit)]
    return state


def application_number(*, serial_or_random: int, on: date) -> str:
    """Number of an application, `ГГГГ-NNNNNNNN-K`.

    Args:
        serial_or_random: 0..99999999, unique within the year.
        on: day of filing in the person's region; its year opens the number.

    Raises:
        InvalidValue: ``number_serial``, out of range.
    """
    body = f"{on.year:04d}{_serial(serial_or_random)}"
    return _hyphenated(body + damm_digit(digits=body))


def parse_application_number(*, text: str) -> str:
    """Read an application number with or without hyphens into its canonical form.

    Raises:
        InvalidValue: ``application_number_digits``, ``application_number_length``
            or ``application_number_check_digit``.
    """
    return _hyphenated(_checked(text, name="application_number", label="заявления", length=APPLICATION_LENGTH))


def certificate_number(*, serial_or_random: int) -> str:
    """Number of a temporary certificate: exactly 9 digits (Q004-220), the last one is the check.

    Raises:
        InvalidValue: ``number_serial``, not in 0..99999999.
    """
    body = _serial(serial_or_random)
    return body + damm_digit(digits=body)


def parse_certificate_number(*, text: str) -> str:
    """Read the number of a temporary certificate issued by this service.

    Certificates of other systems have 9 digits too, but no check digit of ours.

    Raises:
        InvalidValue: ``certificate_number_digits``, ``certificate_number_length``
            or ``certificate_number_check_digit``.
    """
    return _checked(text, name="certificate_number", label="временного свидетельства", length=CERTIFICATE_LENGTH)


class Series(StrEnum):
    """Numbers that a letter tells apart from those of applications: appeals and tickets of support."""

    APPEAL = "Ж"
    TICKET = "Т"


_SERIES = {Series.APPEAL: ("жалобы", "1", "ЖжJj"), Series.TICKET: ("обращения", "2", "ТтTt")}
"""Series → its name, the digit that stands for its letter in the check, and what people type for the letter."""


def series_number(*, series: Series, serial_or_random: int, on: date) -> str:
    """Number of an appeal or a ticket, `Ж-ГГГГ-NNNNNNNN-K`; the check digit vouches for the letter too.

    Raises:
        InvalidValue: ``number_serial``, out of range.
    """
    _, mark, _ = _SERIES[series]
    body = f"{on.year:04d}{_serial(serial_or_random)}"
    return f"{series}-{_hyphenated(body + damm_digit(digits=mark + body))}"


def parse_series_number(*, text: str, series: Series) -> str:
    """Read the number of an appeal or a ticket, with or without the letter and hyphens, into its canonical form.

    Raises:
        InvalidValue: ``series_number_digits``, ``series_number_length`` or ``series_number_check_digit``.
    """
    label, mark, letters = _SERIES[series]
    digits = without_separators(text).lstrip(letters)
    if len(digits) == APPLICATION_LENGTH and is_ascii_digits(digits) and damm_digit(digits=mark + digits) == "0":
        return f"{series}-{_hyphenated(digits)}"
    if digits and not is_ascii_digits(digits):
        raise InvalidValue("series_number_digits", f"В номере {label} после буквы допустимы только цифры")
    if len(digits) != APPLICATION_LENGTH:
        raise InvalidValue("series_number_length", f"В номере {label} должно быть {APPLICATION_LENGTH} цифр")
    raise InvalidValue("series_number_check_digit", f"Номер {label} введён с ошибкой: сверьте его по цифрам")


def insurance_certificate_number(*, serial_or_random: int, on: date) -> str:
    """Number of a certificate of insurance: the year, eight digits and the check digit; 11 digits in all.

    Raises:
        InvalidValue: ``number_serial``, not in 0..99999999.
    """
    body = f"{on:%y}{_serial(serial_or_random)}"
    return body + damm_digit(digits=body)


def _serial(serial: int) -> str:
    if not 0 <= serial < SERIAL_LIMIT:
        raise InvalidValue("number_serial", "Номера этого вида исчерпаны")
    return f"{serial:08d}"


def _checked(text: str, *, name: str, label: str, length: int) -> str:
    digits = without_separators(text)
    if digits and not is_ascii_digits(digits):
        raise InvalidValue(f"{name}_digits", f"В номере {label} допустимы только цифры")
    if len(digits) != length:
        raise InvalidValue(f"{name}_length", f"В номере {label} должно быть {length} цифр")
    if damm_digit(digits=digits) != "0":
        raise InvalidValue(f"{name}_check_digit", f"Номер {label} введён с ошибкой: сверьте его по цифрам")
    return digits


def _hyphenated(digits: str) -> str:
    return f"{digits[:4]}-{digits[4:12]}-{digits[12]}"
