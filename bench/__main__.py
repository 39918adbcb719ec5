"""`python -m bench`: measure everything, print the table, write bench/results.json and the table of docs/benchmarks.md.

Exits 1 when a target is missed, unless ``--report-only`` is given; ``--only GROUP`` (imports, calls, documents,
expiry, registry, desk, employers or exchange; calls include the handlers) measures one group and writes nothing.
"""

from __future__ import annotations

import argparse
import sys
import time
from typing import TYPE_CHECKING

from bench import report
from bench.figures import Figure

if TYPE_CHECKING:
    from collections.abc import Callable


def _imports() -> list[Figure]:
    from bench import imports

    return imports.figures()


def _calls_and_handlers() -> list[Figure]:
    from bench.in_process import opened

    with opened() as world:
        from bench import calls, handlers

        budgets = calls.measured(world)
    with opened(wire=True) as world:
        recorded = handlers.record(world)
    # After the in-process cloud: its hooks would be in every call.
    timed = handlers.figures(world, recorded)
    counted = [
        Figure(
            group="calls",
            name=budget.use_case,
            value=len(budget.calls),
            limit=budget.limit,
            detail=calls.summary(budget),
        )
        for budget in budgets
    ]
    return [*counted, *timed]


def _documents() -> list[Figure]:
    from bench import documents

    return documents.figures()


def _expiry() -> list[Figure]:
    from bench import expiry

    return expiry.figures(expiry.measure())


def _registry() -> list[Figure]:
    from bench import registry

    return registry.figures()


def _desk() -> list[Figure]:
    from bench import clinic_batch

    return clinic_batch.figures()


def _employers() -> list[Figure]:
    from bench import employers

    return employers.figures()


def _exchange() -> list[Figure]:
    from bench import exchange

    return exchange.figures()


GROUPS: dict[str, Callable[[], list[Figure]]] = {
    "imports": _imports,
    "calls": _calls_and_handlers,
    "documents": _documents,
    "expiry": _expiry,
    "registry": _registry,
    "desk": _desk,
    "employers": _employers,
    "exchange": _exchange,
}


def main() -> int:
    """Measure, print, write; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measure against floors of the same run.")
    parser.add_argument("--report-only", action="store_true", help="exit 0 though a target is missed")
    parser.add_argument("--only", choices=GROUPS, help="measure one group and write nothing")
    options = parser.parse_args()
    figures: list[Figure] = []
    for name in [options.only] if options.only else GROUPS:
        started = time.monotonic()
        figures += GROUPS[name]()
        print(f"{name}: {time.monotonic() - started:.0f} s", file=sys.stderr, flush=True)
    print(report.table(figures))
    if not options.only:
        report.write(figures)
    missed = [figure for figure in figures if not figure.met]
    print(f"\n{len(figures)} figures, {len(missed)} missed")
    return 1 if missed and not options.report_only else 0


if __name__ == "__main__":
    sys.exit(main())
