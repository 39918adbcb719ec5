"""`make faults`: break every call, play seeded histories, kill real processes under load; writes bench/faults.json.

Exits 1 when an invariant of docs/invariants.md does not hold; prints the command that shows it again.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parent.parent
RESULTS = Path(__file__).with_name("faults.json")
WORKERS = 2


def main() -> int:
    """Run both; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--histories", type=int, default=10_000, help="at most so many")
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--seconds", type=float, default=240, help="for the histories")
    parser.add_argument("--kills", type=int, default=20, help="of processes of the local service under load")
    given = parser.parse_args()
    started = time.monotonic()
    cases, are_whole = _every_call()
    histories, faults, violations = _histories(given.histories, given.first, given.seconds)
    killed = _real_processes(given.kills)
    seconds = round(time.monotonic() - started)
    figures = {
        "cases": cases,
        "cases_without_harm": are_whole,
        "histories": histories,
        "faults_in_histories": faults,
        "violations": violations,
        "kills_of_processes": given.kills,
        "kills_without_harm": killed,
        "seconds": seconds,
    }
    RESULTS.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    print(
        f"{cases} calls broken, {_verdict(is_whole=are_whole)}; {histories} histories with {faults} faults, "
        f"{violations} violations; {given.kills} kills of processes under load, {_verdict(is_whole=killed)}; "
        f"{seconds} s"
    )
    return 0 if are_whole and killed and not violations else 1


def _verdict(*, is_whole: bool) -> str:
    return "without harm" if is_whole else "SOME DID HARM"


def _every_call() -> tuple[int, bool]:
    """Run the exhaustive cases; returns how many did no harm, and whether that is all of them."""
    with TemporaryDirectory() as folder:
        noted = Path(folder) / "cases"
        noted.touch()
        run = [sys.executable, "-m", "infra.checks", "faults", "--show-capture=stdout"]
        environment = {**os.environ, "FAULTS_FIGURES": str(noted)}
        done = subprocess.run(run, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
        cases = sum(int(line) for line in noted.read_text(encoding="utf-8").split())
    if done.returncode:
        print(done.stdout[-8000:], file=sys.stderr)
    return cases, done.returncode == 0


def _histories(count: int, first: int, seconds: float) -> tuple[int, int, int]:
    run = [sys.executable, "-m", "tests.histories", "--count", str(count), "--first", str(first)]
    run += ["--seconds", str(seconds), "--workers", str(WORKERS)]
    environment = {**os.environ, "AWS_DEFAULT_REGION": "eu-central-1", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(run, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, check=False)
    found = re.search(r"(\d+) histories, (\d+) faults, (\d+) violations", done.stdout)
    if found is None:
        raise SystemExit(f"the histories did not come to their end:\n{done.stdout}")
    histories, faults, violations = (int(number) for number in found.groups())
    return histories, faults, violations


def _real_processes(kills: int) -> bool:
    """Kill the processes of the local service while people apply; returns whether none of that did harm."""
    run = [sys.executable, "-m", "bench.soak", "--kills", str(kills), "--rate", "0.5", "--seconds", "60"]
    return subprocess.run(run, cwd=ROOT, check=False).returncode == 0


if __name__ == "__main__":
    raise SystemExit(main())
