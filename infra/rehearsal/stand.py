"""The processes of a rehearsal: the emulator, the stand-ins for sign-in and registers; no code of the service."""

from __future__ import annotations

import contextlib
import os
from dataclasses import asdict, replace
from typing import TYPE_CHECKING

from infra.local import blueprint
from infra.local.ports import choose_ports
from infra.local.processes import ManagedProcess

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextlib.contextmanager
def stand(*, folder: Path, cloud_python: Path) -> Iterator[dict[str, str]]:
    """Run them during a `with` block; gives the base URLs: cloud, identity, registers.

    Functions run under ``cloud_python``, so its version must be that of the package.  Raises
    infra.local.processes.ProcessFailed.
    """
    (folder / "logs").mkdir(parents=True)
    urls = {name: f"http://127.0.0.1:{port}" for name, port in asdict(choose_ports("auto", folder)).items()}
    emulator = replace(
        blueprint.cloud(urls, folder, ""),
        module="infra.rehearsal.emulator",
        python=cloud_python,
        health_url=f"{urls['cloud']}/_ministack/health",
    )
    reader, writer = os.pipe()
    with contextlib.ExitStack() as undo:
        undo.callback(os.close, reader)
        undo.callback(os.close, writer)
        started = []
        for spec in (emulator, *blueprint.simulators(urls, folder)):
            process = ManagedProcess(spec, log_folder=folder / "logs", leash=reader)
            undo.callback(process.stop)
            process.start()
            started.append(process)
        for process in started:
            process.wait_until_healthy()
        yield urls
