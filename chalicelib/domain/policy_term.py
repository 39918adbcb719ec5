"""Until when a policy is valid: by the category of its holder, with every cap (requirement F6)."""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

LATE_MONTH = 11
"""Who files from 1 November on gets a policy to the end of the next year (Правила ОМС, п. 43)."""

SHORT_STAY_DAYS = {"27": 15}
"""F011 code of a document → for how many days it insures at most (Q004-272)."""


class TermRule(StrEnum):
    """How the end of a policy is found."""

    INDEFINITE = "indefinite"
    YEAR_END = "year_end"


class TermProfile(StrEnum):
    """Whose terms are in force: those of the service, or of the insurance rules of 2019 to the letter."""

    SERVICE = "service"
    RULES_2019 = "rules_2019"


def policy_end(*, rule: TermRule, caps: Iterable[date], on: date) -> date | None:
    """The first day without the policy; None for a policy without a term.

    ``caps`` are the last days of stay, permit, contract or powers; ``on`` is the day of filing
    (Правила ОМС, order 108n of 28.02.2019, cl. 37-43).
    """
    if rule is TermRule.INDEFINITE:
        return None
    last_year = on.year + 1 if on.month >= LATE_MONTH else on.year
    return min([date(last_year + 1, 1, 1), *(cap + timedelta(days=1) for cap in caps)])
