"""The page of an application's state in a real browser: it solves the challenge that the service sets (G2, G4)."""

from __future__ import annotations

import json
import threading
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from chalicelib.domain.proof_of_work import make_challenge, solved
from chalicelib.web.pages import POLICY

WEB = Path(__file__).resolve().parents[2] / "templates" / "web"
KEY = b"k" * 32
DIFFICULTY = 3_000
TYPES = {".css": "text/css", ".js": "text/javascript", ".html": "text/html; charset=utf-8", ".svg": "image/svg+xml"}
READY = {"state": "ready", "title": "Готово к использованию", "is_ready": True, "is_delayed": False, "due_on": None}
NUMBER = "123456789"


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        path = WEB / "status.html" if self.path == "/status" else WEB / self.path.lstrip("/")
        found = path.is_file() and WEB in path.parents
        self.reply(200 if found else 404, TYPES.get(path.suffix, "text/plain"), path.read_bytes() if found else b"")

    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.questions.append(asked)
        status, body = self.server.answer(asked)
        self.reply(status, "application/json", json.dumps(body).encode())

    def reply(self, status, kind, body):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Security-Policy", POLICY)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        pass


def guarded(asked):
    at = datetime.now(tz=UTC)
    if "altcha" in asked:
        solved(key=KEY, text=asked["altcha"], at=at)
        return 200, READY
    challenge = make_challenge(key=KEY, nonce=1, number=DIFFICULTY - 1, difficulty=DIFFICULTY, at=at)
    return 403, {"title": "Нужно решить задание", "detail": "", "challenge": dict(challenge)}


@pytest.fixture
def server():
    httpd = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    httpd.questions = []
    thread = threading.Thread(target=httpd.serve_forever, daemon=True)
    thread.start()
    yield httpd
    httpd.shutdown()
    httpd.server_close()
    thread.join()


def shown(server, context, answer):
    server.answer = answer
    page = context.new_page()
    page.goto(f"http://127.0.0.1:{server.server_port}/status#{NUMBER}")
    page.wait_for_selector("#verdict[data-tone=good], #verdict[data-tone=caution]")
    return page.text_content("#title"), page.text_content("#text")


def test_solves_the_challenge_and_shows_the_state(server, context):
    assert shown(server, context, guarded) == (READY["title"], "Полис готов. Документы — в личном кабинете.")
    assert [set(question) for question in server.questions] == [{"number"}, {"number", "altcha"}]


def test_asks_once_where_no_challenge_is_set(server, context):
    assert shown(server, context, lambda _: (200, READY))[0] == READY["title"]
    assert server.questions == [{"number": NUMBER}]


def test_shows_a_refusal_as_it_is(server, context):
    refusal = (404, {"title": "Не найдено", "detail": "Заявление с таким номером не найдено"})
    assert shown(server, context, lambda _: refusal) == ("Не найдено", "Заявление с таким номером не найдено")
