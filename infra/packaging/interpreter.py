"""Finds the Python that packages: the newest of those that Lambda and the project both know."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from infra import bootstrap

if TYPE_CHECKING:
    from collections.abc import Iterator

MINORS = ("3.13", "3.12")
_ASK = "import sys, venv; print('%d.%d' % sys.version_info[:2])"
# The glibc of the runtime, Amazon Linux 2023; that of Python 3.11 is older than the decoder of HEIC asks for.
_GLIBC = {"3.12": (2, 34), "3.13": (2, 34)}


class NoInterpreter(Exception):
    """No Python that can package was found."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Interpreter:
    """A Python: its program and its version, "3.13"."""

    program: Path
    version: str

    @property
    def runtime(self) -> str:
        """The runtime of Lambda that fits."""
        return f"python{self.version}"

    @property
    def glibc(self) -> tuple[int, int]:
        """The version of glibc in that runtime, the newest that a wheel may ask for."""
        return _GLIBC[self.version]


def newest() -> Interpreter:
    """Return the newest Python on the path or under pyenv; raises NoInterpreter."""
    for version in MINORS:
        for program in _candidates(version):
            if _version(program) == version:
                return Interpreter(program=program, version=version)
    raise NoInterpreter("Python 3.13 or 3.12 is needed to package, and none was found.")


def environment(python: Interpreter, *, name: str, folder: Path, own: Path) -> Path:
    """Return the Python of an environment of this version; one of a set of infra/bootstrap.py is made if needed.

    ``own`` is the Python that would do if its version fits; ``name`` the set to make otherwise, ``folder`` where
    that set puts it.
    """
    if own.exists() and _version(own) == python.version:
        return own
    subprocess.run([python.program, "infra/bootstrap.py", name], cwd=bootstrap.PROJECT, check=True)
    return folder / "bin" / "python"


def _candidates(version: str) -> Iterator[Path]:
    if "{}.{}".format(*sys.version_info) == version:
        yield Path(sys.executable)
    found = shutil.which(f"python{version}")
    if found is not None:
        yield Path(found)
    yield from sorted(Path.home().glob(f".pyenv/versions/{version}.*/bin/python"), reverse=True)


def _version(program: Path) -> str:
    """Return the version that a program says; a shim of pyenv without a chosen version says nothing."""
    asked = subprocess.run([program, "-c", _ASK], capture_output=True, text=True, check=False)
    return asked.stdout.strip()
