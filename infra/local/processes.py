"""Starts, watches and stops the processes of the local service, each in its own process group."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

PROJECT = Path(__file__).parent.parent.parent
_POLL_SECONDS = 0.05
_HEALTHY_RUN_SECONDS = 60.0
_LONGEST_PAUSE_SECONDS = 30.0
_TAIL_BYTES = 3000


class ProcessFailed(Exception):
    """A process ended or did not become healthy; the text ends with the tail of its log."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessSpec:
    """How a process is run: a module, its environment, and where it says that it is healthy."""

    name: str
    module: str
    environment: Mapping[str, str] = field(repr=False)
    health_url: str
    python: Path = Path(sys.executable)
    start_seconds: float = 60.0
    stop_seconds: float = 10.0


class ManagedProcess:
    """One process that can be stopped, killed and started again."""

    def __init__(self, spec: ProcessSpec, *, log_folder: Path, leash: int) -> None:
        self.spec = spec
        self.log_path = log_folder / f"{spec.name}.log"
        self.wanted = False
        self._leash = leash
        self._process: subprocess.Popen[bytes] | None = None
        self._started_at = 0.0
        self._failures = 0

    @property
    def pid(self) -> int | None:
        """The process id, or `None` when it does not run."""
        return self._process.pid if self._process is not None and self.is_running() else None

    def is_running(self) -> bool:
        """Whether the process runs."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Start the process without waiting for its health."""
        command = [str(self.spec.python), "-m", "infra.local.leash", str(self._leash), self.spec.module]
        with self.log_path.open("ab") as log:
            self._process = subprocess.Popen(
                command,
                cwd=PROJECT,
                env=dict(self.spec.environment),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                pass_fds=(self._leash,),
            )
        self._started_at = time.monotonic()
        self.wanted = True

    def wait_until_healthy(self, is_cancelled: Callable[[], bool] = lambda: False) -> None:
        """Return when the process answers; raises `ProcessFailed` if it ends or takes too long."""
        deadline = time.monotonic() + self.spec.start_seconds
        while not answers(self.spec.health_url):
            if not self.is_running():
                raise ProcessFailed(f"{self.spec.name} ended while starting.\n{self.log_tail()}")
            if time.monotonic() > deadline or is_cancelled():
                raise ProcessFailed(f"{self.spec.name} is not healthy.\n{self.log_tail()}")
            time.sleep(_POLL_SECONDS)

    def ask_to_stop(self) -> None:
        """Ask the process to stop without waiting; `stop` waits."""
        if self.wanted and self.is_running():
            self._signal(signal.SIGTERM)
        self.wanted = False

    def stop(self) -> None:
        """Ask the process to stop, kill its group if it takes too long."""
        self.ask_to_stop()
        if self._process is None:
            return
        if self._process.poll() is None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(self.spec.stop_seconds)
        self._signal(signal.SIGKILL)
        self._process.wait()

    def kill(self) -> None:
        """Kill the process and all its children at once, and leave it dead (kill -9)."""
        self.wanted = False
        if self._process is not None:
            self._signal(signal.SIGKILL)
            self._process.wait()

    def crash(self) -> None:
        """Kill the process and all its children behind the back of whoever watches it (kill -9)."""
        self._signal(signal.SIGKILL)

    def pause_before_restart(self) -> float:
        """Return how many seconds to wait before the next start after a crash."""
        if time.monotonic() - self._started_at > _HEALTHY_RUN_SECONDS:
            self._failures = 0
        self._failures += 1
        return float(min(0.5 * 2 ** (self._failures - 1), _LONGEST_PAUSE_SECONDS))

    def log_tail(self) -> str:
        """Return the end of the log, for messages."""
        try:
            content = self.log_path.read_bytes()[-_TAIL_BYTES:]
        except OSError:
            return ""
        return content.decode(errors="replace")

    def _signal(self, number: int) -> None:
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, number)


def answers(url: str) -> bool:
    """Whether a process answers at a URL, with anything but a failure of its own."""
    try:
        with urllib.request.urlopen(url, timeout=2):  # noqa: S310 - a loopback address of ours
            return True
    except urllib.error.HTTPError as answer:
        return answer.code < 500  # noqa: PLR2004 - a server that refuses is a server that works
    except OSError:
        return False
