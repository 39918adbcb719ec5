"""Group commit: answers wait until the changes made before them are on disk, together."""

from __future__ import annotations

import asyncio
import logging
import os
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from infra.local.cloud.journal import Journal

_log = logging.getLogger("polis.cloud")
_EXIT_STATUS = 70


def stop_at_once(problem: str) -> NoReturn:
    """End the process: memory and disk disagree, and going on would acknowledge what is lost."""
    _log.critical("the local cloud stops because its data cannot be written: %s", problem)
    logging.shutdown()
    os._exit(_EXIT_STATUS)


class GroupCommit:
    """One write at a time; everything that changed meanwhile goes into the next one."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._durable = 0
        self._write: asyncio.Task[None] | None = None
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="journal")

    async def barrier(self) -> None:
        """Return when every change announced before this call is durable.

        Reads wait too: nobody may see, and act upon, a value that a crash would take back.
        """
        target = self._journal.position
        while self._durable < target:
            if self._write is None:
                self._write = asyncio.get_running_loop().create_task(self._write_batch())
            await asyncio.shield(self._write)

    async def _write_batch(self) -> None:
        batch = self._journal.drain()
        loop = asyncio.get_running_loop()
        try:
            await loop.run_in_executor(self._thread, self._journal.write, batch)
        except Exception as failure:  # noqa: BLE001 - any failure to write means: stop
            stop_at_once(repr(failure))
        self._durable = batch.position
        self._write = None
