"""One HTTP exchange with the gateway: the seam at which tests inject faults."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from urllib3 import BaseHTTPResponse, PoolManager


@dataclass(frozen=True, slots=True, kw_only=True)
class WireRequest:
    """What is sent; ``seconds`` is the longest that the whole exchange may take.

    The body holds personal data and stays out of ``repr``.
    """

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = field(default=None, repr=False)
    seconds: float = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class WireResponse:
    """What came back; names of headers are in lower case, the body stays out of ``repr``."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = field(default=b"", repr=False)


class WireFailed(Exception):
    """No usable answer came: refused, broken off, too slow, too large; says only the kind."""


Transport = Callable[[WireRequest], WireResponse]


class URLLib3Transport:
    """Exchanges over pooled connections; never follows redirects, never retries by itself."""

    def __init__(self, *, connect_seconds: float, read_seconds: float, max_bytes: int = 64 * 1024) -> None:
        self._connect = connect_seconds
        self._read = read_seconds
        self._max_bytes = max_bytes
        self._pool: PoolManager | None = None

    def __call__(self, request: WireRequest) -> WireResponse:
        """Send one request.

        Raises:
            WireFailed: no complete answer within the time and size allowed.
        """
        from urllib3.exceptions import HTTPError  # noqa: PLC0415 - only the worker asks registers

        deadline = time.monotonic() + request.seconds
        try:
            response = self._open(request)
            try:
                body = self._body(response, deadline)
            except BaseException:
                response.close()
                raise
            response.release_conn()
        except HTTPError as error:
            # The text of urllib3's errors is dropped: it may repeat what was sent.
            raise WireFailed(type(error).__name__) from None
        headers = {name.lower(): value for name, value in response.headers.items()}
        return WireResponse(status=response.status, headers=headers, body=body)

    def _open(self, request: WireRequest) -> BaseHTTPResponse:
        from urllib3 import PoolManager, Timeout  # noqa: PLC0415 - as above

        if self._pool is None:
            self._pool = PoolManager(num_pools=2, maxsize=8)
        return self._pool.request(
            request.method,
            request.url,
            body=request.body,
            headers=dict(request.headers),
            timeout=Timeout(connect=self._connect, read=self._read, total=request.seconds),
            retries=False,
            redirect=False,
            preload_content=False,
            decode_content=False,
        )

    def _body(self, response: BaseHTTPResponse, deadline: float) -> bytes:
        """Read until the end; a read time-out alone would let a dripping answer last for ever."""
        body = bytearray()
        while chunk := response.read1(self._max_bytes + 1, decode_content=False):
            body += chunk
            if len(body) > self._max_bytes:
                raise WireFailed("OversizedAnswer")
            if time.monotonic() > deadline:
                raise WireFailed("SlowAnswer")
        return bytes(body)
