"""``python -m tests.histories``: play seeded histories of the whole service, or one of them again.

``--count N`` histories from ``--first S`` in ``--workers W`` processes, for at most ``--seconds T``; or ``--seed S``
alone, with ``--only 3,17,40`` only those of its steps. Exits 1 at the first failure, with the command that plays it.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
import traceback
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

from tests.histories.replay import Shrinking, command, theatre
from tests.histories.simulator import STEPS


@dataclass(frozen=True, kw_only=True)
class Played:
    """What a process played: how many histories, what happened in them, the seeds that failed."""

    histories: int
    done: Counter[str]
    failed: tuple[int, ...]


def play(first: int, step: int, count: int, seconds: float) -> Played:
    """Play every ``step``-th history from ``first``, until they are all done, the time is over, or one fails."""
    os.environ.setdefault("AWS_DEFAULT_REGION", "eu-central-1")
    ends_at = time.monotonic() + seconds
    done: Counter[str] = Counter()
    played = 0
    with theatre() as opened:
        for seed in range(first, first + step * count, step):
            if time.monotonic() >= ends_at:
                break
            try:
                done += opened.play(seed)
            except Exception:  # noqa: BLE001 — told, with the seed
                traceback.print_exc()
                return Played(histories=played, done=done, failed=(seed,))
            played += 1
    return Played(histories=played, done=done, failed=())


def play_many(*, first: int, count: int, workers: int, seconds: float) -> Played:
    """Play histories in several processes."""
    with ProcessPoolExecutor(workers) as pool:
        parts = [pool.submit(play, first + number, workers, -(-count // workers), seconds) for number in range(workers)]
        found = [part.result() for part in parts]
    return Played(
        histories=sum(part.histories for part in found),
        done=sum((part.done for part in found), Counter()),
        failed=tuple(seed for part in found for seed in part.failed),
    )


def main() -> int:
    """Play as the arguments say; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=300)
    parser.add_argument("--seed", type=int)
    parser.add_argument("--only", default="")
    given = parser.parse_args()
    if given.seed is not None:
        return _again(given.seed, given.only)
    played = play_many(first=given.first, count=given.count, workers=given.workers, seconds=given.seconds)
    for seed in played.failed:
        print(f"failed: {command(seed)}\nshrinking it for a minute ...", file=sys.stderr)
        _shrink(seed)
    print(f"{played.histories} histories, {played.done['faults']} faults, {len(played.failed)} violations")
    return 1 if played.failed else 0


def _shrink(seed: int) -> None:
    with theatre() as opened:
        skipped = Shrinking(theatre=opened, seed=seed).run()
    print(f"shorter: {command(seed, skipped)}", file=sys.stderr)


def _again(seed: int, only: str) -> int:
    os.environ.setdefault("AWS_DEFAULT_REGION", "eu-central-1")
    kept = {int(step) for step in only.split(",")} if only else set(range(STEPS))
    with theatre() as opened:
        print(dict(opened.play(seed, frozenset(range(STEPS)) - kept)))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
