"""The table of a run, as text, as bench/results.json and in docs/benchmarks.md."""

from __future__ import annotations

import json
import os
import platform
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bench.figures import Figure

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "bench" / "results.json"
PAGE = ROOT / "docs" / "benchmarks.md"
BEGIN = "<!-- results: written by `make bench` -->"
END = "<!-- end of results -->"
HEADINGS = ("Figure", "Value", "Target", "Verdict", "How it came about")


def table(figures: Iterable[Figure]) -> str:
    """The table for a terminal."""
    rows = [HEADINGS[:4], *(_cells(figure)[:4] for figure in figures)]
    widths = [max(len(row[place]) for row in rows) for place in range(4)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )


def write(figures: Sequence[Figure]) -> None:
    """Write bench/results.json, and the same table between the marks of docs/benchmarks.md."""
    taken_at = datetime.now(UTC).replace(microsecond=0).isoformat()
    machine = {"python": platform.python_version(), "system": platform.system(), "cores": os.cpu_count()}
    found: dict[str, Any] = {"taken_at": taken_at, **machine, "figures": [_entry(figure) for figure in figures]}
    RESULTS.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    page = PAGE.read_text(encoding="utf-8")
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    where = f"Taken {taken_at[:10]} with Python {machine['python']} on {machine['cores']} cores."
    PAGE.write_text(f"{before}{BEGIN}\n\n{where}\n\n{_markdown(figures)}\n\n{END}{after}", encoding="utf-8")


def _entry(figure: Figure) -> dict[str, Any]:
    return {
        "group": figure.group,
        "name": figure.name,
        "value": round(figure.value, 3),
        "unit": figure.unit,
        "target": figure.limit,
        "met": figure.met,
        "detail": figure.detail,
    }


def _cells(figure: Figure) -> tuple[str, str, str, str, str]:
    target = "" if figure.limit is None else f"≤ {figure.limit:g}{figure.unit}"
    return figure.name, f"{round(figure.value, 3):g}{figure.unit}", target, figure.verdict, figure.detail


def _markdown(figures: Iterable[Figure]) -> str:
    lines = [HEADINGS, tuple("---" for _ in HEADINGS), *(_cells(figure) for figure in figures)]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
