"""`make faults`: break every call, play histories, copy every POST, kill real processes; writes bench/faults.json.

It takes about 15 minutes of two cores, 4 of them for histories (``--seconds``). Exits 1 when an invariant of
docs/invariants.md does not hold; prints the command that shows it again.
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
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
RESULTS = Path(__file__).with_name("faults.json")
WORKERS = 2


def main() -> int:
    """Run all; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--histories", type=int, default=10_000, help="at most so many")
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--seconds", type=float, default=240, help="for the histories")
    parser.add_argument("--kills", type=int, default=20, help="of processes of the local service under load")
    given = parser.parse_args()
    started = time.monotonic()
    cases, are_whole = _every_call()
    copies = _copies()
    histories, faults, violations = _histories(given.histories, given.first, given.seconds)
    killed = _real_processes(given.kills)
    seconds = round(time.monotonic() - started)
    figures = {
        "cases": cases,
        "cases_without_harm": are_whole,
        **copies,
        "histories": histories,
        "faults_in_histories": faults,
        "violations": violations,
        "kills_of_processes": given.kills,
        "kills_without_harm": killed,
        "seconds": seconds,
    }
    RESULTS.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    copied = _verdict(is_whole=copies["copies_without_harm"])
    print(
        f"{cases} calls broken, {_verdict(is_whole=are_whole)}; {copies['copies']} copies of {copies['posts']} POSTs, "
        f"{copied}; {histories} histories with {faults} faults, "
        f"{violations} violations; {given.kills} kills of processes under load, {_verdict(is_whole=killed)}; "
        f"{seconds} s"
    )
    return 0 if are_whole and copies["copies_without_harm"] and killed and not violations else 1


def _verdict(*, is_whole: bool) -> str:
    return "without harm" if is_whole else "SOME DID HARM"


def _copies() -> dict[str, Any]:
    """Send a hundred copies of every POST at once, with a key and without; returns the figures."""
    run = [sys.executable, "-m", "pytest", "tests/concurrency/test_copies.py", "-q", "-n", str(WORKERS)]
    lines, are_whole = _noted(run, "COPIES_FIGURES", COPIES_WHOLE="yes")
    told = [json.loads(line) for line in lines]
    names = ("posts", "keyed_posts", "copies")
    return {**{name: sum(one.get(name, 0) for one in told) for name in names}, "copies_without_harm": are_whole}


def _every_call() -> tuple[int, bool]:
    """Run the exhaustive cases; returns how many did no harm, and whether that is all of them."""
    run = [sys.executable, "-m", "infra.checks", "faults", "--show-capture=stdout"]
    lines, are_whole = _noted(run, "FAULTS_FIGURES")
    return sum(map(int, lines)), are_whole


def _noted(run: list[str], variable: str, **more: str) -> tuple[list[str], bool]:
    """Run tests that note figures where a variable says; returns the notes, and whether all tests passed."""
    with TemporaryDirectory() as folder:
        noted = Path(folder) / "figures"
        noted.touch()
        environment = {**os.environ, variable: str(noted), **more}
        done = subprocess.run(run, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
        lines = noted.read_text(encoding="utf-8").split("\n")
    if done.returncode:
        print(done.stdout[-8000:], file=sys.stderr)
    return [line for line in lines if line], done.returncode == 0


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
