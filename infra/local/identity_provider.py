"""The local OpenID provider as a process: ``python -m infra.local.identity_provider``.

Environment: ``IDP_PORT`` (default 8091), ``IDP_ISSUER`` (default the address it listens at),
``IDP_AUDIENCE`` and ``IDP_CLIENT_IDS`` (default ``polis``; the latter separated by spaces),
``IDP_REDIRECT_URIS`` (beyond the loopback, separated by spaces), ``LOCAL_STATE_DIR`` (default
``.local``) keeps the key, grants and added persons.
"""

from __future__ import annotations

import os
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from infra.local.http_service import Problem, Request, Response, serve_until_stopped, serving
from infra.local.identity.configuration import Configuration
from infra.local.identity.grants import Grants
from infra.local.identity.service import IdentityProvider
from infra.local.identity.tokens import TokenMint

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_KEY = "identity_provider.pem"
_FILE = "identity_provider.sqlite3"


@contextmanager
def provider(
    state_dir: Path, configuration: Configuration, *, clock: Callable[[], float] = time.time
) -> Iterator[IdentityProvider]:
    """Open the provider over its state folder."""
    grants = Grants(state_dir / _FILE)
    try:
        mint = TokenMint(state_dir / _KEY, configuration)
        yield IdentityProvider(configuration=configuration, mint=mint, grants=grants, clock=clock)
    finally:
        grants.close()


@contextmanager
def running(
    state_dir: Path,
    *,
    port: int = 0,
    clock: Callable[[], float] = time.time,
    redirect_uris: frozenset[str] = frozenset(),
) -> Iterator[str]:
    """Run the provider in this process until the block ends; yields its issuer.

    ``redirect_uris`` are the addresses beyond this machine to which it may send a browser back.
    """
    services: list[IdentityProvider] = []

    def service(request: Request) -> Response:
        if not services:
            raise Problem(503, "starting")
        return services[0](request)

    # The issuer holds the port, which is known only once the server listens.
    with (
        serving(service, port=port) as url,
        provider(state_dir, Configuration(issuer=url, redirect_uris=redirect_uris), clock=clock) as opened,
    ):
        services.append(opened)
        yield url


def main() -> None:
    """Run the provider until it is stopped."""
    port = int(os.environ.get("IDP_PORT", "8091"))
    configuration = Configuration(
        issuer=os.environ.get("IDP_ISSUER", f"http://127.0.0.1:{port}").rstrip("/"),
        audience=os.environ.get("IDP_AUDIENCE", "polis"),
        client_ids=frozenset(os.environ.get("IDP_CLIENT_IDS", "polis").split()),
        redirect_uris=frozenset(os.environ.get("IDP_REDIRECT_URIS", "").split()),
    )
    with provider(Path(os.environ.get("LOCAL_STATE_DIR", ".local")), configuration) as service:
        serve_until_stopped("identity provider", service, host="127.0.0.1", port=port)


if __name__ == "__main__":
    main()
