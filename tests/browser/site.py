"""The whole service for a browser: the in-process world behind the local gateway on a port, and a storage of scans.

One thread answers, since the in-process cloud takes no more. What the browser sends to the storage of scans is taken
from it, put into the cloud's bucket, and delivered as S3 would.
"""

from __future__ import annotations

import contextlib
import io
import re
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlencode, urlsplit

import uvicorn

from infra.local.api_gateway.asgi import gateway
from infra.local.api_gateway.options import GatewayOptions
from tests.cloud import cloud, in_process_cloud
from tests.world import World

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from playwright.sync_api import Page


T = TypeVar("T")


class LocalFiles:
    """The real files of a bucket, with browsers sent to a storage on this machine."""

    def __init__(self, files: Any, storage: str) -> None:
        self._files = files
        self._storage = storage

    def __getattr__(self, name: str) -> Any:
        return getattr(self._files, name)

    def upload_form(self, **asked: Any) -> Any:
        form = self._files.upload_form(**asked)
        return replace(form, url=f"{self._storage}/")

    def link(self, *, key: str, **asked: Any) -> str:
        parts = urlsplit(self._files.link(key=key, **asked))
        return f"{self._storage}/{key}?{parts.query}"


class Storage(BaseHTTPRequestHandler):
    """Takes uploads and gives files as S3 does, with its answer to a form of another origin."""

    def do_OPTIONS(self) -> None:
        self._reply(200)

    def do_GET(self) -> None:
        key = urlsplit(self.path).path.lstrip("/")
        bucket = "polis-documents" if key.startswith(("documents/", "employers/")) else "polis-scans"
        found = cloud("s3").get_object(Bucket=bucket, Key=key)
        kind = "application/pdf" if bucket == "polis-documents" else "image/jpeg"
        self._reply(200, found["Body"].read(), {"Content-Type": kind})

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        fields, data = _multipart(self.headers["Content-Type"], body)
        world = self.server.world
        taken_by = "employer_lists" if fields["key"].startswith("lists/") else "scan_uploads"
        world.invoke(taken_by, world.arrived(fields["key"], data))
        back = fields.get("success_action_redirect")
        self._reply(303 if back else 204, headers={"Location": f"{back}&bucket=polis-scans"} if back else {})

    def _reply(self, status: int, body: bytes = b"", headers: Mapping[str, str] | None = None) -> None:
        self.send_response(status)
        shared = {"Access-Control-Allow-Origin": "*", "Access-Control-Allow-Headers": "*"}
        for name, value in {**shared, **(headers or {}), "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@dataclass
class Site:
    """What a test holds of the running service."""

    world: World
    url: str

    def sign_in(self, page: Page, person: str, *, to: str = "/cabinet") -> None:
        """Sign in as a demonstration person, through the issuer's own page, and open a page of the service."""
        page.goto(f"{self.url}/sign-in?{urlencode({'return': to})}")
        page.locator(f'button[value="{person}"]').click()
        page.wait_for_url(f"{self.url}{to}*")

    def aside(self, act: Callable[[World], T]) -> T:
        """Act in the world on a thread of its own: the browser's event loop runs on this one."""
        with ThreadPoolExecutor(1) as pool:
            return pool.submit(act, self.world).result()


def _multipart(content_type: str, body: bytes) -> tuple[dict[str, str], bytes]:
    """Read a form with one file as a browser writes it (RFC 7578)."""
    boundary = content_type.partition("boundary=")[2].encode()
    fields, data = {}, b""
    for part in body.split(b"--" + boundary)[1:-1]:
        head, _, content = part.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        name = re.search(rb'name="([^"]*)"', head)[1].decode()
        if name == "file":
            data = content.removesuffix(b"\r\n")
        else:
            fields[name] = content.removesuffix(b"\r\n").decode()
    return fields, data


@contextlib.contextmanager
def open_site(issuer: str) -> Iterator[Site]:
    """Serve the whole service on a free port of the loopback."""
    listener = socket.create_server(("127.0.0.1", 0))
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    with in_process_cloud() as patch:
        for name, value in {
            "OIDC_ISSUER": issuer,
            "OIDC_AUDIENCE": "polis",
            "OIDC_JWKS_URL": f"{issuer}/jwks.json",
            "PUBLIC_BASE_URL": url,
        }.items():
            patch.setenv(name, value)
        from app import app

        world = World.build(app, issuer)
        with _serving(app, listener), _storing(world) as storage:
            world.tools.scans = LocalFiles(world.tools.scans, storage)
            world.tools.documents = LocalFiles(world.tools.documents, storage)
            yield Site(world=world, url=url)


@contextlib.contextmanager
def _serving(app: Any, listener: socket.socket) -> Iterator[None]:
    options = GatewayOptions(rate_per_second=0, threads=1)
    served = gateway(app, options=options, log_stream=io.StringIO())
    server = uvicorn.Server(uvicorn.Config(served, log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield
    server.should_exit = True
    thread.join()
    listener.close()


@contextlib.contextmanager
def _storing(world: World) -> Iterator[str]:
    server: Any = ThreadingHTTPServer(("127.0.0.1", 0), Storage)
    server.world = world
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()
