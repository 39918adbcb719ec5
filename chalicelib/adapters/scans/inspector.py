"""Inspects scans in a child process that the kernel ends when a file is hostile."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from dataclasses import asdict
from typing import Final

from chalicelib.adapters.scans.limits import ScanLimits
from chalicelib.domain.scan_verdict import ScanVerdict, refused
from chalicelib.ports.errors import Unavailable

_WORKER: Final = "chalicelib.adapters.scans.worker"
# The kernel's bounds, and the way pdfium ends when it is given no more memory.
_GREEDY: Final = frozenset({-signal.SIGXCPU, -signal.SIGKILL, -signal.SIGABRT, -signal.SIGTRAP, -signal.SIGILL})


class SandboxedScanInspector:
    """Implements ``ScanInspector``; the child is given no environment, and limits that the kernel holds.

    It runs as the same user: what it is kept from is spending time and memory, not reading (ADR 10).
    """

    def __init__(self, *, limits: ScanLimits | None = None) -> None:
        self._limits = limits or ScanLimits()

    def inspect(self, *, data: bytes, declared_media_type: str) -> tuple[ScanVerdict, bytes | None]:
        """See ``ScanInspector.inspect``; the declared type decides nothing."""
        del declared_media_type
        if not data:
            return refused(code="empty"), None
        if len(data) > self._limits.max_bytes:
            return refused(code="too_large"), None
        done = self._run(data)
        if done.returncode in _GREEDY:
            return refused(code="too_complex"), None
        if done.returncode != 0:
            return refused(code="corrupted"), None
        line, _, thumbnail = done.stdout.partition(b"\n")
        return ScanVerdict(**json.loads(line)), thumbnail or None

    def _run(self, data: bytes) -> subprocess.CompletedProcess[bytes]:
        try:
            return subprocess.run(  # noqa: S603 - our own module, no shell, no text of the file
                [sys.executable, "-m", _WORKER, json.dumps(asdict(self._limits))],
                input=data,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=_environment(),
                timeout=self._limits.wall_seconds,
                check=False,
            )
        except (subprocess.TimeoutExpired, OSError) as failure:
            raise Unavailable("Проверка файла не успела завершиться") from failure


def _environment() -> dict[str, str]:
    """Give the child what it needs to import the same code as this process, and nothing else."""
    return {
        "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
        "PYTHONDONTWRITEBYTECODE": "1",
        "LD_LIBRARY_PATH": f"{sys.base_prefix}/lib",
    }
