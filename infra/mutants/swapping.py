"""Mutants inside functions: the tests are loaded once, and each forked process gets other code for one function."""

from __future__ import annotations

import gc
import json
import time
from collections import defaultdict
from functools import partial
from types import CodeType, FunctionType
from typing import TYPE_CHECKING, Any, TextIO

import pytest
from _pytest.runner import runtestprotocol
from coverage import Coverage

from infra.mutants.sources import FOLDER, PACKAGE, Mutant, compiled, module_names, path_of
from infra.mutants.testing import TESTS, Trial, run_pytest, try_all

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

#: So many times the time that the tests took, and some seconds, before a mutant is taken to run for ever.
_PATIENCE = 10
_LEAST_SECONDS = 4
_AT_IMPORT = ""


def try_swapped(*, mutants: list[Mutant], processes: int, results: Path) -> None:
    """Measure which tests reach which lines and try the mutants inside functions; to be called in a process of its own.

    Writes a line of JSON for each mutant, and one for each module that tells which files of tests reach it.

    A test that fails without any change is told in the place of both.
    """
    coverage = Coverage(data_file=None, source=[str(FOLDER)], config_file=False)
    coverage.start()
    loop = _Loop(mutants=mutants, processes=processes, results=results, coverage=coverage)
    run_pytest(tests=TESTS, plugins=[loop])


class _Loop:
    """Takes the place of pytest's loop over the tests."""

    def __init__(self, *, mutants: list[Mutant], processes: int, results: Path, coverage: Coverage) -> None:
        self._mutants, self._processes, self._results, self._coverage = mutants, processes, results, coverage
        self._seconds: dict[str, float] = {}

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        items = {item.nodeid: item for item in session.items}
        failing = self._run_unchanged(session.items)
        self._coverage.stop()
        with self._results.open("w", encoding="utf-8") as out:
            if failing:
                _write(out, failing=failing)
            else:
                self._try(items, out)
        return True

    def _run_unchanged(self, items: list[pytest.Item]) -> str | None:
        """Run every test once; the name of one that fails."""
        for item, following in zip(items, [*items[1:], None], strict=True):
            self._coverage.switch_context(item.nodeid)
            began = time.process_time()
            if not _passes(item, following):
                return item.nodeid
            self._seconds[item.nodeid] = time.process_time() - began
        return None

    def _try(self, items: dict[str, pytest.Item], out: TextIO) -> None:
        reached = {module: self._reached(module) for module in module_names()}
        functions, caches = _functions(), _caches()
        gc.collect()
        gc.freeze()
        for module, lines in reached.items():
            files = {name.split("::")[0] for names in lines.values() for name in names if name != _AT_IMPORT}
            _write(out, reaches=module, files=sorted(files))
        trials, at_import = [], set()
        for key, mutant in enumerate(self._mutants):
            names = self._names(mutant, reached[mutant.module])
            if _runs_at_import(mutant, reached[mutant.module]):
                at_import.add(key)
            alive = functions.get((mutant.name, mutant.function), [])
            reaching = [items[name] for name in names if name != _AT_IMPORT]
            trials.append(self._trial(key, mutant, alive, reaching, caches))
        try_all(
            trials=trials,
            processes=self._processes,
            report=lambda key, outcome: _write(out, key=key, outcome=outcome, at_import=key in at_import),
        )

    def _trial(
        self,
        key: int,
        mutant: Mutant,
        functions: list[FunctionType],
        items: list[pytest.Item],
        caches: list[Any],
    ) -> Trial:
        if not functions:  # made and thrown away at import
            items = []
        seconds = _LEAST_SECONDS + int(_PATIENCE * sum(self._seconds[item.nodeid] for item in items))
        return Trial(key=key, act=partial(_act, mutant, functions, items, caches), seconds=seconds)

    def _reached(self, module: str) -> dict[int, list[str]]:
        return self._coverage.get_data().contexts_by_lineno(str(path_of(module)))

    def _names(self, mutant: Mutant, lines: dict[int, list[str]]) -> list[str]:
        """Tests that reach the statement: those of the module itself first, then the quickest."""
        names = {name for line in range(mutant.first_line, mutant.last_line + 1) for name in lines.get(line, ())}
        own = f"test_{mutant.module}.py"
        return sorted(names, key=lambda name: (own not in name, self._seconds.get(name, 0.0)))


def _runs_at_import(mutant: Mutant, lines: dict[int, list[str]]) -> bool:
    """Whether the function runs when modules are read: what it has made then keeps the code that it had."""
    first, last = mutant.body
    return any(_AT_IMPORT in lines.get(line, ()) for line in range(first, last + 1))


def _write(out: TextIO, **facts: object) -> None:
    out.write(json.dumps(facts) + "\n")
    out.flush()


def _passes(item: pytest.Item, following: pytest.Item | None) -> bool:
    return not any(report.failed for report in runtestprotocol(item, log=False, nextitem=following))


def _act(mutant: Mutant, functions: list[FunctionType], items: list[pytest.Item], caches: list[Any]) -> bool:
    code = next(code for code in _codes(compiled(mutant)) if _key(code) == mutant.function)
    for function in functions:
        function.__code__ = code
    for kept in caches:
        kept.cache_clear()
    return all(_passes(item, None) for item in items)


def _caches() -> list[Any]:
    """What remembers answers of functions; to be looked for before the objects are frozen, which hides them."""
    return [kept for kept in gc.get_objects() if hasattr(type(kept), "cache_clear")]


def _key(code: CodeType) -> tuple[str, int]:
    return code.co_qualname, code.co_firstlineno


def _codes(code: CodeType) -> Iterator[CodeType]:
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            yield inner
            yield from _codes(inner)


def _functions() -> dict[tuple[str, tuple[str, int] | None], list[FunctionType]]:
    """The functions of the rules that live in this process, wherever they are held."""
    found: dict[tuple[str, tuple[str, int] | None], list[FunctionType]] = defaultdict(list)
    for thing in gc.get_objects():
        if isinstance(thing, FunctionType) and str(thing.__module__).startswith(f"{PACKAGE}."):
            found[(thing.__module__, _key(thing.__code__))].append(thing)
    return found
