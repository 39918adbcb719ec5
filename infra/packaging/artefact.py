"""Adds the compiled app to the dependencies' zip and checks that the whole would work in Lambda."""

from __future__ import annotations

import shutil
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from infra.packaging.trimming import compiled
from infra.packaging.zipping import write_zip

if TYPE_CHECKING:
    from infra.packaging.interpreter import Interpreter

LIMIT = 250 * 1024 * 1024
"""Bytes that Lambda lets a function unzip to, layers included."""

MUST_HOLD = (
    "app.py",
    "chalice/app.py",
    "chalicelib/bootstrap.py",
    "chalicelib/http/openapi.json",
    "templates/notifications/layout.html",
    "templates/web/qr.html",
)
MUST_HOLD_KINDS = (("fontpkg_pt_sans/", ".ttf"), ("templates/", ".html"), ("chalicelib/", ".pyc"))


class Unfit(Exception):
    """The artefact would not work: too large, something is missing, or there twice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Artefact:
    """The zip for Lambda and its sizes in bytes."""

    path: Path
    zipped: int
    unzipped: int


def assemble(*, python: Interpreter, packages_zip: Path, app_zip: Path, folder: Path, path: Path) -> Artefact:
    """Make the zip of the dependencies and what `chalice package` put into the app's zip, compiled in ``folder``.

    Raises:
        Unfit: It would not work; see the class.
    """
    shutil.rmtree(folder, ignore_errors=True)
    with zipfile.ZipFile(app_zip) as zipped:
        zipped.extractall(folder)
    compiled(python, folder)
    new = path.with_suffix(".new")
    shutil.copyfile(packages_zip, new)
    write_zip(folder, new)
    unzipped = _checked(new)
    new.replace(path)
    return Artefact(path=path, zipped=path.stat().st_size, unzipped=unzipped)


def _checked(path: Path) -> int:
    """Return the unzipped size; raises Unfit."""
    with zipfile.ZipFile(path) as zipped:
        entries = zipped.infolist()
    unzipped = sum(entry.file_size for entry in entries)
    if unzipped > LIMIT:
        raise Unfit(f"{unzipped:,} bytes unzipped, Lambda takes {LIMIT:,}")
    names = [entry.filename for entry in entries]
    if len(names) != len(set(names)):
        raise Unfit("the app and a dependency hold files of the same name")
    missing = [name for name in MUST_HOLD if name not in names]
    missing += [
        f"{start}*{end}"
        for start, end in MUST_HOLD_KINDS
        if not any(name.startswith(start) and name.endswith(end) for name in names)
    ]
    if missing:
        raise Unfit("not in the package: " + ", ".join(missing))
    return unzipped
