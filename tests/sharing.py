"""Shares the tests among the processes that run them: the longest begin first, what is dear to make is made once."""

from __future__ import annotations

from zlib import crc32

from xdist.scheduler import LoadFileScheduling

LONGEST = (
    "tests/e2e/",
    "tests/concurrency/",
    "tests/packaging/",
    "tests/functional/test_call_budgets.py",
    "tests/functional/test_scan_inspection.py",
    "tests/functional/test_heic_scans.py",
    "tests/contract/test_memory_dynamodb.py",
    "tests/browser/",
    "tests/faults/",
    "tests/functional/test_verification.py",
    "tests/functional/test_insurer_change.py",
    "tests/functional/test_local_gateway.py",
    "tests/functional/",
)
"""Whatever is not here takes a second or two."""

TOGETHER = ("tests/e2e/", "tests/packaging/")
"""Folders whose tests share what takes many seconds to make: the running service, the package."""


def rank(nodeid: str) -> int:
    """Tell when a test is to begin, as compared with others."""
    return next((place for place, start in enumerate(LONGEST) if nodeid.startswith(start)), len(LONGEST))


class LongestFirst(LoadFileScheduling):
    """Gives a process the next file when it is done with the one before; some folders whole, the faults in halves."""

    def _split_scope(self, nodeid: str) -> str:
        for folder in TOGETHER:
            if nodeid.startswith(folder):
                return folder
        if nodeid.startswith("tests/faults/"):
            return f"tests/faults/{crc32(nodeid.encode()) % 2}"
        return super()._split_scope(nodeid)
