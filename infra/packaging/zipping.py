"""Zips folders so that equal contents make equal zips."""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_MOMENT = (1980, 1, 1, 0, 0, 0)
_FILE_MODE = 0o100644 << 16
_LEVEL = 6


def write_zip(folder: Path, path: Path) -> None:
    """Write the files of a folder to a zip, or append them: sorted, with one date and one mode."""
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL) as zipped:
        for name, file in sorted((str(file.relative_to(folder)), file) for file in files(folder)):
            entry = zipfile.ZipInfo(name, _MOMENT)
            entry.external_attr = _FILE_MODE
            entry.compress_type = zipfile.ZIP_DEFLATED
            zipped.writestr(entry, file.read_bytes(), compresslevel=_LEVEL)


def files(folder: Path) -> list[Path]:
    """Return all files under a folder."""
    return [path for path in folder.rglob("*") if path.is_file()]
