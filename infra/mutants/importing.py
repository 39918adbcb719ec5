"""Mutants of what runs at import, tables above all: each is tried by importing everything anew in a forked process."""

from __future__ import annotations

import ast
import gc
import sys
from functools import partial
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import spec_from_file_location
from typing import TYPE_CHECKING

# What the tests import and no mutant changes is imported once, before the forks.
import altcha
import holidays
import hypothesis.strategies
import pytest_socket
import stdnum.util
import xdist.scheduler

from infra.mutants.sources import PACKAGE, Mutant, compiled, module_names, path_of
from infra.mutants.testing import TABLES, Trial, run_pytest, try_all

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import CodeType, ModuleType

_PRELOADED = (altcha, holidays, hypothesis.strategies, pytest_socket, stdnum.util, xdist.scheduler)
_SECONDS = 240
_TOGETHER = 12


def try_imported(
    *, mutants: list[Mutant], reaches: dict[str, list[str]], processes: int, report: Callable[[int, str], None]
) -> None:
    """Try each mutant with the files of tests that reach its module or one that imports it."""
    files = {module: _files(module, reaches) for module in {mutant.module for mutant in mutants}}
    trials = [
        Trial(key=key, act=partial(_act, mutant, files[mutant.module]), seconds=_SECONDS)
        for key, mutant in enumerate(mutants)
    ]
    gc.collect()
    gc.freeze()
    try_all(trials=trials, processes=processes, report=report)


def _act(mutant: Mutant, files: list[str]) -> bool:
    """Run the module's own tests first, then the others by and by: to import them all costs more than most tests."""
    sys.meta_path.insert(0, _Finder(mutant))
    own = [file for file in files if f"/test_{mutant.module}" in file]
    others = [file for file in files if file not in own and file not in TABLES]
    parts = [own, *([table] for table in TABLES)]
    parts += [others[start : start + _TOGETHER] for start in range(0, len(others), _TOGETHER)]
    return all(run_pytest(tests=part, plugins=[]) == 0 for part in parts if part)


def _files(module: str, reaches: dict[str, list[str]]) -> list[str]:
    """Files of tests, those about the module first."""
    near = [name for name in module_names() if name == module or module in _imports(name)]
    files = {file for name in near for file in reaches.get(name, ()) if file.startswith("tests/unit/")}
    # Tables that a document shows are read, not run: no line of theirs leads to the test.
    return [*sorted(files - set(TABLES), key=lambda file: (f"/test_{module}.py" not in file, file)), *TABLES]


def _imports(module: str) -> set[str]:
    tree = ast.parse(path_of(module).read_text("utf-8"))
    names = [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    return {name.removeprefix(f"{PACKAGE}.") for name in names if name.startswith(f"{PACKAGE}.")}


class _Finder:
    """Finds the changed module in the place of the module."""

    def __init__(self, mutant: Mutant) -> None:
        self._mutant = mutant

    def find_spec(self, name: str, _path: Sequence[str] | None, _target: ModuleType | None = None) -> ModuleSpec | None:
        if name != self._mutant.name:
            return None
        path = str(path_of(self._mutant.module))
        return spec_from_file_location(name, path, loader=_Loader(name, path, self._mutant))


class _Loader(SourceFileLoader):
    def __init__(self, name: str, path: str, mutant: Mutant) -> None:
        super().__init__(name, path)
        self._mutant = mutant

    def get_code(self, _fullname: str) -> CodeType:
        return compiled(self._mutant)
