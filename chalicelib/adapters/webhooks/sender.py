"""Sends webhooks by urllib3 to the very address that was judged: a name cannot mean another one meanwhile.

The name is resolved, every address behind it must be public, and the connection goes to one of them under that name.
Nothing is retried here, no redirect is followed, and of the answer only the status is read.
"""

from __future__ import annotations

import logging
import socket
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import SplitResult, urlsplit

from chalicelib.domain.errors import InvalidValue
from chalicelib.domain.webhook_address import is_public, parse_address
from chalicelib.ports.webhooks import HookAnswer

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    Resolver = Callable[[str, int], Sequence[str]]

log = logging.getLogger(__name__)

CONNECT_SECONDS: Final = 2.0
ANSWER_SECONDS: Final = 4.0
"""A receiver answers at once and works afterwards; so a run of messages fits into its Lambda."""

GONE: Final = 410
UNRESOLVED, NOT_PUBLIC = "unresolved", "not_public"
_USER_AGENT: Final = "polis-webhooks/1"


def resolve(host: str, port: int) -> list[str]:
    """The addresses behind a name; raises OSError."""
    found = socket.getaddrinfo(host, port, proto=socket.IPPROTO_TCP)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class HttpHookSender:
    """Implements the HookSender port; ``is_local_home`` also lets messages go to this machine."""

    def __init__(self, *, is_local_home: bool = False, resolver: Resolver = resolve, trust: Any = None) -> None:
        self._is_local_home = is_local_home
        self._resolve = resolver
        self._trust = trust

    def refusal(self, *, url: str) -> str:
        """See ``HookSender.refusal``."""
        return self._addresses(urlsplit(url))[1]

    def send(self, *, url: str, headers: Mapping[str, str], body: bytes) -> HookAnswer:
        """See ``HookSender.send``."""
        try:
            parts = urlsplit(parse_address(url=url, is_local_home=self._is_local_home))
        except InvalidValue:
            return HookAnswer.FAILED
        addresses, refused = self._addresses(parts)
        if refused:
            log.warning("webhook not sent", extra={"reason": refused})
            return HookAnswer.FAILED
        status = self._status(parts, addresses[0], headers, body)
        if status == GONE:
            return HookAnswer.GONE
        return HookAnswer.TAKEN if 200 <= status < 300 else HookAnswer.FAILED  # noqa: PLR2004 — the class of success

    def _addresses(self, parts: SplitResult) -> tuple[list[str], str]:
        try:
            found = list(self._resolve(parts.hostname or "", _port(parts)))
        except (OSError, UnicodeError):
            found = []
        if not found:
            return [], UNRESOLVED
        if not self._is_local_home and not all(map(is_public, found)):
            return [], NOT_PUBLIC
        return found, ""

    def _status(self, parts: SplitResult, address: str, headers: Mapping[str, str], body: bytes) -> int:
        """The status of the answer, 0 where none came in time."""
        from urllib3 import Timeout  # noqa: PLC0415 — only the worker sends
        from urllib3.exceptions import HTTPError  # noqa: PLC0415 — as above

        pool = self._pool(parts, address)
        try:
            answer = pool.urlopen(
                "POST",
                parts.path or "/",
                body=body,
                headers={
                    **headers,
                    "Host": parts.netloc,
                    "Content-Type": "application/json",
                    "User-Agent": _USER_AGENT,
                },
                timeout=Timeout(connect=CONNECT_SECONDS, read=ANSWER_SECONDS, total=ANSWER_SECONDS),
                retries=False,
                redirect=False,
                preload_content=False,
            )
            status: int = answer.status
            answer.close()
        except (HTTPError, OSError) as failure:
            # The text of such errors may quote the address: its kind never does.
            log.info("webhook unanswered", extra={"failure": type(failure).__name__})
            return 0
        finally:
            pool.close()
        return status

    def _pool(self, parts: SplitResult, address: str) -> Any:
        from urllib3 import HTTPConnectionPool, HTTPSConnectionPool  # noqa: PLC0415 — as above

        port = _port(parts)
        if parts.scheme == "http":
            return HTTPConnectionPool(address, port)
        name = parts.hostname
        return HTTPSConnectionPool(
            address,
            port,
            server_hostname=name,
            assert_hostname=name,
            cert_reqs="CERT_REQUIRED",
            **({"ssl_context": self._trust} if self._trust is not None else {}),
        )


def _port(parts: SplitResult) -> int:
    return parts.port or (80 if parts.scheme == "http" else 443)
