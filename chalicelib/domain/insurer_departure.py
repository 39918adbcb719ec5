"""An insurer that stops its work, or stays after all: who it insured learns of it once (108н, p. 23-24; I1)."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

MONTHS_TO_CHOOSE = 2
"""108н, p. 24: within two months of the end of the insurer's contract."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InsurerDeparture:
    """The departure of an insurer on a day, and how far telling its insured has come.

    ``shard`` and ``after`` are where the next page begins, ``pages`` how many were gone through, ``told`` how many
    people learnt of it, ``last_told`` the last of them. ``done_at`` is when nobody was left. ``is_revoked``: the
    registry had told the day in error, and now those who learnt of it learn that the insurer goes on.
    """

    insurer_code: str
    leaves_on: date
    known_at: datetime
    shard: int = 0
    after: str = ""
    pages: int = 0
    told: int = 0
    last_told: str = ""
    done_at: datetime | None = None
    is_revoked: bool = False
    version: int = 1


def choose_until(*, leaves_on: date) -> date:
    """The last day of the two months in which those insured have to choose; after it they are allotted."""
    month = leaves_on.month + MONTHS_TO_CHOOSE
    year, month = leaves_on.year + (month - 1) // 12, (month - 1) % 12 + 1
    return date(year, month, min(leaves_on.day, monthrange(year, month)[1]))


def to_tell(*, departure: InsurerDeparture, reached: Iterable[str]) -> tuple[str, ...]:
    """Whom a page of policies leaves to be told: each once, also who was reached by the page before."""
    return tuple(person_id for person_id in dict.fromkeys(reached) if person_id != departure.last_told)


def told(
    *, departure: InsurerDeparture, people: Sequence[str], after: str | None, shards: int, at: datetime
) -> InsurerDeparture:
    """Note a page of people who were told, and where the next one begins."""
    last = people[-1] if people else departure.last_told
    moved = replace(departure, pages=departure.pages + 1, told=departure.told + len(people), last_told=last)
    if after:
        return replace(moved, after=after)
    shard = departure.shard + 1
    return replace(moved, shard=shard, after="", done_at=at if shard == shards else None)
