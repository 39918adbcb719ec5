"""Installs what requirements.txt lists, as wheels made for the runtime and never as a build of this machine."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from infra import bootstrap
from infra.packaging import inputs
from infra.packaging.trimming import compiled, trim
from infra.packaging.zipping import write_zip

if TYPE_CHECKING:
    from collections.abc import Iterator

    from infra.packaging.interpreter import Interpreter

_MANYLINUX = (5, 12, 17, 24, 26, 27, 28, 31, 34)
# What uv knows as a platform, from the newest.
_UV_PLATFORMS = (34, 28, 17)


class BuiltHere(Exception):
    """A package was built on this machine: it may need libraries that the runtime lacks."""


class NotInstalled(Exception):
    """The packages could not be had as wheels that run on the runtime's glibc."""


def installed(python: Interpreter, *, cache: Path) -> Path:
    """Return a folder with all dependencies, trimmed and compiled, and `packages.zip` of it beside.

    The same requirements are installed once.

    Raises:
        NotInstalled: A package has no wheel for the runtime.
        BuiltHere: A wheel carries the tag of a local build.
    """
    folder = cache / f"{python.version}-{_key(python)}"
    if (folder / "complete").is_file():
        return folder / "packages"
    shutil.rmtree(cache, ignore_errors=True)
    packages = folder / "packages"
    packages.mkdir(parents=True)
    _install(python, packages)
    refuse_local_builds(packages)
    trim(packages)
    compiled(python, packages)
    write_zip(packages, folder / "packages.zip")
    (folder / "complete").touch()
    return packages


def refuse_local_builds(folder: Path) -> None:
    """Raise BuiltHere if a wheel in the folder is tagged linux_*, as only a build of some machine is."""
    wrong = sorted(_locally_built(folder))
    if wrong:
        raise BuiltHere("built on this machine, not for the runtime: " + ", ".join(wrong))


def _locally_built(folder: Path) -> Iterator[str]:
    for wheel in folder.glob("*.dist-info/WHEEL"):
        tags = [line.removeprefix("Tag: ") for line in wheel.read_text().splitlines() if line.startswith("Tag: ")]
        if any(part.startswith("linux_") for tag in tags for part in tag.rpartition("-")[2].split(".")):
            yield wheel.parent.name


def _key(python: Interpreter) -> str:
    digest = hashlib.sha256(python.version.encode() + inputs.requirements().read_bytes())
    for maker in ("dependencies.py", "trimming.py", "zipping.py"):
        digest.update((Path(__file__).parent / maker).read_bytes())
    return digest.hexdigest()[:16]


def _install(python: Interpreter, target: Path) -> None:
    uv = bootstrap.find_uv()
    command, environment = (
        ([uv, *_with_uv(python, target)], bootstrap.uv_environment())
        if uv is not None
        else ([str(python.program), *_with_pip(python, target)], dict(os.environ))
    )
    if subprocess.run(command, env=environment, check=False).returncode != 0:
        raise NotInstalled("requirements.txt could not be installed as wheels for Lambda")


def _with_uv(python: Interpreter, target: Path) -> list[str]:
    glibc = next(minor for minor in _UV_PLATFORMS if minor <= python.glibc[1])
    platform = f"x86_64-manylinux_2_{glibc}"
    chosen = ["--python-version", python.version, "--python-platform", platform, "--only-binary", ":all:"]
    return ["pip", "install", "--quiet", "--target", str(target), *chosen, "-r", str(inputs.requirements())]


def _with_pip(python: Interpreter, target: Path) -> list[str]:
    fitting = [f"manylinux_2_{minor}_x86_64" for minor in _MANYLINUX if minor <= python.glibc[1]]
    names = [*fitting, "manylinux2014_x86_64", "manylinux1_x86_64", "manylinux2010_x86_64"]
    platforms = [option for name in names for option in ("--platform", name)]
    chosen = ["--python-version", python.version, *platforms, "--only-binary", ":all:", "--no-compile"]
    return ["-m", "pip", "install", "--quiet", "--target", str(target), *chosen, "-r", str(inputs.requirements())]
