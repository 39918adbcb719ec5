"""`python -m infra.mutants [module ...]`: do the fast tests notice when a rule is changed?

Every change of `operators.py` is made to every module of the rules, one at a time, and the unit tests that reach the
changed statement are run until one fails. Nothing is written to the sources.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from infra.mutants import report
from infra.mutants.importing import try_imported
from infra.mutants.sources import Mutant, module_names, mutants_of
from infra.mutants.swapping import try_swapped
from infra.mutants.testing import SURVIVED, prepare


def main() -> int:
    """Try the mutants; non-zero where too few are noticed."""
    parser = argparse.ArgumentParser(prog="make mutants", description=__doc__)
    parser.add_argument("modules", nargs="*", metavar="module", help="modules of chalicelib/domain; all by default")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    asked = parser.parse_args()
    if unknown := set(asked.modules) - set(module_names()):
        parser.error(f"no such module: {', '.join(sorted(unknown))}")
    began = time.monotonic()
    prepare()
    mutants = [mutant for module in asked.modules or module_names() for mutant in mutants_of(module)]
    outcomes = _Outcomes(mutants)
    outcomes.find(processes=asked.processes)
    results = [report.Result(mutant=mutant, outcome=outcomes.of[mutant]) for mutant in mutants]
    seconds = time.monotonic() - began
    print(report.survivors(results), report.table(results), sep="\n\n")
    kept = report.record(results)
    print(report.figures(results, seconds=seconds))
    print(f"all modules tried so far: {kept['mutants']} mutants, score {kept['score']} %")
    return int(min(report.score(results), kept["score"]) < report.NEEDED)


class _Outcomes:
    """Gathers what became of each mutant."""

    def __init__(self, mutants: list[Mutant]) -> None:
        self._mutants = mutants
        self.of: dict[Mutant, str] = {}

    def find(self, *, processes: int) -> None:
        """Mutants inside functions first, then those of what runs at import, which cost more each."""
        swapped = [mutant for mutant in self._mutants if mutant.function]
        rows = _swap(swapped, processes)
        if failing := next((row["failing"] for row in rows if "failing" in row), None):
            sys.exit(f"The tests fail without any change: {failing}")
        again = []
        for row in rows:
            if "key" not in row:
                continue
            mutant = swapped[row["key"]]
            self.of[mutant] = row["outcome"]
            if row["outcome"] == SURVIVED and row["at_import"]:
                again.append(mutant)
        anew = [mutant for mutant in self._mutants if not mutant.function] + again
        reaches = {row["reaches"]: row["files"] for row in rows if "reaches" in row}
        try_imported(mutants=anew, reaches=reaches, processes=processes, report=self._note(anew))

    def _note(self, mutants: list[Mutant]) -> Any:
        def note(key: int, outcome: str) -> None:
            self.of[mutants[key]] = outcome

        return note


def _swap(swapped: list[Mutant], processes: int) -> list[dict[str, Any]]:
    """In a process of its own, since it imports the rules; those of the next step begin without them."""
    with tempfile.TemporaryDirectory() as folder:
        results = Path(folder, "results")
        if not (pid := os.fork()):
            try_swapped(mutants=swapped, processes=processes, results=results)
            os._exit(0)
        os.waitpid(pid, 0)
        return [json.loads(line) for line in results.read_text("utf-8").splitlines()]


if __name__ == "__main__":
    sys.exit(main())
