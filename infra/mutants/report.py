"""What became of the mutants: a table, the survivors, a file beside the benchmarks, and one line of figures."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from infra.mutants.sources import ROOT, Mutant, module_names, mutants_of, path_of
from infra.mutants.testing import KILLED, SURVIVED, TIMED_OUT

FILE = ROOT / "bench" / "mutants.json"
NEEDED = 80.0
OUTCOMES = (KILLED, TIMED_OUT, SURVIVED)
COUNTED = ("mutants", *OUTCOMES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """A mutant and what became of it."""

    mutant: Mutant
    outcome: str

    @property
    def place(self) -> str:
        """The file and line."""
        return f"{path_of(self.mutant.module).relative_to(ROOT)}:{self.mutant.line}"


def score(results: list[Result]) -> float:
    """Per cent of the mutants that a test noticed; everything, where nothing could be changed."""
    noticed = sum(result.outcome != SURVIVED for result in results)
    return 100 * noticed / len(results) if results else 100.0


def figures(results: list[Result], *, seconds: float) -> str:
    """The line that sums it up."""
    outcomes = Counter(result.outcome for result in results)
    parts = ", ".join(f"{count} {outcome.replace('_', ' ')}" for outcome, count in sorted(outcomes.items()))
    return f"mutants: {len(results)}, {parts}; score {score(results):.1f} % (needed {NEEDED:.0f} %), {seconds:.0f} s"


def table(results: list[Result]) -> str:
    """A row a module, the worst first."""
    rows = sorted(_by_module(results).items(), key=lambda row: score(row[1]))
    return "\n".join(f"{name:28} {score(of):6.1f} % of {len(of)}" for name, of in rows)


def survivors(results: list[Result]) -> str:
    """A line each."""
    return "\n".join(f"{result.place}  {result.mutant.change}" for result in results if result.outcome == SURVIVED)


def record(results: list[Result]) -> dict[str, Any]:
    """Keep what was found of these modules where the figures of the benchmarks are, beside what was found of others.

    Returns all that is kept, with the totals over all modules.
    """
    kept = json.loads(FILE.read_text("utf-8"))["modules"] if FILE.exists() else {}
    kept |= {name: _module(of) for name, of in _by_module(results).items()}
    modules = {name: kept[name] for name in module_names() if name in kept}
    totals: Counter[str] = Counter()
    for found in modules.values():
        totals.update({name: found[name] for name in COUNTED})
    noticed = totals["mutants"] - totals[SURVIVED]
    facts = {
        "score": round(100 * noticed / totals["mutants"], 1),
        "needed": NEEDED,
        **totals,
        "not_tried": [name for name in module_names() if name not in modules and mutants_of(name)],
        "modules": modules,
    }
    FILE.write_text(json.dumps(facts, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return facts


def _module(results: list[Result]) -> dict[str, Any]:
    outcomes = Counter(result.outcome for result in results)
    return {
        "score": round(score(results), 1),
        "mutants": len(results),
        **{outcome: outcomes[outcome] for outcome in OUTCOMES},
        "taken_on": datetime.now(UTC).date().isoformat(),
        "survivors": [
            f"{result.mutant.line}: {result.mutant.change}" for result in results if result.outcome == SURVIVED
        ],
    }


def _by_module(results: list[Result]) -> dict[str, list[Result]]:
    names = dict.fromkeys(result.mutant.module for result in results)
    return {name: [result for result in results if result.mutant.module == name] for name in names}
