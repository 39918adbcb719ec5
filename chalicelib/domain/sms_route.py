"""By which of two providers text messages go: away from one that fails or is slow, and back by probes (requirement M1).

All processes count what became of their sends by the minute, and see the same counts. The figures: when at least ten
sends of the last five minutes by the provider in use are known and half of them failed or took three seconds or more,
the other one is used. After a cool-down of ten minutes single messages probe the preferred one, at most one in thirty
seconds; five good probes in a row lead back, a bad one begins another cool-down, twice as long up to an hour.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

WINDOW_MINUTES: Final = 5
MOST_BAD_PERCENT: Final = 50
LEAST_SENDS: Final = 10
SLOW_AFTER: Final = timedelta(seconds=3)
STAYS_FOR: Final = timedelta(minutes=2)
"""A provider that has just been chosen is given this long, even if it does badly: both may be in trouble."""

COOL_DOWN: Final = timedelta(minutes=10)
LONGEST_COOL_DOWN: Final = timedelta(hours=1)
PROBE_EVERY: Final = timedelta(seconds=30)
GOOD_PROBES: Final = 5


class SmsProvider(StrEnum):
    """The provider that is preferred, and the one that steps in."""

    FIRST = "first"
    SECOND = "second"

    @property
    def other(self) -> SmsProvider:
        """The one that steps in for this one."""
        return SmsProvider.SECOND if self is SmsProvider.FIRST else SmsProvider.FIRST


class SwitchReason(StrEnum):
    """Why the provider in use is in use."""

    PREFERRED = "preferred"
    OTHER_FAILS = "other_fails"
    PROBES_SUCCEED = "probes_succeed"


REASON_TITLES: Final[Mapping[SwitchReason, str]] = {
    SwitchReason.PREFERRED: "Основной оператор",
    SwitchReason.OTHER_FAILS: "Другой оператор не принимал сообщения или отвечал медленно",
    SwitchReason.PROBES_SUCCEED: "Пробные сообщения через основного оператора прошли",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What became of the sends of one minute (of those since 1970): how many, and how many of them badly."""

    minute: int
    sent: int
    bad: int


Tallies = Mapping[SmsProvider, Sequence[Tally]]


@dataclass(frozen=True, slots=True, kw_only=True)
class SmsRoute:
    """Which provider is in use since when; ``probe_from`` is when the other may be probed, None if it is not to be."""

    in_use: SmsProvider = SmsProvider.FIRST
    since: datetime | None = None
    reason: SwitchReason = SwitchReason.PREFERRED
    probe_from: datetime | None = None
    good_probes: int = 0
    cool_down: timedelta = COOL_DOWN
    version: int = 1

    def may_probe(self, at: datetime) -> bool:
        """Whether a message may try the preferred provider."""
        return self.probe_from is not None and at >= self.probe_from


def minute_of(at: datetime) -> int:
    """The minute in which a send is counted."""
    return int(at.timestamp()) // 60


def minutes_before(at: datetime) -> Sequence[int]:
    """The minutes of the window but the present one."""
    return range(minute_of(at) - WINDOW_MINUTES + 1, minute_of(at))


def is_bad(*, failed: bool, took: timedelta) -> bool:
    """Whether a send counts against its provider: it failed, or took too long."""
    return failed or took >= SLOW_AFTER


def counted(route: SmsRoute, tallies: Tallies, *, at: datetime) -> tuple[int, int]:
    """Sends and bad ones by the provider in use, within the window and since it is in use."""
    first = minute_of(at) - WINDOW_MINUTES + 1
    if route.since is not None:
        # The minute of the switch belongs to both: it is left out unless it is the whole window.
        first = max(first, minute_of(route.since) + (route.since.second > 0 or route.since.microsecond > 0))
    within = [tally for tally in tallies.get(route.in_use, ()) if first <= tally.minute <= minute_of(at)]
    return sum(tally.sent for tally in within), sum(tally.bad for tally in within)


def judged(route: SmsRoute, tallies: Tallies, *, at: datetime) -> SmsRoute:
    """Switch to the other provider if the one in use does badly; else the route itself."""
    if route.since is not None and at < route.since + STAYS_FOR:
        return route
    sent, bad = counted(route, tallies, at=at)
    if sent < LEAST_SENDS or bad * 100 < sent * MOST_BAD_PERCENT:
        return route
    leaves_first = route.in_use is SmsProvider.FIRST
    return replace(
        route,
        in_use=route.in_use.other,
        since=at,
        reason=SwitchReason.OTHER_FAILS,
        probe_from=at + COOL_DOWN if leaves_first else None,
        good_probes=0,
        cool_down=COOL_DOWN,
    )


def probing(route: SmsRoute, *, at: datetime) -> SmsRoute:
    """Take the one probe of its time: another may follow only later."""
    return replace(route, probe_from=at + PROBE_EVERY)


def probed(route: SmsRoute, *, bad: bool, at: datetime) -> SmsRoute:
    """Note what became of a probe: back after enough good ones in a row, or another cool-down."""
    if route.in_use is SmsProvider.FIRST:
        return route
    if bad:
        longer = min(route.cool_down * 2, LONGEST_COOL_DOWN)
        return replace(route, good_probes=0, cool_down=longer, probe_from=at + longer)
    if route.good_probes + 1 < GOOD_PROBES:
        return replace(route, good_probes=route.good_probes + 1)
    back = SwitchReason.PROBES_SUCCEED
    return SmsRoute(in_use=SmsProvider.FIRST, since=at, reason=back, version=route.version)
