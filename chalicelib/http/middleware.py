"""The one http middleware: keeps the request at hand and rewrites Chalice's own errors."""

from __future__ import annotations

from contextvars import ContextVar
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from chalice import CORSConfig

from chalicelib.http.problems import http_problem
from chalicelib.http.responses import request_id_of, respond, respond_problem

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from chalice import Response

    from chalicelib.http.problems import Problem

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

OPEN_PATHS = frozenset({"/Q", "/q", "/static/{name}", "/.well-known/jwks.json", "/v1/status-lists/{number}"})
"""What answers also while the service is closed for works: the check of a code, and what it needs."""

PAGE_POLICY = "frame-ancestors 'none'"
"""The rest of the policy stands in the page itself, with the digest of its style."""

RETRY_SECONDS = 600
"""After how long a program may ask again while the service is closed: works end early, too."""

MOSCOW = timedelta(hours=3)


def _open() -> None:
    return None


def cors_config(web_origin: str) -> CORSConfig:
    """Make the value of ``app.api.cors``, from which API Gateway's OPTIONS answers are made."""
    return CORSConfig(
        allow_origin=web_origin,
        allow_headers=list(REQUEST_HEADERS),
        expose_headers=list(RESPONSE_HEADERS),
        max_age=3600,
    )


def http_middleware(
    *, web_origin: str | None, home: Callable[[], str] = lambda: "/", closed: Callable[[], datetime | None] = _open
) -> Callable[[Any, Callable[[Any], Any]], Any]:
    """Make the middleware; ``web_origin`` is the origin that may read answers, if any.

    ``home`` tells the address of the first page, ``closed`` until when the service is closed for works, if it is.
    Register it with ``app.register_middleware(http_middleware(web_origin=…), "http")``.
    """

    def answer_with_problem_details(request: Any, get_response: Callable[[Any], Any]) -> Any:
        until = closed()
        if until is not None and not _stays_open(request):
            response = refused(works_until(until), request, home=home())
        else:
            token = request_in_work.set(request)
            try:
                response = get_response(request)
            finally:
                request_in_work.reset(token)
            response = _rewritten(request, response, home)
        if web_origin is not None:
            _allow_origin(response, web_origin)
        return response

    return answer_with_problem_details


def _rewritten(request: Any, response: Response, home: Callable[[], str]) -> Response:
    body = response.body
    if not isinstance(body, dict) or body.keys() != {"Code", "Message"}:
        return response
    code = _CODE_BY_STATUS.get(response.status_code, "internal_error")
    allow = response.headers.get("Allow")
    if code == "method_not_allowed" and not allow:
        code = "not_found"
    problem = http_problem(code, headers={"Allow": allow} if allow else {})
    return refused(problem, request, home=home())


def refused(problem: Problem, request: Any, *, home: str) -> Response:
    """Answer with a problem: a page for people, problem details for programs."""
    from chalicelib.http.plain_page import HTML, plain_page, wants_html  # noqa: PLC0415 — only for refusals

    request_id = request_id_of(request)
    if not wants_html(request.headers.get("accept")):
        return respond_problem(problem, request_id=request_id)
    body = plain_page(title=problem.title, detail=problem.detail, request_id=request_id, home=home)
    headers = {**problem.headers, "Content-Security-Policy": PAGE_POLICY}
    return respond(body, status=problem.status, request_id=request_id, headers=headers, content_type=HTML)


def works_until(until: datetime) -> Problem:
    """What everybody is told while the service is closed for works."""
    moment = f"{until + MOSCOW:%H:%M %d.%m.%Y}"
    detail = (
        f"Идут технические работы. Сервис откроется в {moment} по московскому времени. "
        "Поданные заявления и черновики сохранены; проверка QR-кодов работает"
    )
    return http_problem("unavailable", detail, headers={"Retry-After": str(RETRY_SECONDS)})


def _stays_open(request: Any) -> bool:
    """Clinics verify codes while the rest is closed: these answers change nothing and cost next to nothing."""
    path = str(request.context.get("resourcePath") or "")
    return path in OPEN_PATHS


def _allow_origin(response: Response, web_origin: str) -> None:
    response.headers["Access-Control-Allow-Origin"] = web_origin
    response.headers["Access-Control-Expose-Headers"] = ",".join(RESPONSE_HEADERS)
    response.headers.setdefault("Vary", "Origin")
