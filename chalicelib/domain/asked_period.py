"""For which days a person or an employer asks: a day, a month, a year, or from a day to a day (requirements K1, K2)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from chalicelib.domain.errors import FieldError, ValidationFailed

FIRST_DAY = date(1993, 1, 1)
"""Compulsory medical insurance exists since the law 1499-1 came into force: nobody was insured before."""

LONGEST_DAYS = 3653
"""Ten years: what is asked about more is a search, not a certificate."""

_MONTH = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])")
_ONE = "Укажите что-то одно: день (day), месяц (month), год (year) или промежуток (from_on и to_on)"


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedPeriod:
    """Days from one until another (half-open)."""

    from_on: date
    until_on: date

    @property
    def last_day(self) -> date:
        """The last day that belongs to the period."""
        return self.until_on - timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodWish:
    """What was asked, in exactly one of four ways; ``to_on`` is the last day."""

    day: date | None = None
    month: str | None = None
    year: int | None = None
    from_on: date | None = None
    to_on: date | None = None


def read_period(*, wish: PeriodWish, today: date) -> AskedPeriod:
    """Read the period that was asked for; what lies after ``today`` is left out, nobody can confirm it yet.

    Raises:
        ValidationFailed: with every mistake.
    """
    ways = [wish.day is not None, wish.month is not None, wish.year is not None]
    has_ends = wish.from_on is not None or wish.to_on is not None
    if sum([*ways, has_ends]) != 1:
        raise ValidationFailed([FieldError(field="period", code="one_way_required", message=_ONE)])
    field, first, last = _ends(wish)
    errors = _mistakes(field, first, last, today)
    if errors:
        raise ValidationFailed(errors)
    return AskedPeriod(from_on=first, until_on=min(last, today) + timedelta(days=1))


def _ends(wish: PeriodWish) -> tuple[str, date, date]:
    if wish.day is not None:
        return "day", wish.day, wish.day
    if wish.month is not None:
        return "month", *_month(wish.month)
    if wish.year is not None:
        if not FIRST_DAY.year <= wish.year <= date.max.year:
            raise _refused("year", "out_of_range", f"Укажите год не раньше {FIRST_DAY.year}")
        return "year", date(wish.year, 1, 1), date(wish.year, 12, 31)
    missing = "from_on" if wish.from_on is None else "to_on"
    if wish.from_on is None or wish.to_on is None:
        raise _refused(missing, "required", "Укажите оба дня: первый (from_on) и последний (to_on)")
    return "from_on", wish.from_on, wish.to_on


def _month(text: str) -> tuple[date, date]:
    found = _MONTH.fullmatch(text)
    if found is None or int(found[1]) < FIRST_DAY.year:
        message = f"Укажите месяц как ГГГГ-ММ, например 2026-03, не раньше {FIRST_DAY.year} года"
        raise _refused("month", "invalid_month", message)
    first = date(int(found[1]), int(found[2]), 1)
    following = (first + timedelta(days=31)).replace(day=1) if first.year < date.max.year else date.max
    return first, following - timedelta(days=1)


def _mistakes(field: str, first: date, last: date, today: date) -> list[FieldError]:
    errors = []
    if first < FIRST_DAY:
        message = f"Обязательное медицинское страхование введено {FIRST_DAY:%d.%m.%Y}: укажите более поздний день"
        errors.append(FieldError(field=field, code="too_early", message=message))
    if first > today:
        message = "Период ещё не начался: о днях после сегодняшнего никто не знает. Укажите прошедшие дни"
        errors.append(FieldError(field=field, code="date_in_future", message=message))
    if last < first:
        message = "Последний день раньше первого: поменяйте их местами"
        errors.append(FieldError(field="to_on", code="ends_before_it_begins", message=message))
    if (last - first).days >= LONGEST_DAYS:
        message = "Период длиннее десяти лет: закажите несколько справок"
        errors.append(FieldError(field="to_on", code="too_long", message=message))
    return errors


def _refused(field: str, code: str, message: str) -> ValidationFailed:
    return ValidationFailed([FieldError(field=field, code=code, message=message)])
