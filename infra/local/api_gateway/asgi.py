"""The gateway as an ASGI application: limits and reading on the event loop, handlers on threads."""

from __future__ import annotations

import asyncio
import logging
import secrets
import sys
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from chalicelib.http.plain_page import HTML, wants_html
from infra.local.api_gateway.access_log import AccessLog
from infra.local.api_gateway.authorizer import AuthorizerGate
from infra.local.api_gateway.body import ClientGone, read_body
from infra.local.api_gateway.events import Incoming, build_event, check_url, headers_of
from infra.local.api_gateway.faults import where
from infra.local.api_gateway.isolation import isolate
from infra.local.api_gateway.problems import (
    BAD_ANSWER,
    HEADERS_TOO_LARGE,
    INTERNAL,
    NOT_FOUND,
    OVERLOADED,
    PROBLEM,
    TIMED_OUT,
    TOO_LARGE,
    TOO_MANY,
    Problem,
    Refused,
    problem_body,
    problem_headers,
    problem_page,
)
from infra.local.api_gateway.responses import Answer, exceeds, to_answer
from infra.local.api_gateway.routes import Match, RouteTable
from infra.local.api_gateway.throttle import Throttle
from infra.local.lambda_context import new_context

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, MutableMapping
    from typing import TextIO

    from infra.local.api_gateway.options import GatewayOptions
    from infra.local.api_gateway.routes import Resource

    Scope = MutableMapping[str, Any]
    Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
    Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

logger = logging.getLogger("infra.gateway")


@dataclass(slots=True, kw_only=True)
class _Exchange:
    """What is known of a request while it is answered."""

    scope: Scope
    request_id: str
    started: float
    source_ip: str
    match: Match | None = None
    received: int = 0


class Gateway:
    """Serves one Chalice app; make it with `gateway`."""

    def __init__(
        self, app: Any, options: GatewayOptions, log_stream: TextIO, on_stop: Callable[[], None], routes: RouteTable
    ) -> None:
        """Make the pool; nothing runs before the first request."""
        self._app = isolate(app)
        self._options = options
        self._routes = routes
        self._binary_types = list(app.api.binary_types)
        self._authorizers = AuthorizerGate(options)
        self._throttle = Throttle(rate=options.rate_per_second, burst=options.burst)
        self._log = AccessLog(key=options.log_key.encode() or secrets.token_bytes(32), stream=log_stream)
        self._pool = ThreadPoolExecutor(max_workers=options.threads, thread_name_prefix="handler")
        self._on_stop = on_stop
        self._in_flight = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection event (ASGI 3)."""
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
        elif scope["type"] == "http":
            await self._serve(scope, receive, send)

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.shutdown":
                self._pool.shutdown(wait=False, cancel_futures=True)
                self._on_stop()
            await send({"type": message["type"] + ".complete"})
            if message["type"] == "lifespan.shutdown":
                return

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        exchange = _Exchange(
            scope=scope,
            request_id=str(uuid.uuid4()),
            started=time.perf_counter(),
            source_ip=(scope.get("client") or ("unknown", 0))[0],
        )
        try:
            answer = await self._answer(exchange, receive)
        except ClientGone:
            self._record(exchange, Answer(status=499, headers=[], body=b""))
            return
        except Refused as refusal:
            answer = self._refusal(exchange, refusal.problem)
        except Exception as error:  # noqa: BLE001  # the edge: nobody is left without an answer
            logger.error("gateway_failed %s", where(error))  # noqa: TRY400  # its text may name people
            answer = self._refusal(exchange, INTERNAL)
        await _send(send, answer, exchange.request_id)
        self._record(exchange, answer)

    async def _answer(self, exchange: _Exchange, receive: Receive) -> Answer:
        self._admit(exchange)
        match, entry = self._route(exchange)
        if entry is None:
            return _preflight(match.resource)
        self._in_flight += 1
        handed_over = False
        try:
            request = await self._read(exchange, receive)
            call = asyncio.get_running_loop().run_in_executor(self._pool, self._invoke, request, match, entry)
            # The slot is free when the thread is, not when the client stops waiting.
            call.add_done_callback(self._release)
            handed_over = True
            return await asyncio.wait_for(asyncio.shield(call), self._options.handler_timeout)
        except TimeoutError:
            logger.warning("handler_timed_out %s", exchange.request_id)
            raise Refused(TIMED_OUT) from None
        finally:
            if not handed_over:
                self._in_flight -= 1

    def _release(self, call: asyncio.Future[Answer]) -> None:
        self._in_flight -= 1
        if not call.cancelled():
            call.exception()  # taken, so that asyncio does not report it once more

    def _admit(self, exchange: _Exchange) -> None:
        scope = exchange.scope
        wait = self._throttle.wait(exchange.source_ip, now=exchange.started)
        if wait:
            raise Refused(replace(TOO_MANY, retry_after=wait))
        size = len(scope["raw_path"]) + len(scope["query_string"])
        size += sum(len(name) + len(value) for name, value in scope["headers"])
        if size > self._options.max_headers:
            raise Refused(HEADERS_TOO_LARGE)
        check_url(scope["raw_path"], scope["query_string"])

    def _route(self, exchange: _Exchange) -> tuple[Match, Any]:
        """Return the match and Chalice's route entry (None for a preflight)."""
        match = exchange.match = self._routes.find(exchange.scope["raw_path"].decode("latin-1"))
        if match is None:
            raise Refused(NOT_FOUND)
        resource, method = match.resource, exchange.scope["method"]
        entry = resource.methods.get(method)
        if entry is None and not (method == "OPTIONS" and resource.cors is not None):
            raise Refused(NOT_FOUND)
        if entry is not None and self._in_flight >= self._options.max_in_flight:
            raise Refused(OVERLOADED)
        return match, entry

    async def _read(self, exchange: _Exchange, receive: Receive) -> Incoming:
        scope = exchange.scope
        body = await read_body(receive, limit=self._options.max_request, seconds=self._options.body_timeout)
        exchange.received = len(body)
        return Incoming(
            request_id=exchange.request_id,
            method=scope["method"],
            path=scope["raw_path"].decode("latin-1"),
            query=scope["query_string"],
            headers=headers_of(scope["headers"]),
            body=body,
            source_ip=exchange.source_ip,
            scheme=scope.get("scheme") or "http",
            port=(scope.get("server") or ("", 0))[1] or 0,
        )

    def _invoke(self, request: Incoming, match: Match, entry: Any) -> Answer:
        """Run the authorizer and the handler (on a thread of the pool)."""
        options = self._options
        event = build_event(request, match, options, self._binary_types)
        if entry.authorizer is not None:
            event["requestContext"]["authorizer"] = self._authorizers.authorize(entry.authorizer, request)
        if exceeds(event, options.max_event):
            raise Refused(TOO_LARGE)
        context = new_context(
            function_name=options.function_name,
            timeout=options.handler_timeout,
            region=options.region,
        )
        try:
            result = self._app(event, context)
        except Exception as error:  # noqa: BLE001  # the edge, as Lambda's runtime is
            logger.error("handler_failed %s", where(error))  # noqa: TRY400  # its text may name people
            raise Refused(BAD_ANSWER) from None
        return to_answer(
            result,
            accept=request.header("accept"),
            binary_types=self._binary_types,
            lenient=options.lenient_accept,
            limit=options.max_response,
        )

    def _refusal(self, exchange: _Exchange, problem: Problem) -> Answer:
        resource = exchange.match.resource if exchange.match else None
        cors = resource.cors if resource else self._routes.cors
        accept = b",".join(value for name, value in exchange.scope["headers"] if name == b"accept")
        is_page = wants_html(accept.decode("latin-1"))
        body = (problem_page if is_page else problem_body)(problem, exchange.request_id)
        headers = problem_headers(problem, dict(cors or {}), HTML if is_page else PROBLEM)
        headers.append((b"content-length", str(len(body)).encode()))
        return Answer(status=problem.status, headers=headers, body=body)

    def _record(self, exchange: _Exchange, answer: Answer) -> None:
        self._log.write(
            request_id=exchange.request_id,
            method=exchange.scope["method"],
            resource=exchange.match.resource.template if exchange.match else None,
            status=answer.status,
            ms=round((time.perf_counter() - exchange.started) * 1000, 1),
            bytes_in=exchange.received,
            bytes_out=len(answer.body),
            client=self._log.client(exchange.source_ip),
        )


def gateway(
    app: Any,
    *,
    options: GatewayOptions,
    log_stream: TextIO | None = None,
    on_stop: Callable[[], None] = lambda: None,
    routes: RouteTable | None = None,
) -> Gateway:
    """Make the ASGI application that serves a Chalice app as API Gateway would.

    ``on_stop`` is called when the server has stopped serving; ``routes`` are those of the app, if already read.

    Raises:
        ValueError: a route has an authorizer that is not built in.
    """
    return Gateway(app, options, sys.stdout if log_stream is None else log_stream, on_stop, routes or RouteTable(app))


async def _send(send: Send, answer: Answer, request_id: str) -> None:
    headers = [*answer.headers, (b"x-amzn-requestid", request_id.encode())]
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": answer.body})


def _preflight(resource: Resource) -> Answer:
    headers = resource.preflight() or {}
    return Answer(
        status=200,
        headers=[
            *((name.lower().encode(), value.encode()) for name, value in headers.items()),
            (b"content-length", b"0"),
        ],
        body=b"",
    )
