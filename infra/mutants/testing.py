"""Pytest inside a process that is forked many times."""

from __future__ import annotations

import os
import resource
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

import pytest
from hypothesis import Phase, settings

from infra.mutants.sources import ROOT

PROFILE = "mutants"
#: What is reviewed as a document, or kept as a list, is a test of the tables that it is made of.
TABLES = [
    "tests/unit/domain/test_stored_words.py",
    "tests/architecture/test_documents.py::test_the_states_and_the_matrix_are_those_of_the_domain",
    "tests/architecture/test_corrections_table.py",
]
TESTS = ["tests/unit", *(test for test in TABLES if not test.startswith("tests/unit/"))]
#: Only what the tests of rules need: other plugins cost more than most tests.
_PLUGINS = ["-p", "_hypothesis_pytestplugin", "-p", "pytest_socket"]
_OPTIONS = ["-x", "-q", "--assert=plain", f"--hypothesis-profile={PROFILE}", *_PLUGINS]
_MEMORY = 4 << 30
#: A process of a busy machine may wait so many times as long as it works.
_WAIT = 20

KILLED, SURVIVED, TIMED_OUT = "killed", "survived", "timed out"


def prepare() -> None:
    """Make properties stop at the first example that fails: nobody reads it here."""
    phases = (Phase.explicit, Phase.generate)
    settings.register_profile(
        PROFILE,
        max_examples=40,
        deadline=None,
        derandomize=True,
        database=None,
        phases=phases,
        report_multiple_bugs=False,
    )
    os.chdir(ROOT)
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    sys.dont_write_bytecode = False  # thousands of processes read the same tests


def run_pytest(*, tests: list[str], plugins: list[object]) -> int:
    """Run tests in this process, without a word; the exit status of pytest."""
    return int(pytest.main([*_OPTIONS, "--rootdir", str(ROOT), *tests], plugins=plugins))


def keep_silent() -> None:
    """Send what this process prints to nowhere."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nowhere, stream)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """A mutant being tried in a process of its own."""

    key: int
    act: Callable[[], bool]
    seconds: int


def try_all(*, trials: list[Trial], processes: int, report: Callable[[int, str], None]) -> None:
    """Fork a process for each trial, so many at a time; ``act`` answers there whether the tests passed."""
    running: dict[int, int] = {}
    waiting = iter(trials)
    while True:
        while len(running) < processes and (trial := next(waiting, None)):
            running[_fork(trial)] = trial.key
        if not running:
            return
        pid, status = os.wait()
        if (key := running.pop(pid, None)) is not None:
            report(key, _outcome(status))


def _outcome(status: int) -> str:
    if os.WIFSIGNALED(status):
        return TIMED_OUT if os.WTERMSIG(status) in {signal.SIGXCPU, signal.SIGALRM} else KILLED
    return SURVIVED if os.WEXITSTATUS(status) == 0 else KILLED


def _fork(trial: Trial) -> int:
    sys.stdout.flush()
    if pid := os.fork():
        return pid
    with suppress(BaseException):
        keep_silent()
        _, most = resource.getrlimit(resource.RLIMIT_CPU)
        used = resource.getrusage(resource.RUSAGE_SELF)
        resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime) + trial.seconds, most))
        signal.alarm(_WAIT * trial.seconds)
        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
        os._exit(0 if trial.act() else 1)
    os._exit(2)
