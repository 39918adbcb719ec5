"""What became of the mutants: a table, the survivors, a file beside the benchmarks, and one line of figures."""

from __future__ import annotations

import json
import platform
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from infra.mutants.sources import ROOT, Mutant, path_of
from infra.mutants.testing import SURVIVED

FILE = ROOT / "bench" / "mutants.json"
NEEDED = 80.0


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


def write(results: list[Result], *, seconds: float) -> None:
    """Keep the figures where those of the benchmarks are."""
    FILE.write_text(json.dumps(_facts(results, seconds), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _facts(results: list[Result], seconds: float) -> dict[str, Any]:
    return {
        "taken_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "python": platform.python_version(),
        "seconds": round(seconds),
        "mutants": len(results),
        **Counter(result.outcome for result in results),
        "score": round(score(results), 1),
        "needed": NEEDED,
        "modules": {
            name: {"mutants": len(of), "score": round(score(of), 1)} for name, of in _by_module(results).items()
        },
        "survivors": [
            {"place": result.place, "change": result.mutant.change} for result in results if result.outcome == SURVIVED
        ],
    }


def _by_module(results: list[Result]) -> dict[str, list[Result]]:
    names = dict.fromkeys(result.mutant.module for result in results)
    return {name: [result for result in results if result.mutant.module == name] for name in names}
