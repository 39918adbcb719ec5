"""Warm time of handlers against a bare boto3 handler that makes the same calls to the same stub, interleaved.

The stub answers inside this process, after botocore has serialized and signed a request and before it would be
sent: both sides pay for botocore, and neither for a network.
"""

from __future__ import annotations

import json
import statistics
import time
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import boto3
from botocore.awsrequest import AWSResponse

from bench.figures import Figure
from chalicelib import bootstrap
from chalicelib.http.blueprint import set_clock
from infra.local.lambda_context import new_context
from tests import journeys
from tests.world import World

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

ROUNDS = 400
LIMIT = 1.5
HEADERS = {"Content-Type": "application/x-amz-json-1.0"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """One request: its event, the AWS calls of its handler, what DynamoDB answered, and the client that asked."""

    name: str
    event: str
    calls: tuple[tuple[str, dict[str, Any]], ...]
    answers: tuple[str, ...]
    client: Any


class RecordingApp:
    """The app as the gateway calls it; keeps the last event as JSON."""

    def __init__(self, app: Any) -> None:
        self._app = app
        self.event = ""

    def __getattr__(self, name: str) -> Any:
        return getattr(self._app, name)

    def __call__(self, event: Any, context: Any) -> Any:
        """Keep the event and let the app handle it."""
        self.event = json.dumps(event)
        return self._app(event, context)


class Raw:
    """The body of an answer of the stub."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    def stream(self, **_: Any) -> Iterator[bytes]:
        """Give the body in one piece."""
        yield self._body


class Stub:
    """Answers the calls of a client with the given texts, over and over."""

    def __init__(self, client: Any, answers: tuple[str, ...]) -> None:
        self._answers = [answer.encode() for answer in answers]
        self._next = 0
        self._client = client
        client.meta.events.register_first("before-send", self._answer, unique_id="polis-bench")

    def _answer(self, request: Any, **_: Any) -> AWSResponse:
        body = self._answers[self._next % len(self._answers)]
        self._next += 1
        return AWSResponse(request.url, 200, HEADERS, Raw(body))

    def close(self) -> None:
        """Stop answering."""
        self._client.meta.events.unregister("before-send", unique_id="polis-bench")


def record(world: World) -> tuple[Recorded, ...]:
    """Let the whole service run once for each request, and keep what its handler was asked and asked for."""
    app = RecordingApp(world.app)
    recording = World(tools=world.tools, app=app, issuer=world.issuer, tokens=world.tokens)
    draft = journeys.drafted(world, person="later")
    application_id = journeys.insured(world)
    number = journeys.policy(world)["policy_number"]
    born_on = "1990-05-14"
    requests: dict[str, tuple[str, str, dict[str, Any]]] = {
        "public lookup": (
            "POST",
            "/v1/validity-checks",
            {"person": None, "json": {"policy_number": number, "born_on": born_on, "consent": True}},
        ),
        "status": ("GET", f"/v1/applications/{application_id}", {}),
        "draft save": (
            "PATCH",
            f"/v1/applications/{draft}",
            {"person": "later", "json": {"insurer": {"code": journeys.FIRST_INSURER}}},
        ),
    }
    return tuple(_recorded(recording, app, name, request) for name, request in requests.items())


def _recorded(world: World, app: RecordingApp, name: str, request: tuple[str, str, dict[str, Any]]) -> Recorded:
    method, path, options = request
    world.ok(method, path, **dict(options))
    calls: list[tuple[str, dict[str, Any]]] = []
    answers: list[str] = []

    def note_call(params: dict[str, Any], model: Any, **_: Any) -> None:
        calls.append((model.name, json.loads(json.dumps(params))))

    def note_answer(http_response: Any, **_: Any) -> None:
        answers.append(http_response.text)

    client = world.tools.client("dynamodb")
    events = client.meta.events
    events.register_first("provide-client-params.dynamodb", note_call, unique_id="polis-bench-call")
    events.register_first("after-call.dynamodb", note_answer, unique_id="polis-bench-answer")
    world.ok(method, path, **dict(options))
    events.unregister("provide-client-params.dynamodb", unique_id="polis-bench-call")
    events.unregister("after-call.dynamodb", unique_id="polis-bench-answer")
    return Recorded(name=name, event=app.event, calls=tuple(calls), answers=tuple(answers), client=client)


_METHODS = {
    "TransactWriteItems": "transact_write_items",
    "GetItem": "get_item",
    "Query": "query",
    "UpdateItem": "update_item",
}


def bare_handler(client: Any, recorded: Recorded) -> Callable[[Any, Any], Any]:
    """The least that a Lambda can do: read the body, make the calls, answer with what was read."""
    calls = [(getattr(client, _METHODS[name]), params) for name, params in recorded.calls]

    def handler(event: Any, _context: Any) -> Any:
        if event["body"]:
            json.loads(event["body"])
        found: Mapping[str, Any] = {}
        for call, params in calls:
            found = call(**params)
        found = {name: value for name, value in found.items() if name != "ResponseMetadata"}
        return {"statusCode": 200, "headers": {"Content-Type": "application/json"}, "body": json.dumps(found)}

    return handler


def measure(world: World, recorded: tuple[Recorded, ...], rounds: int = ROUNDS) -> dict[str, tuple[float, float]]:
    """Medians of CPU milliseconds by request: ours and the bare handler's."""
    bootstrap.use_container(world.tools)
    set_clock(lambda: bootstrap.container().now())
    try:
        return {request.name: _compared(world.app, request, rounds) for request in recorded}
    finally:
        bootstrap.use_container(None)


def _compared(app: Any, request: Recorded, rounds: int) -> tuple[float, float]:
    ours, bare_client = request.client, boto3.client("dynamodb")
    stubs = [Stub(client, request.answers) for client in (ours, bare_client)]
    bare = bare_handler(bare_client, request)
    times: tuple[list[float], list[float]] = ([], [])
    for number in range(rounds + rounds // 10):
        pair = [(app, times[0]), (bare, times[1])]
        for handler, kept in pair if number % 2 else reversed(pair):
            kept.append(_timed(handler, request.event))
    for stub in stubs:
        stub.close()
    warm = rounds // 10
    return statistics.median(times[0][warm:]), statistics.median(times[1][warm:])


def _timed(handler: Callable[[Any, Any], Any], text: str) -> float:
    event = json.loads(text)
    context = new_context(function_name="api", timeout=30)
    start = time.thread_time_ns()
    answer = handler(event, context)
    spent = (time.thread_time_ns() - start) / 1e6
    assert answer["statusCode"] == HTTPStatus.OK, answer
    return spent


def figures(world: World, recorded: tuple[Recorded, ...], rounds: int = ROUNDS) -> list[Figure]:
    """The ratio of every handler to its bare one."""
    return [
        Figure(
            group="handler",
            name=f"warm {name}",
            value=ours / bare,
            limit=LIMIT,
            unit="×",
            detail=f"{ours:.2f} ms of CPU; bare boto3 handler {bare:.2f} ms",
        )
        for name, (ours, bare) in measure(world, recorded, rounds).items()
    ]
