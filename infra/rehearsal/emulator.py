"""`python -m infra.rehearsal.emulator`: the emulator of AWS for one rehearsal.

Unlike infra.local.cloud it keeps nothing: each function would carry the whole zip into the journal,
and a rehearsal begins anew every time.  Runs in the local cloud's own environment, as do the functions.
"""

from __future__ import annotations

import asyncio
import os
import signal
from typing import TYPE_CHECKING, Any

from infra.local.cloud.server import CloudSettings

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, MutableMapping

# For policies that refuse unencrypted connections the loopback interface counts as an encrypted one.
_SECURE_CHANNEL = (b"x-forwarded-proto", b"https")


def run(settings: CloudSettings) -> None:
    """Serve until SIGTERM."""
    for name in ("services", "objects", "temporary"):
        (settings.folder / name).mkdir(mode=0o700, parents=True, exist_ok=True)
    os.environ.update(settings.emulator_environment())
    os.environ.update({"PERSIST_STATE": "0", "S3_PERSIST": "0"})
    asyncio.run(_serve(settings.port))


async def _serve(port: int) -> None:
    from hypercorn.asyncio import serve  # type: ignore[import-not-found]
    from hypercorn.config import Config  # type: ignore[import-not-found]
    from ministack import app as emulator

    async def secured(scope: MutableMapping[str, Any], receive: Any, send: Callable[[Any], Awaitable[None]]) -> None:
        if scope["type"] == "http":
            scope = {**scope, "headers": [*scope["headers"], _SECURE_CHANNEL]}
        await emulator.app(scope, receive, send)

    stopping = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopping.set)
    config = Config()
    config.bind = [f"127.0.0.1:{port}"]
    config.loglevel = "WARNING"
    await serve(secured, config, shutdown_trigger=stopping.wait)


if __name__ == "__main__":
    run(CloudSettings.from_environment(os.environ))
