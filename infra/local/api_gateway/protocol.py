"""uvicorn's HTTP/1.1 protocol with the bounds that a server without a proxy in front needs."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from infra.local.api_gateway.options import options_from_environment
from infra.local.api_gateway.problems import (
    MALFORMED_REQUEST,
    OVERLOADED,
    Problem,
    problem_body,
    problem_headers,
)

if TYPE_CHECKING:
    import asyncio


_LINGER_SECONDS = 0.5


class BoundedProtocol(H11Protocol):  # type: ignore[misc]  # uvicorn is not seen by mypy
    """Bounds the number of connections and the time for a head; refuses in problem+json."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        options = options_from_environment()
        self._most_connections = options.max_connections
        self._header_timeout = options.header_timeout
        self._head_timer: asyncio.TimerHandle | None = None
        self._too_many = False
        self._refused = False

    def connection_made(self, transport: Any) -> None:
        """Accept; one connection too many is refused with 503 when its request comes."""
        super().connection_made(transport)
        self._too_many = len(self.connections) > self._most_connections
        self._await_head()

    def data_received(self, data: bytes) -> None:
        """Take bytes; a head that trickles in is given up after the header time-out."""
        if self._refused:
            return
        if self._too_many:
            self._refuse(OVERLOADED)
            return
        super().data_received(data)
        if self.conn.their_state is h11.IDLE:
            if self._head_timer is None and self.conn.trailing_data[0]:
                self._await_head()
        else:
            self._head_came()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the timer."""
        self._head_came()
        super().connection_lost(exc)

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002  # uvicorn's English text
        """Answer what is not HTTP."""
        self._refuse(MALFORMED_REQUEST)

    def _await_head(self) -> None:
        self._head_timer = self.loop.call_later(self._header_timeout, self.transport.close)

    def _head_came(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def _refuse(self, problem: Problem) -> None:
        request_id = str(uuid.uuid4())
        body = problem_body(problem, request_id)
        headers = [
            *problem_headers(problem, {"Connection": "close"}),
            (b"content-length", str(len(body)).encode()),
        ]
        event = h11.Response(status_code=problem.status, headers=headers, reason=b"")
        if self.conn.our_state in {h11.IDLE, h11.SEND_RESPONSE}:
            for part in (event, h11.Data(data=body), h11.EndOfMessage()):
                self.transport.write(self.conn.send(part) or b"")
        self._linger()

    def _linger(self) -> None:
        """Read on for a moment: closing at once would reset the connection and lose the answer."""
        self._refused = True
        self._head_came()
        if self.transport.can_write_eof():
            self.transport.write_eof()
        self.loop.call_later(_LINGER_SECONDS, self.transport.close)
