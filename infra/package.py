"""Makes the deployment package: `python -m infra.package [--out DIR] [--stage dev|prod]`.

The result is DIR/deployment.zip and DIR/template.json, ready for `aws cloudformation package`.  A run
with nothing changed only compares digests.  ADR 0003 tells why each step is there.
"""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import json
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from infra.bootstrap import PACKAGING, PROJECT
from infra.packaging import artefact, chalice_part, dependencies, inputs, interpreter, template, trimming

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

STAGES = ("prod", "dev")
_CACHE = PROJECT / "build" / "package"
_STAMP = "package.json"
_REFUSALS = (
    interpreter.NoInterpreter,
    dependencies.NotInstalled,
    dependencies.BuiltHere,
    trimming.NotCompiled,
    chalice_part.PackagingFailed,
    artefact.Unfit,
    template.TemplateRefused,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """Where the results are, and the Python of which minor version they are for."""

    zip_path: Path
    template_path: Path
    python: interpreter.Interpreter
    zipped: int
    unzipped: int
    was_current: bool

    @property
    def template(self) -> Any:
        """The merged SAM template."""
        return json.loads(self.template_path.read_text(encoding="utf-8"))


def package(*, out: Path, stage: str = "prod", say: Callable[[str], object] = print) -> Package:
    """Make the package unless it is there and current.

    Raises:
        NoInterpreter, NotInstalled, BuiltHere, NotCompiled, PackagingFailed, Unfit, TemplateRefused: see the
            modules of infra.packaging.
    """
    with _alone():
        return _package(out=out, stage=stage, say=say)


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    """Let one process at a time use the folder of what is kept between runs."""
    _CACHE.mkdir(parents=True, exist_ok=True)
    with (_CACHE / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def current(*, out: Path, stage: str = "prod") -> Package | None:
    """Return the package that is there, unless something that goes into it has changed since; raises NoInterpreter."""
    python = interpreter.newest()
    kept = _kept(out / _STAMP, inputs.digest(python.version, stage))
    return None if kept is None else _described(python, out, kept, was_current=True)


def _package(*, out: Path, stage: str, say: Callable[[str], object]) -> Package:
    found = current(out=out, stage=stage)
    if found is not None:
        return found
    python = interpreter.newest()
    stamp = out / _STAMP
    stamp.unlink(missing_ok=True)
    say(f"Packaging with Python {python.version} ({python.program})")
    digest = inputs.digest(python.version, stage)
    made = _made(python, out=out, stage=stage)
    kept = {"digest": digest, "zipped": made.zipped, "unzipped": made.unzipped}
    stamp.write_text(json.dumps(kept) + "\n")
    return _described(python, out, kept, was_current=False)


def _described(python: interpreter.Interpreter, out: Path, kept: dict[str, Any], *, was_current: bool) -> Package:
    return Package(
        zip_path=out / "deployment.zip",
        template_path=out / "template.json",
        python=python,
        zipped=kept["zipped"],
        unzipped=kept["unzipped"],
        was_current=was_current,
    )


def _kept(stamp: Path, digest: str) -> dict[str, Any] | None:
    try:
        kept: dict[str, Any] = json.loads(stamp.read_text())
    except (OSError, ValueError):
        return None
    whole = (stamp.parent / "deployment.zip").is_file() and (stamp.parent / "template.json").is_file()
    return kept if whole and kept.get("digest") == digest else None


def _made(python: interpreter.Interpreter, *, out: Path, stage: str) -> artefact.Artefact:
    own = interpreter.environment(python, name="package", folder=PACKAGING.path, own=Path(sys.executable))
    packages = dependencies.installed(python, cache=_CACHE / "dependencies")
    part = chalice_part.make(python=own, stage=stage, folder=_CACHE)
    out.mkdir(parents=True, exist_ok=True)
    merged = out / "template.json"
    merged.write_text(chalice_part.written(part.template), encoding="utf-8")
    with ThreadPoolExecutor() as pool:  # cfn-lint is the longest step and needs the template alone
        linted = pool.submit(template.lint, merged)
        made = artefact.assemble(
            python=python,
            packages_zip=packages.with_suffix(".zip"),
            app_zip=part.zip_path,
            folder=_CACHE / "assembled",
            path=out / "deployment.zip",
        )
        template.transformed(part.template)
        linted.result()
    return made


def main() -> None:
    """Make the package and tell its size."""
    parser = argparse.ArgumentParser(description="Make the deployment package.")
    parser.add_argument("--out", type=Path, default=PROJECT / "dist")
    parser.add_argument("--stage", choices=STAGES, default="prod")
    arguments = parser.parse_args()
    began = time.monotonic()
    try:
        made = package(out=arguments.out.resolve(), stage=arguments.stage)
    except _REFUSALS as refusal:
        sys.exit(str(refusal))
    state = "unchanged" if made.was_current else f"made in {time.monotonic() - began:.1f} s"
    print(
        f"{made.zip_path}: {made.zipped / 1e6:.1f} MB, {made.unzipped / 1e6:.1f} MB unzipped "
        f"(Lambda takes {artefact.LIMIT / 1e6:.0f} MB), {made.python.runtime}, {state}\n{made.template_path}"
    )


if __name__ == "__main__":
    main()
