"""Terms in calendar or in working days: when they end, and what is left of them (requirement E2)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from chalicelib.domain.errors import InvalidValue
from chalicelib.domain.working_days import RUSSIAN_CALENDAR

LONGEST = 365
"""Days of the longest term that may be set."""

_ONE_DAY = timedelta(days=1)
_WRITTEN = re.compile(r"([1-9][0-9]{0,2}) (calendar|working)")


class TermUnit(StrEnum):
    """In which days a term is counted."""

    CALENDAR = "calendar"
    WORKING = "working"


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A number of days of a kind; the days on which terms end are exclusive."""

    days: int
    unit: TermUnit

    def end(self, *, start: date) -> date:
        """The first day after the term.

        Of calendar days the day of the event is the first; working days begin with the next one (Civil Code,
        art. 191), so that 45 of them from 12.01.2026 end with 18.03.2026.
        """
        if self.unit is TermUnit.CALENDAR:
            return start + timedelta(days=self.days)
        return RUSSIAN_CALENDAR.add_working_days(start=start, days=self.days) + _ONE_DAY

    def before(self, *, end: date) -> date:
        """The day on which this much is left until ``end``, that day included."""
        if self.unit is TermUnit.CALENDAR:
            return end - timedelta(days=self.days)
        return RUSSIAN_CALENDAR.working_days_before(end=end, days=self.days)


def days_left(*, unit: TermUnit, on: date, end: date) -> int:
    """How many days of a kind are left from ``on``, included, until ``end``; 0 when none is."""
    if unit is TermUnit.CALENDAR:
        return max(0, (end - on).days)
    return max(0, RUSSIAN_CALENDAR.working_days_between(start=on - _ONE_DAY, end=end - _ONE_DAY))


def parse_term(*, text: str) -> Term:
    """Read a term as it is set: ``30 calendar`` or ``45 working``.

    Raises:
        InvalidValue: ``term_unreadable``.
    """
    found = _WRITTEN.fullmatch(text)
    if found is None or int(found[1]) > LONGEST:
        detail = f"Срок пишется как «30 calendar» или «45 working», дней — от 1 до {LONGEST}"
        raise InvalidValue("term_unreadable", detail)
    return Term(days=int(found[1]), unit=TermUnit(found[2]))
