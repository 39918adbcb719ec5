"""The registers' simulator as a process: ``python -m infra.local.registers_simulator``.

Environment: ``REGISTERS_PORT`` (default 8092), ``REGISTERS_HOST`` (a loopback address, default
127.0.0.1), ``LOCAL_STATE_DIR`` (default ``.local``) keeps answers, tickets and behaviours.
"""

from __future__ import annotations

import os
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from infra.local.http_service import serve_until_stopped, serving
from infra.local.registers.service import RegistersService
from infra.local.registers.state import SimulatorState

if TYPE_CHECKING:
    from collections.abc import Iterator

_FILE = "registers.sqlite3"


@contextmanager
def running(state_dir: Path, *, port: int = 0) -> Iterator[str]:
    """Run the simulator in this process until the block ends; yields its base URL."""
    state = SimulatorState(state_dir / _FILE, now=time.time())
    try:
        with serving(RegistersService(state), port=port) as url:
            yield url
    finally:
        state.close()


def main() -> None:
    """Run the simulator until it is stopped."""
    state_dir = Path(os.environ.get("LOCAL_STATE_DIR", ".local"))
    state = SimulatorState(state_dir / _FILE, now=time.time())
    try:
        serve_until_stopped(
            "registers simulator",
            RegistersService(state),
            host=os.environ.get("REGISTERS_HOST", "127.0.0.1"),
            port=int(os.environ.get("REGISTERS_PORT", "8092")),
        )
    finally:
        state.close()


if __name__ == "__main__":
    main()
