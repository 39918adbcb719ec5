"""Messages go to the address that was judged and nowhere else; whatever a receiver does is an answer (M3)."""

from __future__ import annotations

import ssl
import threading
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING, Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from chalicelib.adapters.webhooks import sender
from chalicelib.adapters.webhooks.sender import HttpHookSender
from chalicelib.ports.webhooks import HookAnswer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NAME = "hooks.example.org"
BODY = b'{"id":"a"}'
HEADERS = {"webhook-id": "a"}


class Receiver(BaseHTTPRequestHandler):
    """Answers with the status that the path names and keeps what came."""

    came: list[tuple[str, dict[str, str], bytes]]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.came.append((self.path, {name.lower(): value for name, value in self.headers.items()}, body))
        self.send_response(int(self.path.rpartition("/")[2]))
        self.send_header("Location", "/200")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def receiving(context: ssl.SSLContext | None = None) -> Iterator[tuple[int, list[Any]]]:
    handler = type("Handler", (Receiver,), {"came": []})
    with HTTPServer(("127.0.0.1", 0), handler) as server:
        if context is not None:
            server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield server.server_address[1], handler.came
        finally:
            server.shutdown()
            thread.join()


def sent(port: int, status: int = 200, **options: Any) -> HookAnswer:
    url = f"http://127.0.0.1:{port}/hooks/{status}"
    return HttpHookSender(is_local_home=True, **options).send(url=url, headers=HEADERS, body=BODY)


@pytest.mark.parametrize(
    ("status", "answer"),
    [
        (200, HookAnswer.TAKEN),
        (204, HookAnswer.TAKEN),
        (299, HookAnswer.TAKEN),
        (302, HookAnswer.FAILED),
        (307, HookAnswer.FAILED),
        (400, HookAnswer.FAILED),
        (410, HookAnswer.GONE),
        (500, HookAnswer.FAILED),
    ],
)
def test_judges_by_the_status_and_follows_no_redirect(status: int, answer: HookAnswer) -> None:
    with receiving() as (port, came):
        assert sent(port, status) is answer
    ((path, headers, body),) = came
    assert (path, body) == (f"/hooks/{status}", BODY)
    assert headers["webhook-id"] == "a"
    assert headers["content-type"] == "application/json"
    assert headers["host"] == f"127.0.0.1:{port}"


def test_whatever_is_no_answer_is_a_failure() -> None:
    with receiving() as (port, _):
        pass
    assert sent(port) is HookAnswer.FAILED


def test_a_receiver_that_hangs_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sender, "ANSWER_SECONDS", 0.05)
    with HTTPServer(("127.0.0.1", 0), Receiver) as silent:
        assert sent(silent.server_address[1]) is HookAnswer.FAILED


@pytest.mark.parametrize("inside", ["127.0.0.1", "10.0.0.1", "169.254.169.254", "::1", "::ffff:10.0.0.1"])
def test_a_name_that_leads_inside_is_refused_even_among_public_ones(inside: str) -> None:
    asked = HttpHookSender(resolver=lambda _host, _port: ["93.184.216.34", inside])
    url = f"https://{NAME}/"
    assert asked.refusal(url=url) == "not_public"
    assert asked.send(url=url, headers=HEADERS, body=BODY) is HookAnswer.FAILED


def test_a_name_that_leads_nowhere_is_refused() -> None:
    def unknown(_host: str, _port: int) -> list[str]:
        raise OSError("no such name")

    asked = HttpHookSender(resolver=unknown)
    assert asked.refusal(url=f"https://{NAME}/") == "unresolved"
    assert asked.send(url=f"https://{NAME}/", headers=HEADERS, body=BODY) is HookAnswer.FAILED
    assert HttpHookSender(resolver=lambda *_: ["93.184.216.34"]).refusal(url=f"https://{NAME}/") == ""


def test_an_address_that_is_not_allowed_any_more_is_not_asked_for() -> None:
    def never(_host: str, _port: int) -> list[str]:
        raise AssertionError("resolved")

    assert HttpHookSender(resolver=never).send(url="http://a.example.org", headers={}, body=b"") is HookAnswer.FAILED


def test_resolves_this_machine() -> None:
    assert "127.0.0.1" in sender.resolve("127.0.0.1", 80)


@pytest.mark.parametrize(("name", "answer"), [(NAME, HookAnswer.TAKEN), ("other.example.org", HookAnswer.FAILED)])
def test_connects_to_the_judged_address_and_checks_the_certificate_for_the_name(
    name: str, answer: HookAnswer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sender, "is_public", lambda _: True)
    serving, trusting = _certified(tmp_path)
    with receiving(serving) as (port, came):
        monkeypatch.setattr(sender, "_port", lambda _: port)
        asked = HttpHookSender(resolver=lambda _host, _port: ["127.0.0.1"], trust=trusting)
        assert asked.send(url=f"https://{name}/hooks/200", headers=HEADERS, body=BODY) is answer
    assert [headers["host"] for _, headers, _ in came] == ([NAME] if answer is HookAnswer.TAKEN else [])


def _certified(folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(NAME)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    file = folder / "receiver.pem"
    file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + made.public_bytes(serialization.Encoding.PEM)
    )
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(file)
    return serving, ssl.create_default_context(cafile=file)
