"""`make security`: attack the service in every way that is kept, write bench/security.json.

It takes about twenty minutes of two cores. Exits 1 when an attack succeeds, a check finds something, or too few calls
were made by the schema; prints what and where.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from infra.bootstrap import AUDIT

ROOT = Path(__file__).resolve().parent.parent
EXCEPTIONS = ROOT / "infra" / "security" / "checkov.yaml"
RUFF = [sys.executable, "-m", "ruff", "check", "--select", "S", "app.py", "chalicelib", "infra"]
RESULTS = Path(__file__).with_name("security.json")
WORKERS = 2
PROVEN_ELSEWHERE = (
    "tests/functional/test_roles.py",
    "tests/functional/test_tokens.py",
    "tests/functional/test_bad_input.py",
    "tests/functional/test_proof_of_work.py",
    "tests/functional/test_scan_inspection.py",
    "tests/functional/test_web_sessions.py",
    "tests/architecture/test_no_personal_data.py",
    "tests/packaging/test_template.py",
    "tests/e2e/test_upload_forms.py",
)
"""Tests beside the code they belong to that are part of the proof."""

SUMMED = ("forged_tokens", "cells", "schema_calls", "parsers", "parser_tries")
FEWEST_CALLS = 10_000
"""Figures that several tests give their share of; of the others the last counts."""


def main() -> int:
    """Run every attack and every check; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--template", type=Path, help="a packaged template, instead of making one")
    given = parser.parse_args()
    started = time.monotonic()
    checks, are_held, figures = _attacked()
    found = {"ruff_security_clean": _is_clean(RUFF), "template_clean": _is_clean(_checkov(given.template))}
    dependencies = _audited()
    seconds = round(time.monotonic() - started)
    figures |= {"checks": checks, "all_held": are_held, **found, "dependencies": dependencies, "seconds": seconds}
    RESULTS.write_text(json.dumps(figures, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    is_enough = float(figures.get("schema_calls", 0)) >= FEWEST_CALLS
    is_clean = are_held and is_enough and all(found.values()) and dependencies != "vulnerable"
    print(_line(figures, is_clean=is_clean))
    return 0 if is_clean else 1


def _attacked() -> tuple[int, bool, dict[str, float | str]]:
    """Run the tests with everything in them; returns how many, whether all held, and their figures."""
    run = [sys.executable, "-m", "pytest", "tests/security", *PROVEN_ELSEWHERE, "-q", "-n", str(WORKERS)]
    with tempfile.TemporaryDirectory() as folder:
        noted = Path(folder) / "figures"
        noted.touch()
        environment = {**os.environ, "SECURITY_WHOLE": "yes", "SECURITY_FIGURES": str(noted)}
        done = subprocess.run(run, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
        lines = noted.read_text(encoding="utf-8").splitlines()
    if done.returncode:
        print(done.stdout[-8000:], file=sys.stderr)
    counts = [int(count) for count in re.findall(r"(\d+) (?:passed|failed|error)", done.stdout.rsplit("\n", 2)[-2])]
    return sum(counts), done.returncode == 0, _figures(lines)


def _figures(lines: list[str]) -> dict[str, float | str]:
    figures: dict[str, float | str] = {}
    for line in lines:
        for name, value in json.loads(line).items():
            figures[name] = figures.get(name, 0) + value if name in SUMMED else value
    return figures


def _checkov(template: Path | None) -> list[str]:
    if template is None:
        from infra.package import package

        template = package(out=ROOT / "build" / "tested", say=lambda _: None).template_path
    return [str(AUDIT.path / "bin" / "checkov"), "-f", str(template), "--config-file", str(EXCEPTIONS)]


def _is_clean(step: list[str]) -> bool:
    done = subprocess.run(step, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        print(f"{' '.join(step)}:\n{done.stdout[-4000:]}", file=sys.stderr)
    return done.returncode == 0


def _audited() -> str:
    """Ask pip-audit about the pinned packages; it needs an index that gives advisories, which mirrors seldom do."""
    run = [str(AUDIT.path / "bin" / "pip-audit"), "-r", "requirements.txt", "--no-deps", "--disable-pip"]
    done = subprocess.run(run, cwd=ROOT, capture_output=True, text=True, check=False)
    told = done.stdout + done.stderr
    if re.search(r"Found \d+ known vulnerabilit", told):
        print(done.stdout[-4000:], file=sys.stderr)
        return "vulnerable"
    is_whole = done.returncode == 0 and "could not be audited" not in told
    return "audited" if is_whole else "not audited (no advisories can be reached)"


def _line(figures: dict[str, float | str], *, is_clean: bool) -> str:
    def told(name: str) -> float | str:
        return figures.get(name, 0)

    files = sum(int(value) for name, value in figures.items() if name.startswith("hostile_"))
    memory = max((int(value) for name, value in figures.items() if name.startswith("peak_mb_")), default=0)
    verdict = "all held" if is_clean else "SOMETHING GAVE WAY"
    return (
        f"{told('checks')} checks, {verdict}; {files} hostile files refused within {memory} MB, "
        f"{told('forged_tokens')} forged tokens, {told('cells')} cells of access, {told('schema_calls')} calls by the "
        f"schema ({told('links_that_found')} by links to what was made), {told('parser_tries')} odd inputs of "
        f"{told('parsers')} parsers, {told('timing_pairs')} pairs {float(told('timing_difference')):.1%} apart, "
        f"{told('numbers_in_a_row')} numbers tried; dependencies {told('dependencies')}; {told('seconds')} s"
    )


if __name__ == "__main__":
    raise SystemExit(main())
