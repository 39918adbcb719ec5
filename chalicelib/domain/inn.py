"""Tax and state registration numbers: ИНН, ОГРН, ОГРНИП, КПП."""

from __future__ import annotations

import re

from chalicelib.domain.errors import InvalidValue
from chalicelib.domain.plain_text import is_ascii_digits, without_separators

ORGANIZATION_LENGTH = 10
PERSON_LENGTH = 12
OGRN_LENGTH = 13
OGRNIP_LENGTH = 15

# Weights of the federal tax service; the second digit of a person's number covers the first.
_ORGANIZATION = (2, 4, 10, 3, 5, 9, 4, 6, 8)
_PERSON_FIRST = (7, *_ORGANIZATION)
_PERSON_SECOND = (3, *_PERSON_FIRST)
_KPP = re.compile(r"[0-9]{4}[0-9A-Z]{2}[0-9]{3}")


def parse_person_inn(*, text: str) -> str:
    """Read the 12-digit ИНН of a person.

    Raises:
        InvalidValue: ``inn_digits``, ``inn_length``, ``inn_zero`` or ``inn_check_digits``.
    """
    digits = _digits(text, name="inn", label="ИНН", length=PERSON_LENGTH)
    expected = _weighted(digits, _PERSON_FIRST) + _weighted(digits, _PERSON_SECOND)
    if digits[-2:] != expected:
        raise _wrong_check("inn", "ИНН")
    return digits


def parse_organization_inn(*, text: str) -> str:
    """Read the 10-digit ИНН of an organization.

    Raises:
        InvalidValue: ``inn_digits``, ``inn_length``, ``inn_zero`` or ``inn_check_digits``.
    """
    digits = _digits(text, name="inn", label="ИНН", length=ORGANIZATION_LENGTH)
    if digits[-1] != _weighted(digits, _ORGANIZATION):
        raise _wrong_check("inn", "ИНН")
    return digits


def parse_ogrn(*, text: str) -> str:
    """Read the 13-digit ОГРН of an organization; it starts with 1 or 5 (Q004-27, Q004-28).

    Raises:
        InvalidValue: ``ogrn_digits``, ``ogrn_length``, ``ogrn_zero``, ``ogrn_kind``
            or ``ogrn_check_digits``.
    """
    digits = _digits(text, name="ogrn", label="ОГРН", length=OGRN_LENGTH)
    if digits[0] not in "15":
        raise InvalidValue("ogrn_kind", "ОГРН организации начинается с 1 или 5: сверьте номер")
    return _registered(digits, modulus=11, name="ogrn", label="ОГРН")


def parse_ogrnip(*, text: str) -> str:
    """Read the 15-digit ОГРНИП of an entrepreneur; it starts with 3.

    Raises:
        InvalidValue: ``ogrnip_digits``, ``ogrnip_length``, ``ogrnip_zero``, ``ogrnip_kind``
            or ``ogrnip_check_digits``.
    """
    digits = _digits(text, name="ogrnip", label="ОГРНИП", length=OGRNIP_LENGTH)
    if digits[0] != "3":
        raise InvalidValue("ogrnip_kind", "ОГРНИП начинается с 3: сверьте номер")
    return _registered(digits, modulus=13, name="ogrnip", label="ОГРНИП")


def parse_kpp(*, text: str) -> str:
    """Read the КПП: four digits, two digits or Latin capitals, three digits.

    Raises:
        InvalidValue: ``kpp_format``.
    """
    value = without_separators(text)
    if not _KPP.fullmatch(value):
        raise InvalidValue("kpp_format", "КПП состоит из 9 цифр: введите один КПП без знаков")
    return value


def _digits(text: str, *, name: str, label: str, length: int) -> str:
    digits = without_separators(text)
    if digits and not is_ascii_digits(digits):
        raise InvalidValue(f"{name}_digits", f"{label} состоит только из цифр: уберите знаки")
    if len(digits) != length:
        raise InvalidValue(f"{name}_length", f"В номере {label} должно быть {length} цифр")
    if not int(digits):
        raise InvalidValue(f"{name}_zero", f"Такого номера {label} не бывает: сверьте с документом")
    return digits


def _weighted(digits: str, weights: tuple[int, ...]) -> str:
    total = sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=False))
    return str(total % 11 % 10)


def _registered(digits: str, *, modulus: int, name: str, label: str) -> str:
    if int(digits[:-1]) % modulus % 10 != int(digits[-1]):
        raise _wrong_check(name, label)
    return digits


def _wrong_check(name: str, label: str) -> InvalidValue:
    return InvalidValue(f"{name}_check_digits", f"{label} введён с ошибкой: сверьте с документом")
