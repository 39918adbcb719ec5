"""AWS clients: one session, one lazy client per service, time-outs and retries set once, and the seam for faults.

Clients come from botocore, which is what boto3's clients are: boto3 itself would load its transfer manager for S3
and its resources, a fifth of a Lambda's start, and neither is used here.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Any

from botocore.config import Config
from botocore.loaders import JSONFileLoader, Loader
from botocore.session import get_session

Seam = Callable[[str, str], None]
"""Called around every AWS call with its name ("dynamodb.GetItem") and "before" or "after"."""

_USER_AGENT = "polis"
_MESSAGING = frozenset({"sns", "sesv2"})

_seams: list[Seam] = []


@lru_cache(maxsize=1)
def session() -> Any:
    """Return the process's session."""
    made = get_session()
    made.register_component("data_loader", _Tables())
    return made


class _PlainJSON(JSONFileLoader):  # type: ignore[misc]  # botocore has no types
    """Reads botocore's tables into plain dicts, which are ordered too, in a third of the time of OrderedDict."""

    def load_file(self, file_path: str) -> Any:
        """Read a table; the path is without its ending. None if there is none."""
        for ending, opened in ((".json", open), (".json.gz", gzip.open)):
            if Path(file_path + ending).is_file():
                with opened(file_path + ending, "rb") as file:
                    return json.load(file)
        return None


class _Tables(Loader):  # type: ignore[misc]  # botocore has no types
    """Finds botocore's tables by their folders, instead of looking into those of all four hundred services."""

    FILE_LOADER_CLASS = _PlainJSON

    def list_available_services(self, type_name: str) -> list[str]:  # noqa: ARG002 — the name is botocore's
        """Name every service that has a folder; what it lacks is missed when it is loaded."""
        found = (Path(path) for path in self.search_paths)
        return sorted({service.name for path in found if path.is_dir() for service in path.iterdir()})


_making = Lock()
_clients: dict[str, Any] = {}


def client(service: str) -> Any:
    """Return the one client of a service; making one is not safe in two threads at once."""
    if service not in _clients:
        with _making:
            if service not in _clients:
                _clients[service] = _made(service)
    return _clients[service]


def _made(service: str) -> Any:
    made = session().create_client(service, config=_config(service))
    made.meta.events.register("before-call", _before, unique_id="polis-seam-before")
    made.meta.events.register("after-call", _after, unique_id="polis-seam-after")
    return made


def forget_clients() -> None:
    """Let a test begin with new clients and a new session."""
    _clients.clear()
    session.cache_clear()


def _config(service: str) -> Config:
    if service in _MESSAGING:
        # A message whose answer got lost may have left: sending it again is decided above, not here.
        from chalicelib.adapters.notifications.failures import client_config  # noqa: PLC0415 — only there

        return client_config()
    return Config(
        # Both cost a quarter of a call's CPU (`make bench`): the long User-Agent is built anew for each call, and
        # what is wrong in a request the service refuses just the same.
        user_agent=_USER_AGENT,
        parameter_validation=False,
        connect_timeout=2,
        read_timeout=10,
        retries={"mode": "standard", "total_max_attempts": 3},
        signature_version="s3v4" if service == "s3" else None,
        max_pool_connections=32,
    )


def add_seam(seam: Seam) -> None:
    """Let a test see, and break, every AWS call."""
    _seams.append(seam)


def remove_seam(seam: Seam) -> None:
    """Take a seam away."""
    _seams.remove(seam)


def _name(model: Any) -> str:
    return f"{model.service_model.service_name}.{model.name}"


def _before(model: Any, **_: Any) -> None:
    for seam in _seams:
        seam(_name(model), "before")


def _after(model: Any, **_: Any) -> None:
    for seam in _seams:
        seam(_name(model), "after")
