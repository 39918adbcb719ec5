"""The local gateway over real HTTP, with throw-away Chalice apps."""

from __future__ import annotations

import base64
import io
import json
import socket
import threading
import time
from contextlib import contextmanager
from dataclasses import replace
from types import SimpleNamespace

import httpx
import pytest
import uvicorn
from chalice import AuthResponse, AuthRoute, Chalice, CORSConfig, Response

from infra.local.api_gateway.asgi import gateway
from infra.local.api_gateway.options import GatewayOptions
from infra.local.api_gateway.server import PROTOCOL

SECRET_NAME = "Ivanova"


def make_app():
    app = Chalice("gateway-test", configure_logs=False)
    app.api.cors = CORSConfig(allow_origin="https://polis.example", max_age=600)
    app.calls = []
    app.begun, app.release = threading.Event(), threading.Event()
    add_guarded_routes(app)
    add_plain_routes(app)
    add_timed_routes(app)
    add_odd_routes(app)
    return app


def add_guarded_routes(app):
    @app.authorizer()
    def authorizer(request):
        app.calls.append(request.token)
        if request.token == "Bearer bad":
            raise Exception("Unauthorized")  # noqa: TRY002  # the text that API Gateway asks for
        if request.token == "Bearer broken":
            raise RuntimeError(SECRET_NAME)
        if request.token == "Bearer nested":
            return AuthResponse(routes=["*"], principal_id="p", context={"a": {"b": 1}})
        routes = [AuthRoute("/me", ["GET"])] if request.token == "Bearer me" else ["*"]
        return AuthResponse(routes=routes, principal_id="p1", context={"n": 5, "b": True, "s": "x"})

    @app.route("/me", methods=["GET", "PUT"], authorizer=authorizer)
    def me():
        return app.current_request.context["authorizer"]


def add_plain_routes(app):
    @app.route("/ping")
    def ping():
        return {"ok": True}

    @app.route("/items/{item_id}", methods=["GET", "HEAD", "POST"])
    def item(item_id):
        return app.current_request.to_original_event()

    @app.route("/items/fixed")
    def fixed():
        return "fixed"

    @app.route("/items/{item_id}/parts/{part}")
    def part(item_id, part):
        return [item_id, part]


def add_timed_routes(app):
    @app.route("/slow")
    def slow():
        app.begun.set()
        app.release.wait(60)
        return {"left_ms": app.lambda_context.get_remaining_time_in_millis()}

    @app.route("/echo/{name}")
    def echo(name):
        time.sleep(0.002)
        context = app.lambda_context.aws_request_id
        time.sleep(0.002)
        same = context == app.lambda_context.aws_request_id
        return {"name": app.current_request.uri_params["name"], "same": same}


def add_odd_routes(app):
    @app.route("/pdf")
    def pdf():
        return Response(b"%PDF\xff", headers={"Content-Type": "image/png"})

    @app.route("/inject")
    def inject():
        return Response("x", headers={"X-A": ["a\r\nSet-Cookie: evil=1"]})

    @app.route("/cookies")
    def cookies():
        return Response("", headers={"Set-Cookie": ["a=1", "b=2"]}, status_code=204)

    @app.route("/huge")
    def huge():
        return "я" * (4 * 1024 * 1024)

    @app.route("/upload", methods=["POST"], content_types=["image/png", "text/plain"])
    def upload():
        event = app.current_request.to_original_event()
        return {"body": event["body"], "encoded": event["isBase64Encoded"]}


class Quick(SimpleNamespace):
    def lines(self):
        return [json.loads(line) for line in self.log.getvalue().splitlines()]


@contextmanager
def served(app, **settings):
    log = io.StringIO()
    options = replace(GatewayOptions(port=0, rate_per_second=0), **settings)
    config = uvicorn.Config(
        gateway(app, options=options, log_stream=log),
        http=PROTOCOL,
        ws="none",
        port=0,
        log_config=None,
        access_log=False,
        server_header=False,
        h11_max_incomplete_event_size=32 * 1024,
    )
    server = uvicorn.Server(config)
    listener = config.bind_socket()
    # The first request may come before the thread has started the server: it waits instead of being refused.
    listener.listen(config.backlog)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    port = listener.getsockname()[1]
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as client:
        yield Quick(client=client, port=port, log=log, app=app)
    server.should_exit = True
    thread.join(60)
    listener.close()
    assert not thread.is_alive()


@pytest.fixture(scope="module")
def site():
    with served(make_app()) as running:
        yield running


def raw(site, data):
    with socket.create_connection(("127.0.0.1", site.port), timeout=60) as connection:
        connection.sendall(data)
        received = b""
        while chunk := connection.recv(65536):
            received += chunk
            if b"connection: close" not in received.lower() and received.endswith(b"}"):
                break
    return received


def assert_problem(answer, status, code):
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert body["code"] == code
    assert body["status"] == status
    assert body["request_id"] == answer.headers["x-amzn-requestid"]
    assert set(body) == {"type", "title", "status", "detail", "code", "instance", "request_id"}


def test_makes_the_event_of_a_rest_api(site):
    answer = site.client.post(
        "/items/a%2Fb;c=%D0%AF?x=1&x=2&empty=&z=%D0%AF+1",
        content='{"ключ": 1}',
        headers=[("X-Two", "1"), ("X-Two", "2"), ("Content-Type", "application/json")],
    )
    event = answer.json()
    assert event["resource"] == "/items/{item_id}"
    assert event["path"] == "/items/a%2Fb;c=%D0%AF"
    assert event["pathParameters"] == {"item_id": "a%2Fb;c=%D0%AF"}
    assert event["queryStringParameters"] == {"x": "2", "empty": "", "z": "Я 1"}
    assert event["multiValueQueryStringParameters"]["x"] == ["1", "2"]
    assert event["headers"]["x-two"] == "2"
    assert event["multiValueHeaders"]["x-two"] == ["1", "2"]
    assert event["body"] == '{"ключ": 1}'
    assert event["isBase64Encoded"] is False
    context = event["requestContext"]
    assert context["resourcePath"] == "/items/{item_id}"
    assert context["identity"]["sourceIp"] == "127.0.0.1"
    assert context["requestId"] == answer.headers["x-amzn-requestid"]
    assert abs(context["requestTimeEpoch"] / 1000 - time.time()) < 10


def test_an_absent_query_and_body_are_null(site):
    event = site.client.get("/items/1").json()
    assert event["body"] is None
    assert event["queryStringParameters"] is None
    assert event["multiValueQueryStringParameters"] is None


def test_literal_segments_beat_parameters_and_a_last_slash_is_ignored(site):
    assert site.client.get("/items/fixed").text == "fixed"
    assert site.client.get("/items/fixed/").text == "fixed"
    assert site.client.get("/items/fixed/parts/7").json() == ["fixed", "7"]


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/nope"), ("DELETE", "/ping"), ("HEAD", "/ping"), ("GET", "/items//"), ("GET", "/")],
)
def test_an_unknown_route_or_method_is_not_found(site, method, path):
    answer = site.client.request(method, path)
    assert answer.status_code == 404
    assert answer.headers["access-control-allow-origin"] == "https://polis.example"
    if method != "HEAD":
        assert_problem(answer, 404, "not_found")


def test_head_sends_no_body_but_its_length(site):
    answer = site.client.head("/items/1")
    assert answer.status_code == 200
    assert int(answer.headers["content-length"]) > 100
    assert answer.content == b""


def test_answers_the_cors_preflight_without_the_app(site):
    answer = site.client.options("/items/1", headers={"Origin": "https://polis.example"})
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == "https://polis.example"
    assert answer.headers["access-control-allow-methods"] == "GET,HEAD,POST,OPTIONS"
    assert answer.headers["access-control-max-age"] == "600"
    assert "Authorization" in answer.headers["access-control-allow-headers"]


def test_the_authorizer_is_asked_once_per_token_and_its_context_is_strings(site):
    site.app.calls.clear()
    for _ in range(3):
        answer = site.client.get("/me", headers={"Authorization": "Bearer all"})
    assert answer.json() == {"n": "5", "b": "true", "s": "x", "principalId": "p1"}
    assert site.app.calls == ["Bearer all"]


def test_a_cached_policy_is_evaluated_for_every_method(site):
    headers = {"Authorization": "Bearer me"}
    assert site.client.get("/me", headers=headers).status_code == 200
    assert_problem(site.client.put("/me", headers=headers), 403, "forbidden")
    assert site.client.get("/me", headers=headers).status_code == 200


def test_refuses_who_has_no_valid_token(site):
    assert_problem(site.client.get("/me"), 401, "unauthorized")
    assert_problem(site.client.get("/me", headers={"Authorization": ""}), 401, "unauthorized")
    bad = site.client.get("/me", headers={"Authorization": "Bearer bad"})
    assert_problem(bad, 401, "unauthorized")
    assert bad.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize("token", ["Bearer broken", "Bearer nested"])
def test_a_failing_authorizer_lets_nobody_in_and_tells_nothing(site, token, caplog):
    answer = site.client.get("/me", headers={"Authorization": token})
    assert_problem(answer, 500, "authorizer_failed")
    assert SECRET_NAME not in answer.text + caplog.text


def test_an_authorizer_result_lives_as_long_as_its_ttl():
    with served(make_app(), authorizer_ttl=0) as site:
        for _ in range(2):
            site.client.get("/me", headers={"Authorization": "Bearer all"})
        assert site.app.calls == ["Bearer all"] * 2


@pytest.mark.parametrize("target", ["/items/%zz", "/items/%ff", "/items/%00", "/items/a?x=%", "/items/a?x=%C3%28"])
def test_a_malformed_url_is_refused(site, target):
    answer = raw(site, f"GET {target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert b"malformed_url" in answer


@pytest.mark.parametrize(
    "data",
    [
        b"\x00\x01\x02\r\n\r\n",
        b"GET /ping\x00 HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /ping HTTP/1.1\r\nHost: x\r\nX: a\x00b\r\n\r\n",
        b"GET /ping HTTP/1.1\r\nHost: x\r\nContent-Length: x\r\n\r\n",
        b"GET /ping HTTP/1.1\r\nHost: x\r\nX: " + b"a" * 70_000,
    ],
)
def test_what_is_not_http_gets_a_problem_and_does_no_harm(site, data):
    answer = raw(site, data)
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert b"malformed_request" in answer
    assert site.client.get("/ping").status_code == 200


def test_a_text_body_must_be_utf8_and_a_binary_one_comes_as_base64(site):
    bad = site.client.post("/upload", content=b"\xff", headers={"Content-Type": "text/plain"})
    assert_problem(bad, 400, "malformed_body")
    good = site.client.post("/upload", content=b"\xff\x00", headers={"Content-Type": "image/png"})
    assert good.json() == {"body": base64.b64encode(b"\xff\x00").decode(), "encoded": True}


def test_binary_answers_follow_the_first_type_of_accept(site):
    decoded = site.client.get("/pdf", headers={"Accept": "image/png,*/*"})
    assert decoded.content == b"%PDF\xff"
    plain = site.client.get("/pdf", headers={"Accept": "text/html, image/png"})
    assert plain.content == base64.b64encode(b"%PDF\xff")


def test_refuses_answers_that_inject_headers(site):
    answer = site.client.get("/inject")
    assert_problem(answer, 502, "bad_gateway")
    assert "set-cookie" not in answer.headers


def test_sends_every_value_of_a_header(site):
    answer = site.client.get("/cookies")
    assert answer.status_code == 204
    assert answer.headers.get_list("set-cookie") == ["a=1", "b=2"]


def test_sizes_are_limited_as_on_aws(site):
    text = {"Content-Type": "text/plain"}
    over_event = site.client.post("/upload", content=b"a" * (6 * 1024 * 1024), headers=text)
    assert_problem(over_event, 413, "request_too_large")
    over_request = site.client.post("/upload", content=b"a" * (11 * 1024 * 1024), headers=text)
    assert_problem(over_request, 413, "request_too_large")
    assert_problem(site.client.get("/huge"), 502, "bad_gateway")
    headers = site.client.get("/ping", headers={"X-Long": "a" * 11_000})
    assert_problem(headers, 431, "headers_too_large")


def test_a_slow_body_and_a_slow_handler_are_given_up():
    with served(make_app(), body_timeout=0.2, handler_timeout=0.2) as site:
        head = b"POST /upload HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc"
        assert b"request_timeout" in raw(site, head)
        assert_problem(site.client.get("/slow"), 504, "timeout")
        site.app.release.set()


def test_a_head_that_trickles_in_is_given_up(monkeypatch):
    monkeypatch.setenv("GATEWAY_HEADER_TIMEOUT", "1")
    with served(make_app()) as site:
        assert raw(site, b"GET /ping HTTP/1.1\r\nHo") == b""
        assert site.client.get("/ping").status_code == 200


def test_too_many_connections_are_refused(monkeypatch):
    monkeypatch.setenv("GATEWAY_MAX_CONNECTIONS", "1")
    with served(make_app()) as site:
        assert site.client.get("/ping").status_code == 200
        assert b"overloaded" in raw(site, b"GET /ping HTTP/1.1\r\nHost: x\r\n\r\n")


def test_a_client_that_asks_too_often_is_told_when_to_come_back():
    with served(make_app(), rate_per_second=0.01, burst=2) as site:
        answers = [site.client.get("/ping") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert 40 < int(answers[2].headers["retry-after"]) <= 100
    assert_problem(answers[2], 429, "too_many_requests")


def test_more_work_than_fits_is_refused_until_a_handler_ends():
    with served(make_app(), max_in_flight=1, handler_timeout=0.1) as site:
        assert_problem(site.client.get("/slow"), 504, "timeout")
        refused = site.client.get("/ping")
        assert_problem(refused, 503, "overloaded")
        assert refused.headers["retry-after"] == "1"
        site.app.release.set()
        deadline = time.monotonic() + 60
        while site.client.get("/ping").status_code != 200:
            assert time.monotonic() < deadline
            time.sleep(0.01)


def test_requests_on_many_threads_never_see_each_other(site):
    wrong = []

    def ask(start):
        with httpx.Client(base_url=site.client.base_url, timeout=60) as client:
            for number in range(start, start + 12):
                body = client.get(f"/echo/{number}").json()
                if body != {"name": str(number), "same": True}:
                    wrong.append(body)

    threads = [threading.Thread(target=ask, args=(1000 * n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_finishes_what_is_in_flight_before_it_stops():
    answers = []
    with served(make_app()) as site:
        url = f"http://127.0.0.1:{site.port}/slow"
        asking = threading.Thread(target=lambda: answers.append(httpx.get(url, timeout=60)))
        asking.start()
        assert site.app.begun.wait(60)
        threading.Timer(0.3, site.app.release.set).start()
    asking.join(60)
    assert answers[0].status_code == 200
    assert 15_000 < answers[0].json()["left_ms"] <= 29_000


def test_the_access_log_tells_what_was_asked_but_not_who_or_for_whom():
    with served(make_app()) as site:
        site.client.get(f"/items/{SECRET_NAME}?q={SECRET_NAME}", headers={"X-Name": SECRET_NAME})
        site.client.get(f"/{SECRET_NAME}")
    first, second = site.lines()
    assert first["resource"] == "/items/{item_id}"
    assert (first["method"], first["status"]) == ("GET", 200)
    assert first["bytes_out"] > 0
    assert second["resource"] is None
    assert SECRET_NAME not in site.log.getvalue()
    assert "127.0.0.1" not in site.log.getvalue()
    assert first["client"] == second["client"]
