"""Typed endpoints on Chalice: parse, call the handler, present, and one except at the edge."""

from __future__ import annotations

import logging
import traceback
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar, Unpack

from chalice import Blueprint
from pydantic import BaseModel
from pydantic_core import to_json

from chalicelib import settings
from chalicelib.http.auth import authorizer, principal_of
from chalicelib.http.calls import (
    Call,
    Reply,
    client_of,
    etag_of,
    expose_headers,
    read_idempotency_key,
    read_if_match,
    read_path_parameter,
)
from chalicelib.http.dialects import JSON_DIALECT, JSON_TYPE, Dialect
from chalicelib.http.edge import HttpProblem
from chalicelib.http.middleware import request_in_work
from chalicelib.http.problems import problem_of
from chalicelib.http.responses import request_id_of, respond
from chalicelib.http.routes import Route, RouteOptions, signature_of
from chalicelib.http.validation import read_query

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from chalice import Response

__all__ = ["ApiBlueprint", "Call", "Reply", "registered_routes", "set_clock"]

H = TypeVar("H", bound="Callable[..., Any]")

_logger = logging.getLogger("polis.http")
_ROUTES: list[Route] = []
_NO_CONTENT = 204
_NOT_MODIFIED = 304
_SERVER_ERRORS = 500
_MAX_CAUSES = 5


def _no_clock() -> datetime:
    raise RuntimeError("set_clock() was not called")


_clock: Callable[[], datetime] = _no_clock


def set_clock(clock: Callable[[], datetime]) -> None:
    """Give the edge its clock: a callable that returns the aware UTC moment."""
    global _clock  # noqa: PLW0603  # the process has one clock, set by app.py or a test
    _clock = clock


def now() -> datetime:
    """The present moment, by the clock of the edge."""
    return _clock()


def closed_until() -> datetime | None:
    """Until when the service is closed for works; None while it is open."""
    until = settings.maintenance_until()
    return until if until is not None and now() < until else None


def registered_routes() -> tuple[Route, ...]:
    """List every route that an imported module declared."""
    return tuple(_ROUTES)


class ApiBlueprint(Blueprint):  # type: ignore[misc]  # chalice has no types
    """A blueprint whose handlers take and return models."""

    def __init__(self, import_name: str, *, dialect: Dialect = JSON_DIALECT) -> None:
        super().__init__(import_name)
        self.dialect = dialect
        self.routes: list[Route] = []

    def route(self, method: str, path: str, **options: Unpack[RouteOptions]) -> Callable[[H], H]:
        """Declare one operation.

        The handler takes ``call: Call``, then by name ``body: Model``, ``query: Model`` and the
        path parameters, and returns a model, a ``Reply`` or None (204).
        """

        def register(handler: H) -> H:
            route = Route(method=method, path=path, handler=handler, **options)
            self.routes.append(route)
            _ROUTES.append(route)
            super(ApiBlueprint, self).route(
                path,
                methods=[method],
                name=handler.__name__,
                content_types=list(self.dialect.media_types),
                authorizer=authorizer if route.auth else None,
            )(self._view(route))
            return handler

        return register

    def _view(self, route: Route) -> Callable[..., Response]:
        def view(**path: str) -> Response:
            request = request_in_work.get() or self.current_request
            request_id = request_id_of(request)
            try:
                return _answer(route, self.dialect, request, path, request_id)
            except Exception as error:  # noqa: BLE001  # the edge of the process
                _log(error, route=route, request_id=request_id)
                return self.dialect.refuse(problem_of(error), request_id=request_id)

        return view


def _answer(route: Route, dialect: Dialect, request: Any, path: Mapping[str, str], request_id: str) -> Response:
    signature = signature_of(route.handler)
    arguments: dict[str, Any] = {name: read_path_parameter(raw) for name, raw in path.items()}
    call = _call(route, request, request_id)
    arguments.update(read_query(signature, request.query_params))
    if signature.body is not None:
        media_type = _checked_media_type(request, dialect)
        call = replace(call, raw=_raw_body(request))
        arguments["body"] = dialect.read(signature.body, call.raw, media_type)
    return _present(route, dialect, route.handler(call, **arguments), call)


def _call(route: Route, request: Any, request_id: str) -> Call:
    headers = request.headers
    context = request.context
    return Call(
        request_id=request_id,
        at=_clock(),
        caller=principal_of(context.get("authorizer")) if route.auth else None,
        idempotency_key=(
            read_idempotency_key(headers, required=route.idempotent is True) if route.idempotent else None
        ),
        if_match=read_if_match(headers, required=route.if_match is True),
        client=client_of(context),
        headers=expose_headers(headers),
    )


def _checked_media_type(request: Any, dialect: Dialect) -> str:
    # Chalice lets "text/plain, application/json" and foreign character sets pass.
    media_type, *parameters = str(request.headers.get("content-type") or JSON_TYPE).lower().split(";")
    charsets = {text.strip() for text in parameters if text.strip().startswith("charset")}
    if media_type.strip() not in dialect.media_types or not charsets <= {"charset=utf-8", 'charset="utf-8"'}:
        raise HttpProblem("unsupported_media_type")
    return media_type.strip()


def _raw_body(request: Any) -> bytes:
    try:
        return bytes(request.raw_body)
    except ValueError:  # broken Base64, or half of a surrogate pair in the event
        raise HttpProblem("malformed_request") from None


def _present(route: Route, dialect: Dialect, answer: Any, call: Call) -> Response:
    reply = answer if isinstance(answer, Reply) else Reply(answer)
    headers = {"Cache-Control": route.cache, **reply.headers}
    if reply.location is not None:
        headers["Location"] = reply.location
    status = reply.status or (route.status if reply.body is not None else _NO_CONTENT)
    body = _serialize(reply.body)
    if reply.version is not None:
        headers["ETag"] = etag_of(reply.version)
        if route.method == "GET" and call.headers.get("if-none-match") == headers["ETag"]:
            status, body = _NOT_MODIFIED, ""
    return respond(
        body,
        status=status,
        request_id=call.request_id,
        headers=headers,
        content_type=reply.content_type or route.content_type or dialect.content_type,
    )


def _serialize(body: Any) -> str:
    if body is None or isinstance(body, str):
        return body or ""
    if isinstance(body, BaseModel):
        return body.model_dump_json(by_alias=True)
    return to_json(body, by_alias=True).decode()


def _log(error: Exception, *, route: Route, request_id: str) -> None:
    """Log what failed and where; messages and values stay out, they may be personal."""
    problem = problem_of(error)
    if problem.status < _SERVER_ERRORS:
        return
    _logger.error(
        "request failed",
        extra={
            "request_id": request_id,
            "route": f"{route.method} {route.path}",
            "status": problem.status,
            "error_type": f"{type(error).__module__}.{type(error).__qualname__}",
            "stack": [
                f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)
            ],
            "causes": _causes(error),
        },
    )


def _causes(error: BaseException) -> list[str]:
    causes: list[str] = []
    cause = error.__cause__ or error.__context__
    while cause is not None and len(causes) < _MAX_CAUSES:
        causes.append(type(cause).__qualname__)
        cause = cause.__cause__ or cause.__context__
    return causes
