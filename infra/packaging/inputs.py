"""What a package is made of: the files of the checkout that count, and their digest."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from infra.bootstrap import PROJECT

if TYPE_CHECKING:
    from collections.abc import Iterator

TEMPLATE = Path("infra/resources.yaml")
_CODE = ("app.py", "chalicelib", "vendor", ".chalice")
_MAKERS = ("infra/package.py", "infra/packaging", "infra/bootstrap.py")
_LEFT_OUT = ("__pycache__", "*.pyc", "deployments", "deployed")


def requirements() -> Path:
    """Return the file that lists what runs in Lambda."""
    return PROJECT / "requirements.txt"


def digest(*facts: str) -> str:
    """Return what changes when anything that goes into the package, or what makes it, changes."""
    made = hashlib.sha256("\n".join(facts).encode())
    for path in _all_files():
        made.update(str(path.relative_to(PROJECT)).encode())
        made.update(path.read_bytes())
    return made.hexdigest()


def stage(folder: Path) -> None:
    """Copy what `chalice package` reads into a clean folder, with links replaced by what they lead to.

    The copy has an empty requirements.txt: dependencies are installed apart from Chalice.
    """
    shutil.rmtree(folder, ignore_errors=True)
    ignore = shutil.ignore_patterns(*_LEFT_OUT)
    for name in _CODE:
        source = PROJECT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=ignore)
        else:
            folder.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, folder / name)
    shutil.copy(PROJECT / TEMPLATE, folder / TEMPLATE.name)
    (folder / "requirements.txt").touch()


def _all_files() -> Iterator[Path]:
    yield requirements()
    yield PROJECT / TEMPLATE
    for name in (*_CODE, *_MAKERS, "templates"):
        path = PROJECT / name
        yield from [path] if path.is_file() else sorted(_files(path))


def _files(folder: Path) -> Iterator[Path]:
    for path in folder.rglob("*"):
        outside = any(part in _LEFT_OUT for part in path.relative_to(folder).parts)
        if path.is_file() and path.suffix != ".pyc" and not outside:
            yield path
