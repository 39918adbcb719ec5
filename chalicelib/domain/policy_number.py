"""Policy number (ЕНП): 16 digits that hold the territory, birth date, sex and a serial number.

Layout ``TT MMYYYYDD NNNNN K``: territorial fund that computed the number, facet of birth date and
sex, serial number, check digit of ISO 27931 (order of the federal fund No. 79, appendix Г.2).
The territory stays when the person moves: never take it for the region of insurance.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import NewType

from chalicelib.domain.errors import FieldError, InvalidValue
from chalicelib.domain.plain_text import is_ascii_digits, without_separators
from chalicelib.domain.regions import is_region
from chalicelib.domain.sex import Sex

PolicyNumber = NewType("PolicyNumber", str)

LENGTH = 16
MAX_SERIAL = 99_999
EARLIEST_YEAR = 1900

#: Our stable reasons and the codes of classifier Q004 that the registers use for them.
Q004_CODES = {
    "enp_check_digit": 101,
    "enp_length": 102,
    "enp_digits": 103,
    "enp_territory": 104,
    "enp_month": 105,
    "enp_year": 106,
    "enp_day_sex": 107,
    "enp_sex": 108,
    "enp_future": 109,
}

MESSAGES = {
    "enp_check_digit": "Номер полиса введён с ошибкой: сверьте все 16 цифр с полисом",
    "enp_length": "В номере полиса 16 цифр: проверьте, не пропущена ли цифра и нет ли лишней",
    "enp_digits": "В номере полиса допустимы только цифры: уберите буквы и знаки",
    "enp_territory": "Первые две цифры номера полиса – не код территории: сверьте их с полисом",
    "enp_month": "Месяц рождения в номере полиса неверен: сверьте номер и дату рождения",
    "enp_year": "Год рождения в номере полиса неверен: сверьте номер и дату рождения",
    "enp_day_sex": "День рождения и пол в номере полиса неверны: сверьте номер, дату рождения и пол",
    "enp_sex": "В номере полиса не учтён мужской пол: сверьте номер и пол, обратитесь к страховщику",
    "enp_future": "По номеру полиса дата рождения ещё не наступила: сверьте номер с полисом",
    "enp_serial": "Порядковые номера для этой территории, даты рождения и пола исчерпаны",
    "enp_birth_year": "Дата рождения для номера полиса должна быть не раньше 1900 года",
}

_CENTURY_ENDS = (1950, 2000)
_MONTH_SHIFT_EARLY = 20
_MONTH_SHIFT_MIDDLE = 40
_MALE_DAY_SHIFT = 50
_BASE = 10
_FACET = slice(2, 10)


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyNumberParts:
    """What a policy number says: territory that computed it, birth date, sex, serial number."""

    territory: str
    born_on: date
    sex: Sex
    serial: int


def parse_policy_number(*, text: str) -> PolicyNumber:
    """Read a policy number; spaces and dashes between the digits are allowed.

    Raises:
        InvalidValue: the first of the reasons that ``policy_number_errors`` lists.
    """
    reasons = _reasons(without_separators(text))
    if reasons:
        raise InvalidValue(reasons[0], MESSAGES[reasons[0]])
    return PolicyNumber(without_separators(text))


def policy_number_errors(*, text: str, field: str = "policy_number") -> tuple[FieldError, ...]:
    """All mistakes in a policy number; codes are the keys of ``Q004_CODES``."""
    return _field_errors(_reasons(without_separators(text)), field)


def build_policy_number(*, territory: str, born_on: date, sex: Sex, serial: int) -> PolicyNumber:
    """Compute the policy number of a person.

    Args:
        territory: code of the territorial fund, classifier F010, two digits.
        born_on: birth date, with the first day for what is not known.
        sex: sex of the person.
        serial: number within territory, birth date and sex, 0..99999.

    Raises:
        InvalidValue: ``enp_territory``, ``enp_birth_year`` or ``enp_serial``.
    """
    if not is_region(code=territory):
        raise InvalidValue("enp_territory", MESSAGES["enp_territory"])
    if not 0 <= serial <= MAX_SERIAL:
        raise InvalidValue("enp_serial", MESSAGES["enp_serial"])
    body = f"{territory}{facet(born_on=born_on, sex=sex)}{serial:05d}"
    return PolicyNumber(body + check_digit(body=body))


def facet(*, born_on: date, sex: Sex) -> str:
    """The eight digits of birth date and sex.

    Month, reversed year and day; the month is shifted by the century, the day of men by 50,
    and every digit is taken from 9.

    Raises:
        InvalidValue: ``enp_birth_year``, before 1900.
    """
    if born_on.year < EARLIEST_YEAR:
        raise InvalidValue("enp_birth_year", MESSAGES["enp_birth_year"])
    month = born_on.month + _month_shift(born_on.year)
    day = born_on.day + (_MALE_DAY_SHIFT if sex is Sex.MALE else 0)
    return _mirrored(f"{month:02d}{str(born_on.year)[::-1]}{day:02d}")


def check_digit(*, body: str) -> str:
    """Check digit of the first 15 digits, as order No. 79 words it.

    The digits in odd places from the right make a number that is doubled; the digits in even places
    are written to its left; the sum of all digits is completed to a multiple of ten.
    """
    doubled = str(int(body[::-2][::-1]) * 2)
    total = sum(int(digit) for digit in body[-2::-2] + doubled)
    return str(-total % _BASE)


def decode(number: PolicyNumber) -> PolicyNumberParts:
    """Take a policy number to pieces.

    Raises:
        InvalidValue: ``enp_month``, ``enp_year`` or ``enp_day_sex``, the facet is no date.
    """
    decoded = _decode_facet(number[_FACET])
    if isinstance(decoded, str):
        raise InvalidValue(decoded, MESSAGES[decoded])
    born_on, sex = decoded
    return PolicyNumberParts(territory=number[:2], born_on=born_on, sex=sex, serial=int(number[10:15]))


def check_against(
    *,
    number: PolicyNumber,
    born_on: date,
    sex: Sex,
    on: date | None = None,
    field: str = "policy_number",
) -> tuple[FieldError, ...]:
    """All contradictions of a number to the birth date and sex that are known (Q004-105..109).

    ``on`` is the day of the check: with it a birth date in the future is found too.

    Raises:
        InvalidValue: ``enp_birth_year``, the birth date is before 1900.
    """
    actual, expected = number[_FACET], facet(born_on=born_on, sex=sex)
    reasons = []
    if actual[:2] != expected[:2]:
        reasons.append("enp_month")
    if actual[2:6] != expected[2:6]:
        reasons.append("enp_year")
    if actual[6:] != expected[6:]:
        unshifted = facet(born_on=born_on, sex=Sex.FEMALE)
        reasons.append("enp_sex" if actual[6:] == unshifted[6:] else "enp_day_sex")
    if on is not None and decode(number).born_on > on:
        reasons.append("enp_future")
    return _field_errors(tuple(reasons), field)


def mask_policy_number(number: PolicyNumber) -> str:
    """The number for screens and messages: only the last four digits are seen."""
    return f"**** **** **** {number[-4:]}"


def _reasons(text: str) -> tuple[str, ...]:
    shape = []
    if len(text) != LENGTH:
        shape.append("enp_length")
    if not is_ascii_digits(text):
        shape.append("enp_digits")
    if shape:
        return tuple(shape)
    reasons = []
    if not is_region(code=text[:2]):
        reasons.append("enp_territory")
    decoded = _decode_facet(text[_FACET])
    if isinstance(decoded, str):
        reasons.append(decoded)
    if check_digit(body=text[:-1]) != text[-1]:
        reasons.append("enp_check_digit")
    return tuple(reasons)


def _decode_facet(digits: str) -> tuple[date, Sex] | str:
    """Birth date and sex, or the reason why the facet holds none."""
    plain = _mirrored(digits)
    year = int(plain[2:6][::-1])
    if year < EARLIEST_YEAR:
        return "enp_year"
    month, day = int(plain[:2]) - _month_shift(year), int(plain[6:])
    sex = Sex.MALE if day > _MALE_DAY_SHIFT else Sex.FEMALE
    try:
        first = date(year, month, 1)
    except ValueError:
        return "enp_month"
    try:
        return first.replace(day=day - (_MALE_DAY_SHIFT if sex is Sex.MALE else 0)), sex
    except ValueError:
        return "enp_day_sex"


def _month_shift(year: int) -> int:
    early, middle = _CENTURY_ENDS
    if year <= early:
        return _MONTH_SHIFT_EARLY
    return _MONTH_SHIFT_MIDDLE if year <= middle else 0


def _mirrored(digits: str) -> str:
    return "".join(str(9 - int(digit)) for digit in digits)


def _field_errors(reasons: tuple[str, ...], field: str) -> tuple[FieldError, ...]:
    return tuple(FieldError(field=field, code=code, message=MESSAGES[code]) for code in reasons)
