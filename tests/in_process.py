"""Requests to an ASGI application of the same process, without what only a network needs."""

from __future__ import annotations

import asyncio
import atexit
import threading
from datetime import timedelta
from typing import Any

import httpx

_loops = threading.local()


def _loop() -> asyncio.AbstractEventLoop:
    """One loop for all requests of a thread: to make one, with a thread of its own, takes longer than a handler."""
    if not hasattr(_loops, "mine"):
        _loops.mine = asyncio.new_event_loop()
        atexit.register(_loops.mine.close)
    return _loops.mine


class InProcess(httpx.BaseTransport):
    """Hands each request to the application and waits for the whole answer."""

    def __init__(self, app: Any, *, address: str = "127.0.0.1") -> None:
        """Tell from which address the requests come."""
        self._app = app
        self._client = (address, 40_000)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Carry out one request (ASGI 3)."""
        exchange = _Exchange(request.read())
        _loop().run_until_complete(self._app(self._scope(request), exchange.receive, exchange.send))
        return exchange.answer(of=request)

    def _scope(self, request: httpx.Request) -> dict[str, Any]:
        return {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": request.method,
            "headers": [(name.lower(), value) for name, value in request.headers.raw],
            "scheme": request.url.scheme,
            "path": request.url.path,
            "raw_path": request.url.raw_path.partition(b"?")[0],
            "query_string": request.url.query,
            "server": (request.url.host, request.url.port),
            "client": self._client,
            "root_path": "",
        }


class _Exchange:
    """The body on its way in, the answer on its way out."""

    def __init__(self, body: bytes) -> None:
        self._incoming = [{"type": "http.request", "body": body, "more_body": False}]
        self._sent: list[Any] = []

    async def receive(self) -> Any:
        """Give the body, and then nothing more: the client stays."""
        if self._incoming:
            return self._incoming.pop()
        return await asyncio.get_running_loop().create_future()

    async def send(self, message: Any) -> None:
        self._sent.append(message)

    def answer(self, *, of: httpx.Request) -> httpx.Response:
        start, *parts = self._sent
        assert start["type"] == "http.response.start"
        assert not parts[-1].get("more_body", False)
        body = b"" if of.method == "HEAD" else b"".join(part.get("body", b"") for part in parts)
        answer = httpx.Response(start["status"], headers=start["headers"], content=body)
        answer.elapsed = timedelta()  # which httpx asks for, and no network took
        return answer
