"""Dates that people type, and birth dates of which only the year or month may be known."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from chalicelib.domain.errors import FieldError, InvalidValue, ValidationFailed

EARLIEST_DATE = date(1900, 1, 1)
LATEST_DATE = date(2199, 12, 31)

_ISO = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_RUSSIAN = re.compile(r"([0-9]{2})\.([0-9]{2})\.([0-9]{4})")
_ISO_MONTH = re.compile(r"([0-9]{4})-([0-9]{2})")
_RUSSIAN_MONTH = re.compile(r"([0-9]{2})\.([0-9]{4})")
_YEAR = re.compile(r"[0-9]{4}")

MESSAGES = {
    "date_format": "Введите дату как ДД.ММ.ГГГГ, например 05.03.1984, или как 1984-03-05",
    "date_calendar": "Такого дня нет в календаре: проверьте день и месяц",
    "date_range": "Проверьте год: дата должна быть с 1900 по 2199 год",
    "birth_date_format": "Введите дату рождения как ДД.ММ.ГГГГ, например 05.03.1984; если в документе нет дня "
    "или месяца — как 03.1984 или 1984",
    "birth_date_future": "Дата рождения ещё не наступила: проверьте год",
    "birth_date_precision": "Если день или месяц рождения неизвестен, вместо него указывают 01",
}


class DatePrecision(StrEnum):
    """What is known of a birth date."""

    DAY = "day"
    MONTH = "month"
    YEAR = "year"


#: Codes of the special case DOST of order No. 79: 4 only month and year, 5 only the year.
DOST_CODES = {DatePrecision.MONTH: 4, DatePrecision.YEAR: 5}


@dataclass(frozen=True, slots=True, kw_only=True)
class BirthDate:
    """A birth date, perhaps known in part.

    ``earliest`` is the day that registers write: unknown day and month are 01 (Q004-258, Q004-259).

    Raises:
        InvalidValue: ``birth_date_precision``, a part said to be unknown is not 01.
    """

    earliest: date
    precision: DatePrecision = DatePrecision.DAY

    def __post_init__(self) -> None:
        day_known = self.precision is DatePrecision.DAY
        month_known = self.precision is not DatePrecision.YEAR
        if (not day_known and self.earliest.day > 1) or (not month_known and self.earliest.month > 1):
            raise _invalid("birth_date_precision")

    @property
    def dost(self) -> int | None:
        """DOST code 4 or 5; None when the whole date is known."""
        return DOST_CODES.get(self.precision)

    def isoformat(self) -> str:
        """ISO 8601 of what is known: `1984-03-05`, `1984-03` or `1984`."""
        length = {DatePrecision.DAY: 10, DatePrecision.MONTH: 7, DatePrecision.YEAR: 4}
        return self.earliest.isoformat()[: length[self.precision]]

    def age_on(self, day: date) -> int:
        """Full years on a day, counted from ``earliest`` as registers do."""
        return age_on(born_on=self.earliest, on=day)


def parse_birth_date(*, text: str, on: date | None = None) -> BirthDate:
    """Read `1984-03-05`, `05.03.1984`, `1984-03`, `03.1984` or `1984`; also `00.03.1984`, `00.00.1984`.

    With ``on``, the day of the check, a birth date in the future is refused.

    Raises:
        InvalidValue: ``birth_date_format``, ``date_calendar``, ``date_range`` or ``birth_date_future``.
    """
    born = _partial(text.strip()) or BirthDate(earliest=_whole(text))
    if on is not None and born.earliest > on:
        raise _invalid("birth_date_future")
    return born


def _whole(text: str) -> date:
    try:
        return read_date(text=text)
    except InvalidValue as refusal:
        raise _invalid("birth_date_format" if refusal.reason == "date_format" else refusal.reason) from None


def earliest_day(*, text: str) -> date:
    """The day that numbers, ages and registers go by, of a birth date kept as what is known of it.

    Raises:
        InvalidValue: as ``parse_birth_date``.
    """
    return parse_birth_date(text=text).earliest


def searched_day(*, text: str) -> str:
    """What lookups compare: the ISO writing of ``earliest_day``; a text that is no birth date stays as it is.

    So a person is found whether the asker writes `1984`, as the document has it, or `1984-01-01`, as registers do.
    """
    try:
        return earliest_day(text=text).isoformat()
    except InvalidValue:
        return text


def read_date(*, text: str) -> date:
    """Read `1984-03-05` or `05.03.1984`, ASCII digits only.

    Raises:
        InvalidValue: ``date_format``, ``date_calendar`` or ``date_range``.
    """
    value = text.strip()
    if match := _ISO.fullmatch(value):
        return _date(*match.group(1, 2, 3))
    if match := _RUSSIAN.fullmatch(value):
        return _date(*match.group(3, 2, 1))
    raise _invalid("date_format")


def parse_date(*, text: str, field: str) -> date:
    """Read a date of a form, `1984-03-05` or `05.03.1984`.

    Raises:
        ValidationFailed: one error of ``field`` with the code of ``read_date``.
    """
    try:
        return read_date(text=text)
    except InvalidValue as refusal:
        error = FieldError(field=field, code=refusal.reason, message=refusal.detail)
        raise ValidationFailed((error,)) from None


def anniversary(*, born_on: date, years: int) -> date:
    """The day on which so many years are reached.

    Who was born on 29 February reaches them on 1 March of a common year: the term ends with the
    last day of February (Civil Code, art. 192).
    """
    year = born_on.year + years
    try:
        return born_on.replace(year=year)
    except ValueError:
        return date(year, 3, 1)


def age_on(*, born_on: date, on: date) -> int:
    """Full years of age on a day; negative before birth."""
    years = on.year - born_on.year
    return years if anniversary(born_on=born_on, years=years) <= on else years - 1


def _partial(text: str) -> BirthDate | None:
    value = text.removeprefix("00.").removeprefix("00.")
    if match := _ISO_MONTH.fullmatch(value):
        earliest = _date(match[1], match[2], "01")
    elif match := _RUSSIAN_MONTH.fullmatch(value):
        earliest = _date(match[2], match[1], "01")
    elif _YEAR.fullmatch(value):
        return BirthDate(earliest=_date(value, "01", "01"), precision=DatePrecision.YEAR)
    else:
        return None
    return BirthDate(earliest=earliest, precision=DatePrecision.MONTH)


def _date(year: str, month: str, day: str) -> date:
    try:
        value = date(int(year), int(month), int(day))
    except ValueError:
        raise _invalid("date_range" if year == "0000" else "date_calendar") from None
    if not EARLIEST_DATE <= value <= LATEST_DATE:
        raise _invalid("date_range")
    return value


def _invalid(reason: str) -> InvalidValue:
    return InvalidValue(reason, MESSAGES[reason])
