"""Fires one schedule on time, never twice at once, missed ticks as one."""

from __future__ import annotations

import threading
import time
import uuid
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from infra.local.api_gateway.faults import where
from infra.local.lambda_context import ACCOUNT_ID

if TYPE_CHECKING:
    from collections.abc import Callable

    from infra.local.event_pump.expressions import NextTick
    from infra.local.event_pump.invocation import Worker
    from infra.local.event_pump.journal import Journal

# Lambda tries a failed asynchronous invocation twice more, after one and two minutes.
RETRIES = (timedelta(minutes=1), timedelta(minutes=2))
_LONGEST_SLEEP = 1.0
_STALE = timedelta(minutes=1)


def scheduled_event(*, rule: str, at: datetime, region: str) -> dict[str, Any]:
    """Make EventBridge's event of a tick."""
    return {
        "version": "0",
        "id": str(uuid.uuid4()),
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": ACCOUNT_ID,
        "time": at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "region": region,
        "resources": [f"arn:aws:events:{region}:{ACCOUNT_ID}:rule/{rule}"],
        "detail": {},
    }


class Schedule:
    """One scheduled function."""

    def __init__(
        self,
        *,
        function: str,
        region: str,
        next_tick: NextTick,
        worker: Worker,
        journal: Journal,
        stop: threading.Event,
        first_fire: float | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """``first_fire`` seconds after the start it fires once for all ticks missed before."""
        self.function = function
        self._region = region
        self._next_tick = next_tick
        self._worker = worker
        self._journal = journal
        self._stop = stop
        self._first_fire = first_fire
        self._clock = clock
        self._one_at_a_time = threading.Lock()
        self.next_at: datetime | None = None
        self.last_at: datetime | None = None
        self.thread = threading.Thread(target=self.run, name=f"schedule-{function}", daemon=True)

    def run(self) -> None:
        """Wait for ticks and fire until the stop."""
        now = self._clock()
        self.next_at = self._next_tick(now)
        if self._first_fire is not None:
            first = now + timedelta(seconds=self._first_fire)
            self.next_at = first if self.next_at is None else min(first, self.next_at)
        tick, failures = self.next_at, 0
        while tick is not None and self._wait():
            failures = 0 if self.fire(at=self._unless_stale(tick)) else failures + 1
            following = self._next_tick(self._clock())
            retry = self._clock() + RETRIES[failures - 1] if 0 < failures <= len(RETRIES) else None
            if retry is not None and (following is None or retry < following):
                self.next_at = retry  # the same tick once more
            else:
                self.next_at = tick = following
                failures = 0

    def fire(self, *, at: datetime) -> bool:
        """Call the handler with the time ``at`` and tell whether it succeeded.

        Called while the handler runs already, it waits for the end of that run.
        """
        with self._one_at_a_time:
            started = time.monotonic()
            event = scheduled_event(rule=self.function, at=at, region=self._region)
            reason = self._call(event)
            self.last_at = self._clock()
            self._journal.write(
                "schedule",
                function=self.function,
                time=event["time"],
                ms=round((time.monotonic() - started) * 1000, 1),
                **({"reason": reason} if reason else {}),
            )
        return reason is None

    def _call(self, event: dict[str, Any]) -> str | None:
        try:
            self._worker.call(event)
        except BaseException as error:  # noqa: BLE001  # SystemExit of a handler fails its run only
            return where(error)
        return None

    def _unless_stale(self, tick: datetime) -> datetime:
        """After a sleep of the machine the ticks missed are one, and it is of now."""
        now = self._clock()
        return now if now - tick > _STALE else tick

    def _wait(self) -> bool:
        """Sleep until the next tick by the wall clock, which may jump; False at the stop."""
        while not self._stop.is_set():
            left = ((self.next_at or self._clock()) - self._clock()).total_seconds()
            if left <= 0:
                return True
            self._stop.wait(min(left, _LONGEST_SLEEP))
        return False
