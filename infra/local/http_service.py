"""A small loopback HTTP service on the standard library, shared by the local simulators."""

from __future__ import annotations

import ipaddress
import json
import signal
import threading
from collections.abc import Callable, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import parse_qs, urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator

_LONGEST_BODY = 256 * 1024
_LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, kw_only=True)
class Request:
    """One HTTP request; names of headers are in lower case."""

    method: str
    path: str
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    @cached_property
    def json(self) -> dict[str, Any]:
        """The body as a JSON object.

        Raises:
            Problem: 415 or 400 when it is none.
        """
        media_type = self.headers.get("content-type", "").split(";")[0].strip().lower()
        if media_type != "application/json":
            raise Problem(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type")
        try:
            value = json.loads(self.body)
        except (ValueError, RecursionError):
            raise Problem(HTTPStatus.BAD_REQUEST, "malformed_json") from None
        if not isinstance(value, dict):
            raise Problem(HTTPStatus.BAD_REQUEST, "malformed_json")
        return value

    @cached_property
    def parameters(self) -> dict[str, list[str]]:
        """Parameters of the query."""
        return parse_qs(self.query, keep_blank_values=True, max_num_fields=50)

    @cached_property
    def form(self) -> dict[str, list[str]]:
        """Fields of an ``application/x-www-form-urlencoded`` body."""
        text = self.body.decode("utf-8", errors="replace")
        return parse_qs(text, keep_blank_values=True, max_num_fields=50)


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """One HTTP response."""

    status: int = HTTPStatus.OK
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    @classmethod
    def of_json(
        cls, value: object, *, status: int = HTTPStatus.OK, headers: Mapping[str, str] | None = None
    ) -> Response:
        """Answer with JSON."""
        return cls(
            status=status,
            headers={"Content-Type": "application/json", **(headers or {})},
            body=json.dumps(value, ensure_ascii=False).encode(),
        )


class Problem(Exception):
    """A refusal that is answered as ``application/problem+json`` (RFC 9457)."""

    def __init__(self, status: int, code: str, *, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(code)
        self.response = Response.of_json(
            {"type": "about:blank", "status": int(status), "code": code},
            status=status,
            headers={**(headers or {}), "Content-Type": "application/problem+json"},
        )


Service = Callable[[Request], Response]


def is_loopback(host: str) -> bool:
    """Whether a host name or address can only mean this machine."""
    if host in _LOOPBACK_NAMES:
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


@contextmanager
def serving(service: Service, *, host: str = "127.0.0.1", port: int = 0) -> Iterator[str]:
    """Serve in threads until the block ends; yields the base URL, port 0 takes a free one."""
    if not is_loopback(host):
        raise ValueError("a simulator listens on the loopback only")
    server = _Server((host, port), _handler_of(service))
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield f"http://{host}:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def serve_until_stopped(name: str, service: Service, *, host: str, port: int) -> None:
    """Serve until SIGTERM or SIGINT; prints one line when ready."""
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    with serving(service, host=host, port=port) as url:
        print(f"{name} ready at {url}", flush=True)
        stopped.wait()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 256

    def handle_error(self, request: object, client_address: object) -> None:
        """Stay silent: a client that hangs up is no event."""


class _Handler(BaseHTTPRequestHandler):
    service: ClassVar[Service]
    protocol_version = "HTTP/1.1"
    server_version = "local"
    sys_version = ""
    timeout = 60
    # One buffered write per answer: two small ones would meet Nagle and delayed ACK (40 ms).
    wbufsize = -1
    disable_nagle_algorithm = True

    def log_message(self, *_: object) -> None:
        """Keep addresses and queries out of the log."""

    def answer(self) -> None:
        """Answer any method."""
        try:
            response = type(self).service(self._request())
        except Problem as problem:
            response = problem.response
        self.send_response(response.status)
        for name, value in response.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(response.body)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(response.body)

    def _request(self) -> Request:
        headers = {name.lower(): value for name, value in self.headers.items()}
        # A foreign Host means a page elsewhere that rebinds its DNS name to this machine.
        if not is_loopback(urlsplit(f"//{headers.get('host', '')}").hostname or ""):
            self.close_connection = True
            raise Problem(HTTPStatus.MISDIRECTED_REQUEST, "loopback_only")
        length = headers.get("content-length", "0")
        if not length.isdigit() or int(length) > _LONGEST_BODY:
            self.close_connection = True
            raise Problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "body_too_large")
        target = urlsplit(self.path)
        return Request(
            method=self.command,
            path=target.path,
            query=target.query,
            headers=headers,
            body=self.rfile.read(int(length)),
        )


def _handler_of(service: Service) -> type[_Handler]:
    methods = ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS")
    members = {f"do_{method}": _Handler.answer for method in methods}
    return type("Handler", (_Handler,), {**members, "service": staticmethod(service)})
