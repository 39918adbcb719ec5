"""More than a hundred hostile files, made by code: each is refused by its true name, no reader dies or swells (C2)."""

from __future__ import annotations

import json
import subprocess
import sys
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.functional import scan_files as make
from tests.security.hostile_pdfs import pdfs
from tests.security.hostile_pictures import pictures
from tests.security.hostile_tables import exchange_files, huge_lists, huge_registry_files, lists, registry_files, sheet
from tests.security.scale import WHOLE, note

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.security.hostile import Hostile

ROOT = Path(__file__).parents[2]
MOST_MEMORY_MB = 512
TABLES = {
    "list": (lists, huge_lists),
    "registry": (registry_files, huge_registry_files),
    "exchange": (exchange_files, tuple),
}
"""Those of the second kind take seconds: `make security` makes them."""


def _refused(folder: Path, family: str, files: Iterable[Hostile], good: bytes = b"") -> int:
    wanted = {}
    for number, hostile in enumerate(files):
        (folder / f"{family}-{number}").write_bytes(hostile.data)
        wanted[f"{family}-{number}"] = hostile
    if good:
        (folder / f"{family}-good").write_bytes(good)
    run = [sys.executable, "-m", "tests.security.hostile_run", str(folder)]
    done = subprocess.run(run, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    told = json.loads(done.stdout)
    codes = told["codes"]
    assert codes.pop(f"{family}-good", "accepted") == "accepted", "what came after hostile files was refused"
    wrong = {wanted[name].name: code for name, code in codes.items() if code not in wanted[name].codes}
    assert not wrong
    assert codes.keys() == wanted.keys()
    assert told["peak_mb"] < MOST_MEMORY_MB
    note(**{f"hostile_{family}": len(codes), f"peak_mb_{family}": told["peak_mb"]})
    return len(codes)


def test_scans(tmp_path: Path) -> None:
    # The inspection of scans has tests of its own; here a spread of the corpus, and all of it by `make security`.
    every = list(chain(pictures(), pdfs()))
    assert len(every) > 80
    files = every if WHOLE else every[::6]
    _refused(tmp_path, "scan", files, make.png(make.page()))


@pytest.mark.parametrize("family", ["list", "registry", "exchange"])
def test_tables_and_xml(tmp_path: Path, family: str) -> None:
    quick, slow = TABLES[family]
    files = [*quick(), *(slow() if WHOLE else ())]
    assert _refused(tmp_path, family, files, sheet() if family == "list" else b"") > 8
