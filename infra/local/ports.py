"""Which loopback ports the local service uses: the well-known ones, or free ones."""

from __future__ import annotations

import json
import random
import socket
from dataclasses import asdict, dataclass, fields
from itertools import islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_FILE = "ports.json"
# Below what systems give to whoever asks for any port, outgoing connections too: nothing takes these by chance between
# their choice and their use, or while their process is started anew.
_CHOICE = range(10_000, 32_768)


class PortTaken(Exception):
    """Another program listens on a port that is needed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """One port for each process that listens."""

    web: int = 8000
    cloud: int = 4566
    identity: int = 9000
    registers: int = 9100
    pump: int = 9200
    texts: int = 9300


def choose_ports(mode: str, folder: Path) -> Ports:
    """Return the ports for `mode`, "default" or "auto".

    Automatic ports are kept with the data: the addresses of queues contain the cloud's port.

    Raises:
        PortTaken: A default port is in use; the text says by which process of ours it is needed.
    """
    if mode == "default":
        return _require_free(Ports())
    kept = _kept_ports(folder / _FILE)
    if kept is not None and not _taken(kept):
        ports = kept
    else:
        names = [field.name for field in fields(Ports)]
        ports = Ports(**dict(zip(names, free_ports(len(names)), strict=True)))
    (folder / _FILE).write_text(json.dumps(asdict(ports)))
    return ports


def _require_free(ports: Ports) -> Ports:
    taken = _taken(ports)
    if taken:
        names = ", ".join(f"{port} ({name})" for name, port in taken.items())
        raise PortTaken(
            f"Port in use: {names}. Stop the program that listens there, or start with free ports: make run PORTS=auto"
        )
    return ports


def _taken(ports: Ports) -> dict[str, int]:
    return {name: port for name, port in asdict(ports).items() if not _is_free(port)}


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def free_ports(count: int) -> list[int]:
    """Return ports that nobody uses and that the system gives to nobody unasked."""
    shuffled = random.SystemRandom().sample(_CHOICE, len(_CHOICE))
    return list(islice(filter(_is_free, shuffled), count))


def _kept_ports(path: Path) -> Ports | None:
    try:
        return Ports(**json.loads(path.read_text()))
    except (OSError, ValueError, TypeError):
        return None
