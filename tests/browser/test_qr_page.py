"""The check page in a real browser: verdicts as in Python, offline, and nothing sent but page and lists."""

from __future__ import annotations

import base64
import json
import threading
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from chalicelib.adapters.documents.qr_token import CwtQrTokens, decode_and_verify
from chalicelib.adapters.documents.status_list import StatusList, encode_status_list, pack
from chalicelib.adapters.signing import jwks, local_signer
from chalicelib.domain.qr_claims import REASON_TEXTS, DocumentStatus, QrClaims, QrKind, StatedPeriod
from chalicelib.web.pages import POLICY

WEB = Path(__file__).resolve().parents[2] / "templates" / "web"
NOW = datetime.now(tz=UTC).replace(microsecond=0)
TODAY = NOW.date()
RETIRED = local_signer(secret=777).public_keys()[0]
SIGNER = local_signer(
    secret=12345,
    retired=(type(RETIRED)(kid=RETIRED.kid, x=RETIRED.x, y=RETIRED.y, retired=True),),
)
LIST = StatusList(
    list_id=3,
    packed=pack(
        size=1000,
        statuses={
            10: DocumentStatus.REVOKED,
            11: DocumentStatus.SUSPENDED,
            12: DocumentStatus.REPLACED,
        },
    ),
    issued_at=NOW - timedelta(minutes=5),
    ttl=timedelta(hours=12),
)
TYPES = {".css": "text/css", ".js": "text/javascript", ".html": "text/html; charset=utf-8", ".svg": "image/svg+xml"}


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.paths.append(self.path)
        kind, body = self.answer()
        self.send_response(200 if body else 404)
        self.send_header("Content-Type", kind)
        self.send_header("Service-Worker-Allowed", "/")
        self.send_header("Content-Security-Policy", POLICY)
        self.end_headers()
        self.wfile.write(body)

    def answer(self):
        if self.path == "/.well-known/jwks.json":
            return "application/json", json.dumps(jwks(keys=SIGNER.public_keys())).encode()
        if self.path == "/v1/status-lists/3":
            # Served as if made a little over five minutes ago: the page reads its clock before it asks.
            made = replace(LIST, issued_at=datetime.now(tz=UTC) - timedelta(minutes=5, seconds=10))
            message = encode_status_list(status_list=made, subject="https://h/v1/status-lists/3", signer=SIGNER)
            text = base64.urlsafe_b64encode(message).decode().rstrip("=")
            return "application/json", json.dumps({"status_list": text}).encode()
        path = WEB / "qr.html" if self.path == "/Q" else WEB / self.path.lstrip("/")
        if path.is_file() and WEB in path.parents:
            return TYPES[path.suffix], path.read_bytes()
        return "text/plain", b""

    def log_message(self, *arguments):
        pass


@pytest.fixture(scope="module")
def server():
    httpd = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    httpd.paths = []
    thread = threading.Thread(target=httpd.serve_forever, daemon=True)
    thread.start()
    yield httpd
    httpd.shutdown()
    httpd.server_close()
    thread.join()


def link(server, *, signer=SIGNER, **changes):
    fields = {
        "kind": QrKind.POLICY,
        "number": "7856130840000017",
        "born_on": date(1968, 3, 9),
        "valid_from": TODAY - timedelta(days=30),
        "valid_until": None,
        "insurer_code": "06050",
        "status_list": 3,
        "status_index": 4,
        "issued_at": NOW,
    } | changes
    base = f"http://127.0.0.1:{server.server_port}"
    tokens = CwtQrTokens(signer=signer, public_base_url=base, status={}.get)
    return tokens.link(claims=QrClaims(**fields))


def verdict(page, address):
    page.goto("about:blank")
    page.goto(address)
    page.wait_for_selector("#verdict[data-reason]")
    return page.get_attribute("#verdict", "data-reason")


def cases(server):
    good = link(server)
    return {
        "valid": good,
        "term": link(server, valid_until=TODAY + timedelta(days=10), name="Смирнов Алексей Юрьевич"),
        "certificate of insurance": link(
            server,
            kind=QrKind.INSURANCE_CERTIFICATE,
            number="26123456785",
            stated=StatedPeriod(from_on=TODAY, to_on=TODAY, is_continuous=True),
        ),
        "text number": link(server, kind=QrKind.RECEIPT, number="2611-000123-7", insurer_code=""),
        "not yet": link(server, valid_from=TODAY + timedelta(days=3)),
        "expired": link(server, valid_until=TODAY - timedelta(days=1)),
        "revoked": link(server, status_index=10),
        "suspended": link(server, status_index=11),
        "replaced": link(server, status_index=12),
        "past the list": link(server, status_index=70_000),
        "retired key": link(server, signer=local_signer(secret=777)),
        "unknown key": link(server, signer=local_signer(secret=99)),
        "bad signature": good[:-3] + ("AAA" if good[-3:] != "AAA" else "BBB"),
        "cut": good[:-40],
        "noise": good.partition("#")[0] + "#01%89!",
    }


def test_page_and_python_agree_on_every_verdict(server, context):
    page = context.new_page()
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message) if message.type == "error" else None)
    found, expected = {}, {}
    for name, address in cases(server).items():
        found[name] = verdict(page, address)
        at = datetime.now(tz=UTC)
        expected[name] = decode_and_verify(
            token=address, keys=SIGNER.public_keys(), at=at, status={3: LIST}.get
        ).reason.value
        assert page.text_content("#text") == REASON_TEXTS[expected[name]]
    assert found == expected
    assert len(set(expected.values())) == 9
    assert errors == []


def test_shows_the_claims_and_the_age_of_the_list(server, context):
    page = context.new_page()
    address = link(server, valid_until=date(2099, 1, 1), name="Смирнов Алексей Юрьевич")
    assert verdict(page, address) == "valid"
    assert page.text_content("#title") == "Действителен"
    facts = page.text_content("#facts")
    for value in ("7856 1308 4000 0017", "09.03.1968", "Смирнов Алексей Юрьевич", "06050", "31.12.2098"):
        assert value in facts
    assert "5 мин назад" in page.text_content("#freshness")


def test_works_offline_after_the_first_visit(server, context):
    page = context.new_page()
    assert verdict(page, link(server)) == "valid"
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    context.set_offline(True)
    assert verdict(page, link(server, status_index=10)) == "revoked"
    assert "мин назад" in page.text_content("#freshness")


def test_sends_nothing_of_the_token(server, context):
    page = context.new_page()
    sent = []
    page.on("request", lambda request: sent.append(request.url + (request.post_data or "")))
    address = link(server)
    verdict(page, address)
    token = address.partition("#")[2]
    assert all(token[:20] not in line.partition("#")[0] for line in sent)
    assert all(token[:20] not in path for path in server.paths)
    allowed = ("/Q", "/static/", "/.well-known/jwks.json", "/v1/status-lists/3", "/favicon.ico")
    assert all(path.startswith(allowed) for path in server.paths)


def test_says_that_revocation_was_not_checked_without_a_list(server, context):
    page = context.new_page()
    assert verdict(page, link(server, status_list=9)) == "valid"
    assert page.get_attribute("#verdict", "data-tone") == "caution"
    assert "отзыв не проверен" in page.text_content("#freshness")
