"""EventBridge's ``rate(…)`` and ``cron(…)`` expressions: when is the next tick, in UTC."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from aws_croniter import AwsCroniter  # type: ignore[import-untyped]

_RATE = re.compile(r"rate\(([1-9]\d*) (minute|hour|day)s?\)")
_CRON = re.compile(r"cron\((.+)\)")
_UNITS = {"minute": 60, "hour": 3600, "day": 86_400}

NextTick = Callable[[datetime], "datetime | None"]


def parse_expression(expression: str) -> NextTick:
    """Return a function from a moment to the first tick after it (None: there is none any more).

    Ticks of a rate stand on whole multiples of it since the epoch, so that a restart moves none.

    Raises:
        ValueError: EventBridge would not take the expression.
    """
    rate = _RATE.fullmatch(expression)
    if rate:
        return _every(int(rate[1]) * _UNITS[rate[2]])
    cron = _CRON.fullmatch(expression)
    if not cron:
        raise ValueError(f"Not a schedule expression: {expression}")
    return _by_cron(cron[1])


def _every(seconds: int) -> NextTick:
    def after(moment: datetime) -> datetime:
        ticks = int(moment.timestamp()) // seconds + 1
        return datetime.fromtimestamp(ticks * seconds, UTC)

    return after


def _by_cron(fields: str) -> NextTick:
    try:
        cron = AwsCroniter(" ".join(fields.split()))
    except Exception as error:
        raise ValueError(f"Not a cron expression of EventBridge: {fields}") from error

    def after(moment: datetime) -> datetime | None:
        # The library looks from the next minute on.
        found: datetime | None = cron.occurrence(moment.astimezone(UTC)).next()
        return found if found is None or found > moment else after(found + timedelta(minutes=1))

    return after
