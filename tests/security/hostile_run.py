"""A process that reads hostile files as the service does: `python -m tests.security.hostile_run FOLDER`.

FOLDER holds files named after who reads them (`list-7`). Prints, as JSON, the refusal of each, and the most memory that
this process, or any that it started, ever had, in MB.
"""

from __future__ import annotations

import json
import resource
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from chalicelib.adapters.scans.inspector import SandboxedScanInspector
from chalicelib.adapters.sheets.sheets import FileSheets
from chalicelib.domain.errors import InvalidValue
from chalicelib.domain.exchange_check import check_exchange_file
from chalicelib.domain.registry_file import read_registry

if TYPE_CHECKING:
    from collections.abc import Callable

ACCEPTED = "accepted"


def _scan(data: bytes) -> str:
    found = SandboxedScanInspector().inspect(data=data, declared_media_type="image/jpeg", max_pages=20)
    return found.verdict.code


def _list(data: bytes) -> str:
    for _ in FileSheets().rows(data=data):
        pass
    return ACCEPTED


def _registry(data: bytes) -> str:
    read_registry(data=data)
    return ACCEPTED


def _exchange(data: bytes) -> str:
    check_exchange_file(name="s77012_0_03261", data=data)
    return ACCEPTED


READERS: dict[str, Callable[[bytes], str]] = {
    "scan": _scan,
    "list": _list,
    "registry": _registry,
    "exchange": _exchange,
}


def refusal(family: str, data: bytes) -> str:
    """The code with which a reader refuses a file, or ``accepted``."""
    try:
        return READERS[family](data)
    except InvalidValue as refused:
        return refused.reason


def main() -> None:
    """Read every file of the folder."""
    codes = {path.name: refusal(path.name.partition("-")[0], path.read_bytes()) for path in Path(sys.argv[1]).iterdir()}
    print(json.dumps({"codes": codes, "peak_mb": max(_own_peak(), _peak_of_children()) // 1024}))


def _own_peak() -> int:
    # The kernel's record of the process, not its accounts: those begin with the memory of who started it.
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0])


def _peak_of_children() -> int:
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss


if __name__ == "__main__":
    main()
