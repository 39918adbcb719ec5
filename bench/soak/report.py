"""The figures of a load run: bench/soak.json, the table of docs/benchmarks.md, and one line."""

from __future__ import annotations

import json
import statistics
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

FOLDER = Path(__file__).resolve().parent.parent
RESULTS, AFTER_KILLS = FOLDER / "soak.json", FOLDER / "soak-kills.json"
PAGE = FOLDER.parent / "docs" / "benchmarks.md"
BEGIN, END = "<!-- load: written by `make soak` -->", "<!-- end of load -->"
TIMES = ("p50_ms", "p95_ms", "p99_ms", "most_ms", "idle_p50_ms")
HEADINGS = ("ms", "count", "p50", "p95", "p99", "most", "idle p50")


def write(found: Mapping[str, Any]) -> None:
    """Keep the figures; those of a run without kills stand in the document too."""
    target = AFTER_KILLS if found["kills"] else RESULTS
    target.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    if not found["kills"]:
        write_page(found)


def write_page(found: Mapping[str, Any]) -> None:
    """Write the tables between the marks of docs/benchmarks.md."""
    page = PAGE.read_text(encoding="utf-8")
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    PAGE.write_text(f"{before}{BEGIN}\n\n" + "\n".join(_page(found)) + f"\n\n{END}{after}", encoding="utf-8")


def _page(found: Mapping[str, Any]) -> Iterator[str]:
    yield f"{line(found)}."
    yield ""
    yield from _table(HEADINGS, _rows(found))
    yield ""
    memory = [(name, str(before), str(after)) for name, (before, after) in found["memory_mb"].items()]
    yield from _table(("MB of memory", "before", "after"), memory)
    if "deepest_of" in found:
        yield ""
        deepest = sorted(found["deepest_of"].items(), key=lambda item: -item[1])
        yield from _table(("messages in a queue", "most"), [(name, str(depth)) for name, depth in deepest])


def _rows(found: Mapping[str, Any]) -> list[tuple[str, ...]]:
    return [
        (name, str(row["count"]), *(f"{row[time]:.1f}" if time in row else "" for time in TIMES))
        for name, row in found["operations"].items()
    ]


def _table(headings: tuple[str, ...], rows: list[tuple[str, ...]]) -> Iterator[str]:
    for cells in (headings, tuple("---" for _ in headings), *rows):
        yield f"| {' | '.join(cells)} |"


def tell(found: Mapping[str, Any]) -> Iterator[str]:
    """The table and the line, for a terminal."""
    for name, *cells in (HEADINGS, *_rows(found)):
        yield f"  {name:55} " + " ".join(f"{cell:>8}" for cell in cells)
    yield line(found)


def line(found: Mapping[str, Any]) -> str:
    """The whole run in one line."""
    operations = found["operations"].values()
    ratios = [row["p50_ms"] / row["idle_p50_ms"] for row in operations if row["idle_p50_ms"]]
    most = max((row.get("most_ms", 0), name) for name, row in found["operations"].items() if " to " not in name)
    longest = f"longest {most[0] / 1000:.1f} s ({most[1]}), " if most[0] else ""
    return (
        f"{found['accepted']} accepted in {found['seconds']} s ({found['accepted_per_second']} a second), "
        f"{longest}"
        f"median {statistics.median(ratios):.1f}× of idle, {found['kills']} kills; {found['lost']} lost, "
        f"{found['double']} double, {len(found['troubles'])} troubles, {found['deepest_queues']} deepest in queues, "
        f"{found.get('told_to_wait', 0)} told to wait"
    )
