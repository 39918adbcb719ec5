"""Arithmetic of working days by the production calendar of Russia."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from chalicelib.domain.errors import InvalidValue
from chalicelib.domain.production_calendar import WEEKDAYS_OFF, WORKING_WEEKENDS

_SATURDAY = 5
_ONE_DAY = timedelta(days=1)

#: Holidays of the Labor Code, art. 112, as (month, day).
STATUTORY_HOLIDAYS = (
    *((1, day) for day in range(1, 9)),
    (2, 23),
    (3, 8),
    (5, 1),
    (5, 9),
    (6, 12),
    (11, 4),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkingCalendar:
    """Tells working days from days off.

    Years of the production calendar are exact; for others weekends and the holidays of the
    Labor Code are off, with holidays on a weekend moved to the next working day, but without
    the transfers that the Government decrees each year.
    """

    weekdays_off: frozenset[date]
    working_weekends: frozenset[date]
    exact_years: frozenset[int]

    def is_exact(self, year: int) -> bool:
        """Whether the decreed calendar of the year is known."""
        return year in self.exact_years

    def is_working_day(self, day: date) -> bool:
        """Whether people work on the day."""
        if not self.is_exact(day.year):
            return day.weekday() < _SATURDAY and day not in _statutory_days_off(day.year)
        if day.weekday() < _SATURDAY:
            return day not in self.weekdays_off
        return day in self.working_weekends

    def add_working_days(self, *, start: date, days: int, count_start: bool = False) -> date:
        """The last day of a term of working days.

        Args:
            start: day of the event.
            days: length of the term; 0 is the day of the event itself.
            count_start: whether the day of the event is the first day of the term (as registers of
                temporary certificates count); by the Civil Code, art. 191, it is not.

        Raises:
            InvalidValue: ``working_days_negative``.
        """
        if days < 0:
            raise InvalidValue("working_days_negative", "Срок в рабочих днях не бывает меньше нуля")
        day, left = start, days
        if count_start and left and self.is_working_day(start):
            left -= 1
        while left:
            day += _ONE_DAY
            left -= self.is_working_day(day)
        return day

    def working_days_before(self, *, end: date, days: int) -> date:
        """The day from which, itself included, so many working days are left before ``end``."""
        day, left = end, days
        while left > 0:
            day -= _ONE_DAY
            left -= self.is_working_day(day)
        return day

    def working_days_between(self, *, start: date, end: date) -> int:
        """Working days after ``start`` up to and including ``end``; negative when it has passed."""
        if end < start:
            return -self.working_days_between(start=end, end=start)
        span = (end - start).days
        return sum(self.is_working_day(start + _ONE_DAY * n) for n in range(1, span + 1))


@cache
def _statutory_days_off(year: int) -> frozenset[date]:
    days = {date(year, month, day) for month, day in STATUTORY_HOLIDAYS}
    for holiday in sorted(days):
        # January holidays on weekends are moved by decree only (art. 112, part 2).
        if holiday.month > 1 and holiday.weekday() >= _SATURDAY:
            days.add(_next_weekday(holiday, days))
    return frozenset(days)


def _next_weekday(day: date, taken: set[date]) -> date:
    day += _ONE_DAY
    while day.weekday() >= _SATURDAY or day in taken:
        day += _ONE_DAY
    return day


def _dates(table: dict[int, str]) -> frozenset[date]:
    return frozenset(
        date(year, int(mark[:2]), int(mark[2:])) for year, marks in table.items() for mark in marks.split()
    )


#: The production calendar that the service works by.
RUSSIAN_CALENDAR = WorkingCalendar(
    weekdays_off=_dates(WEEKDAYS_OFF),
    working_weekends=_dates(WORKING_WEEKENDS),
    exact_years=frozenset(WEEKDAYS_OFF),
)
