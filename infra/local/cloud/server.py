"""Starts the emulator on one loopback port with its data in one folder."""

from __future__ import annotations

import asyncio
import fcntl
import logging
import os
import signal
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import IO

_log = logging.getLogger("polis.cloud")
_BACKGROUND_SECONDS = 2.0
_LOOPBACK = "127.0.0.1"


@dataclass(frozen=True, slots=True, kw_only=True)
class CloudSettings:
    """Where the local cloud listens and keeps its data."""

    port: int
    folder: Path
    region: str
    administrator_secret: str

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> CloudSettings:
        """Read CLOUD_PORT, CLOUD_DATA, CLOUD_ADMINISTRATOR_SECRET and AWS_DEFAULT_REGION."""
        return cls(
            port=int(environment.get("CLOUD_PORT", "4566")),
            folder=Path(environment["CLOUD_DATA"]).resolve(),
            region=environment.get("AWS_DEFAULT_REGION", "eu-central-1"),
            administrator_secret=environment.get("CLOUD_ADMINISTRATOR_SECRET", ""),
        )

    def emulator_environment(self) -> dict[str, str]:
        """Return what the emulator reads from its environment when it is imported."""
        return {
            "AUTH": "true",  # check signatures, policies and CORS rules as the real services do
            "BIND_HOST": _LOOPBACK,
            "GATEWAY_PORT": str(self.port),
            "MINISTACK_HOST": _LOOPBACK,
            "MINISTACK_REGION": self.region,
            "SFTP_ENABLED": "0",
            "IOT_MTLS_ENABLED": "0",
            "PERSIST_STATE": "1",
            "STATE_DIR": str(self.folder / "services"),
            "S3_PERSIST": "1",
            "S3_DATA_DIR": str(self.folder / "objects"),
            "TMPDIR": str(self.folder / "temporary"),
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
        }


def run(settings: CloudSettings) -> None:
    """Serve until SIGTERM or SIGINT; raises `SystemExit` if the folder is in use."""
    for name in ("services", "objects", "temporary"):
        (settings.folder / name).mkdir(mode=0o700, parents=True, exist_ok=True)
    with (settings.folder / "lock").open("w") as lock:
        _take(lock, settings.folder)
        os.environ.update(settings.emulator_environment())
        asyncio.run(_serve(settings))


def _take(lock: IO[str], folder: Path) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        sys.exit(f"another local cloud uses {folder}")


async def _serve(settings: CloudSettings) -> None:
    from hypercorn.asyncio import serve  # type: ignore[import-not-found]
    from hypercorn.config import Config  # type: ignore[import-not-found]

    gate, durability = _assemble(settings)
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    config = Config()
    config.bind = [f"{_LOOPBACK}:{settings.port}"]
    config.keep_alive_timeout = 75
    config.graceful_timeout = 2
    config.loglevel = "WARNING"
    background = loop.create_task(_save_in_background(durability))
    try:
        await serve(gate, config, shutdown_trigger=stopping.wait)
    finally:
        background.cancel()


def _assemble(settings: CloudSettings) -> tuple[Any, Any]:
    """Install the observers, in the order in which the stores depend on each other."""
    from ministack import app as emulator

    from infra.local.cloud import objects
    from infra.local.cloud.commit import GroupCommit
    from infra.local.cloud.gate import Durability, Gate
    from infra.local.cloud.journal import Journal
    from infra.local.cloud.outgoing import OutgoingJournal
    from infra.local.cloud.queues import QueueJournal
    from infra.local.cloud.states import ServiceStates, settle_interrupted_stacks
    from infra.local.cloud.tables import TableJournal

    journal = Journal(settings.folder / "journal.sqlite")
    durability = Durability(
        journal=journal,
        commit=GroupCommit(journal),
        tables=TableJournal(journal),
        queues=QueueJournal(journal),
        states=ServiceStates(journal),
    )
    outgoing = OutgoingJournal(journal)
    objects.remove_partial_files(settings.folder / "objects")
    objects.install()
    for part in (durability.tables, durability.queues, durability.states, outgoing):
        part.install()
    load_states = emulator._load_persisted_state  # noqa: SLF001 - the seam of the pinned version

    def restore() -> None:
        with journal.muted():
            load_states()
            durability.tables.restore()
            durability.queues.restore()
            outgoing.restore()
        settle_interrupted_stacks()
        _log.info("restored from %s", settings.folder)

    emulator._load_persisted_state = restore  # noqa: SLF001 - as above
    return Gate(emulator.app, durability, settings.administrator_secret), durability


async def _save_in_background(durability: Any) -> None:
    """Save what timers and workers changed without any call."""
    while True:
        await asyncio.sleep(_BACKGROUND_SECONDS)
        durability.states.save_all()
        await durability.commit.barrier()
