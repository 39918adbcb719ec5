"""The whole service in this process, as the functional tests run it."""

from __future__ import annotations

import io
import logging
import os
import tempfile
from contextlib import contextmanager, redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.world import World

SETTLED = {
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_DEFAULT_REGION": "eu-central-1",
    "LOG_LEVEL": "WARNING",
    "WEB_ORIGIN": "https://polis.example.org",
}


@contextmanager
def opened(*, wire: bool = False) -> Iterator[World]:
    """Open it over a new, empty in-process cloud; with ``wire`` DynamoDB is asked by requests, as on AWS."""
    for name in ("AWS_PROFILE", "AWS_ENDPOINT_URL", "AWS_SESSION_TOKEN", "_HANDLER"):
        os.environ.pop(name, None)
    os.environ |= SETTLED
    logging.disable(logging.INFO)
    from chalicelib.adapters import aws
    from infra.local.identity_provider import running
    from tests.visitors import BASE
    from tests.world import open_world

    aws.forget_clients()
    try:
        with (
            tempfile.TemporaryDirectory() as folder,
            running(Path(folder), redirect_uris=frozenset({f"{BASE}/sign-in/callback"})) as issuer,
            # The access log would bury the table of figures.
            redirect_stdout(io.StringIO()),
            open_world(issuer, wire=wire) as world,
        ):
            yield world
    finally:
        logging.disable(logging.NOTSET)
