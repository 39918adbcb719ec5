"""The one http middleware: keeps the request at hand and rewrites Chalice's own errors."""

from __future__ import annotations

from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from chalice import CORSConfig

from chalicelib.http.problems import http_problem
from chalicelib.http.responses import request_id_of, respond_problem

if TYPE_CHECKING:
    from collections.abc import Callable

    from chalice import Response

#: The request in work. ``app.current_request`` is shared by threads, this is not.
request_in_work: ContextVar[Any] = ContextVar("request_in_work", default=None)

REQUEST_HEADERS = ("Content-Type", "Authorization", "Idempotency-Key", "If-Match", "If-None-Match")
RESPONSE_HEADERS = ("ETag", "Location", "Retry-After", "X-Request-Id")

_CODE_BY_STATUS = {
    400: "malformed_request",
    401: "unauthorized",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    406: "not_acceptable",
    413: "payload_too_large",
    415: "unsupported_media_type",
    429: "too_many_requests",
    503: "unavailable",
}


def cors_config(web_origin: str) -> CORSConfig:
    """Make the value of ``app.api.cors``, from which API Gateway's OPTIONS answers are made."""
    return CORSConfig(
        allow_origin=web_origin,
        allow_headers=list(REQUEST_HEADERS),
        expose_headers=list(RESPONSE_HEADERS),
        max_age=3600,
    )


def http_middleware(*, web_origin: str | None) -> Callable[[Any, Callable[[Any], Any]], Any]:
    """Make the middleware; ``web_origin`` is the origin that may read answers, if any.

    Register it with ``app.register_middleware(http_middleware(web_origin=…), "http")``.
    """

    def answer_with_problem_details(request: Any, get_response: Callable[[Any], Any]) -> Any:
        token = request_in_work.set(request)
        try:
            response = get_response(request)
        finally:
            request_in_work.reset(token)
        response = _rewritten(request, response)
        if web_origin is not None:
            _allow_origin(response, web_origin)
        return response

    return answer_with_problem_details


def _rewritten(request: Any, response: Response) -> Response:
    body = response.body
    if not isinstance(body, dict) or body.keys() != {"Code", "Message"}:
        return response
    code = _CODE_BY_STATUS.get(response.status_code, "internal_error")
    allow = response.headers.get("Allow")
    if code == "method_not_allowed" and not allow:
        code = "not_found"
    problem = http_problem(code, headers={"Allow": allow} if allow else {})
    return respond_problem(problem, request_id=request_id_of(request))


def _allow_origin(response: Response, web_origin: str) -> None:
    response.headers["Access-Control-Allow-Origin"] = web_origin
    response.headers["Access-Control-Expose-Headers"] = ",".join(RESPONSE_HEADERS)
    response.headers.setdefault("Vary", "Origin")
