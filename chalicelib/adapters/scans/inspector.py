"""Inspects scans in a child process that the kernel ends when a file is hostile."""

from __future__ import annotations

import ctypes
import json
import os
import signal
import subprocess
import sys
from dataclasses import asdict, replace
from itertools import accumulate, pairwise
from typing import Final

from chalicelib.adapters.scans.limits import ScanLimits
from chalicelib.domain.scan_verdict import ScanVerdict, refused
from chalicelib.ports.errors import Unavailable
from chalicelib.ports.scans import Inspection

_WORKER: Final = "chalicelib.adapters.scans.worker"
_PR_SET_DUMPABLE: Final = 4
# The kernel's bounds, and the way pdfium ends when it is given no more memory.
_GREEDY: Final = frozenset({-signal.SIGXCPU, -signal.SIGKILL, -signal.SIGABRT, -signal.SIGTRAP, -signal.SIGILL})


class SandboxedScanInspector:
    """Implements ``ScanInspector``; the child is given no environment, and limits that the kernel holds.

    It runs as the same user: it is kept from spending time and memory, and from this process's environment and
    memory, where the credentials are, but not from reading files or from the network (ADR 10).
    """

    def __init__(self, *, limits: ScanLimits | None = None) -> None:
        self._limits = limits or ScanLimits()
        close_to_children()

    def inspect(self, *, data: bytes, declared_media_type: str, max_pages: int) -> Inspection:
        """See ``ScanInspector.inspect``; the declared type decides nothing."""
        del declared_media_type
        if not data:
            return Inspection(verdict=refused(code="empty"))
        if len(data) > self._limits.max_bytes:
            return Inspection(verdict=refused(code="too_large"))
        done = self._run(data, replace(self._limits, max_pages=min(max_pages, self._limits.max_pages)))
        if done.returncode in _GREEDY:
            return Inspection(verdict=refused(code="too_complex"))
        if done.returncode != 0:
            return Inspection(verdict=refused(code="corrupted"))
        return _read(done.stdout)

    def _run(self, data: bytes, limits: ScanLimits) -> subprocess.CompletedProcess[bytes]:
        try:
            return subprocess.run(  # noqa: S603 - our own module, no shell, no text of the file
                [sys.executable, "-m", _WORKER, json.dumps(asdict(limits))],
                input=data,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=_environment(),
                timeout=limits.wall_seconds,
                check=False,
            )
        except (subprocess.TimeoutExpired, OSError) as failure:
            raise Unavailable("Проверка файла не успела завершиться") from failure


def _read(answer: bytes) -> Inspection:
    """Read what the child wrote: see ``worker.written``."""
    line, _, body = answer.partition(b"\n")
    found = json.loads(line)
    ends = accumulate(found["sizes"], initial=0)
    preview, *pages = [body[start:end] for start, end in pairwise(ends)]
    return Inspection(
        verdict=ScanVerdict(**found["verdict"]),
        preview=preview or None,
        pages=tuple(pages),
        fingerprint=found["fingerprint"],
    )


def close_to_children() -> None:
    """Let no other process of the same user read this one's environment and memory (``prctl(2)``)."""
    ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)


def _environment() -> dict[str, str]:
    """Give the child what it needs to import the same code as this process, and nothing else."""
    return {
        "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
        "PYTHONDONTWRITEBYTECODE": "1",
        "LD_LIBRARY_PATH": f"{sys.base_prefix}/lib",
    }
