"""A circuit breaker whose clock is an argument, so that tests need no waiting."""

from __future__ import annotations

from threading import Lock


class CircuitBreaker:
    """Stops calling what keeps failing and lets one probe through when the pause is over.

    ``failures`` failures in a row open the circuit for ``open_seconds``. A probe renews the pause
    as it leaves, so that others keep waiting, and a probe that never reports back does not block
    the circuit for good.
    """

    def __init__(self, *, failures: int, open_seconds: float) -> None:
        self._limit = failures
        self._pause = open_seconds
        self._failed = 0
        self._open_until = 0.0
        self._lock = Lock()

    def seconds_closed_off(self, *, now: float) -> float:
        """Seconds until a call may be made; 0 admits the caller (as the probe, if open)."""
        with self._lock:
            if self._failed < self._limit:
                return 0.0
            if now < self._open_until:
                return self._open_until - now
            self._open_until = now + self._pause
            return 0.0

    def succeeded(self) -> None:
        """Close the circuit: the other side answers."""
        with self._lock:
            self._failed = 0

    def failed(self, *, now: float) -> None:
        """Count one more failure in a row, made at the monotonic second ``now``."""
        with self._lock:
            self._failed += 1
            if self._failed >= self._limit:
                self._open_until = now + self._pause
