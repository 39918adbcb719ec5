"""Numbers of fictional persons: formally valid, and outside the ranges that are issued."""

from __future__ import annotations

_SNILS_MODULUS = 101
_SNILS_ZERO = 100


def snils_of(serial: int) -> str:
    """Make a SNILS ``900-000-NNN CC`` with its check number: such numbers are far from issued."""
    digits = f"{900_000_000 + serial:09d}"
    total = sum(int(digit) * weight for digit, weight in zip(digits, range(9, 0, -1), strict=True))
    check = total % _SNILS_MODULUS % _SNILS_ZERO
    return f"{digits[:3]}-{digits[3:6]}-{digits[6:]} {check:02d}"


def inn_of(serial: int) -> str:
    """Make a person's ИНН of the tax office 7700 with both of its check digits."""
    digits = f"7700{serial:06d}"
    for weights in ((7, 2, 4, 10, 3, 5, 9, 4, 6, 8), (3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8)):
        total = sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=True))
        digits += str(total % 11 % 10)
    return digits


def policy_number_of(*, region: str, born_on: str, sex: str, serial: int) -> str:
    """Make a ЕНП: region, complement of the coded birth date and sex, serial number, Luhn digit."""
    year, month, day = (int(part) for part in born_on.split("-"))
    century = 0 if year > 2000 else 40 if year > 1950 else 20  # noqa: PLR2004 - order 79, annex G.2
    coded = f"{month + century:02d}{str(year)[::-1]}{day + (50 if sex == 'male' else 0):02d}"
    digits = f"{region}{''.join(str(9 - int(digit)) for digit in coded)}{serial:05d}"
    return digits + str(-_luhn_sum(digits) % 10)


def _luhn_sum(digits: str) -> int:
    doubled = "".join(str(2 * int(digit)) for digit in digits[::-2])
    return sum(int(digit) for digit in doubled + digits[-2::-2])
