"""Living through one history by its seed, and making the shortest one that fails still."""

from __future__ import annotations

import logging
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from moto.s3.models import s3_backends

from chalicelib import bootstrap
from tests.cloud import ACCOUNT, in_process_cloud
from tests.faults.rig import Moment, Rig
from tests.histories.invariants import check_always, check_end
from tests.histories.simulator import STEPS, Simulation

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Iterator


ALWAYS_EVERY = 10
"""Steps between two looks at what must hold always; the end is looked at in any case."""


@dataclass(kw_only=True)
class Theatre:
    """A service over an empty cloud where one history after another is played."""

    rig: Rig
    begin: Moment

    def play(self, seed: int, skipped: frozenset[int] = frozenset()) -> Counter[str]:
        """Live through a history; returns what happened in it, by number.

        Raises:
            AssertionError: an invariant does not hold.
        """
        self.rig.restore(self.begin)
        simulation = Simulation(rig=self.rig, seed=seed, skipped=skipped)
        simulation.run(_looking_now_and_then())
        check_end(simulation)
        return simulation.done

    def fails(self, seed: int, skipped: frozenset[int]) -> bool:
        """Tell whether a history fails, in whatever way."""
        try:
            self.play(seed, skipped)
        except Exception:  # noqa: BLE001 — any failure is one
            return True
        return False


class _looking_now_and_then:  # noqa: N801 — used as a function
    def __init__(self) -> None:
        self.steps = 0

    def __call__(self, simulation: Simulation) -> None:
        self.steps += 1
        if self.steps % ALWAYS_EVERY == 0:
            check_always(simulation)


@contextmanager
def theatre() -> Iterator[Theatre]:
    """Open a theatre; what histories log is not kept."""
    logging.disable(logging.CRITICAL)
    try:
        with in_process_cloud():
            from app import app

            rig = Rig(app=app)
            yield Theatre(rig=rig, begin=rig.keep())
            _leave()
    finally:
        logging.disable(logging.NOTSET)


def _leave() -> None:
    for backend in s3_backends[ACCOUNT].values():
        for bucket in backend.buckets.values():
            for name in list(bucket.keys):
                for version in bucket.keys.getlist(name):
                    version.dispose()
    bootstrap.use_container(None)


@dataclass(kw_only=True)
class Shrinking:
    """Leaves out steps of a failing history as long as it fails still, for a bounded time."""

    theatre: Theatre
    seed: int
    seconds: float = 60
    skipped: frozenset[int] = field(default_factory=frozenset)

    def run(self) -> frozenset[int]:
        """Return the steps that the failure does not need."""
        ends_at = time.monotonic() + self.seconds
        size = STEPS // 2
        while size and time.monotonic() < ends_at:
            for first in range(0, STEPS, size):
                without = self.skipped | frozenset(range(first, first + size))
                if without != self.skipped and time.monotonic() < ends_at and self.theatre.fails(self.seed, without):
                    self.skipped = without
            size //= 2
        return self.skipped


def command(seed: int, skipped: frozenset[int] = frozenset()) -> str:
    """The one command that plays a history again."""
    kept = f" --only {','.join(str(step) for step in range(STEPS) if step not in skipped)}" if skipped else ""
    return f"python -m tests.histories --seed {seed}{kept}"
