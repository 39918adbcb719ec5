"""Runs the checks of the project: `python -m infra.checks test|faults|lint|coverage`."""

from __future__ import annotations

import os
import subprocess
import sys

_CHECKS = {
    # Three processes for two cores: one of them is long with the end-to-end tests, which mostly wait.
    "test": [["-m", "pytest", "tests", "-q", "-n", "3", "--dist", "loadfile", "--no-loadscope-reorder"]],
    # Each call of each use case, broken in every way; `test` breaks it in one.
    "faults": [["-m", "pytest", "tests/faults", "-q", "-n", "2", "--dist", "loadfile", "--no-loadscope-reorder"]],
    # The core is reached by these alone; what only a browser or a whole cloud reaches is no rule.
    "coverage": [
        [
            *("-m", "pytest", "tests/unit", "tests/contract", "tests/functional", "tests/faults"),
            *("-q", "-n", "2", "--dist", "loadfile", "--no-loadscope-reorder"),
            *("--cov=chalicelib/domain", "--cov=chalicelib/use_cases", "--cov-branch"),
            *("--cov-report=term-missing:skip-covered", "--cov-fail-under=100"),
        ]
    ],
    "lint": [
        ["-m", "ruff", "check", "."],
        ["-m", "ruff", "format", "--check", "."],
        # Its package cannot be run by -m.
        ["-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"],
    ],
}

_ENVIRONMENT = {"faults": {"FAULTS_WHOLE": "yes"}}


def main() -> int:
    """Run all steps of a check, also after one failed; return the worst exit status."""
    name, *more = sys.argv[1:]
    # Without kept bytecode every process, of which tests start many, compiles everything that it imports.
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "", **_ENVIRONMENT.get(name, {})}
    steps = [[sys.executable, *step, *more] for step in _CHECKS[name]]
    return max(subprocess.run(step, env=environment, check=False).returncode for step in steps)


if __name__ == "__main__":
    sys.exit(main())
