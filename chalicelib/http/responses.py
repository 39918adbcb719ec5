"""Headers that every answer carries, and the answers themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chalice import Response

from chalicelib.http.problems import MEDIA_TYPE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from chalicelib.http.problems import Problem

JSON = "application/json; charset=utf-8"

SECURITY_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


def respond(
    body: str, *, status: int, request_id: str, headers: Mapping[str, str], content_type: str = JSON
) -> Response:
    """Build an answer with the security headers; ``headers`` win over the defaults.

    Raises:
        ValueError: a header holds a control character.
    """
    all_headers = {
        **SECURITY_HEADERS,
        "Cache-Control": "no-store",
        "X-Request-Id": request_id,
        **({"Content-Type": content_type} if body else {}),
        **headers,
    }
    if any(not value.isprintable() for value in all_headers.values()):
        raise ValueError("a header holds a control character")
    return Response(body=body, status_code=status, headers=all_headers)


def respond_problem(problem: Problem, *, request_id: str) -> Response:
    """Build the answer that carries a problem."""
    return respond(
        problem.to_json(request_id=request_id),
        status=problem.status,
        request_id=request_id,
        headers=problem.headers,
        content_type=MEDIA_TYPE,
    )


def request_id_of(request: Any) -> str:
    """Tell the id of a request: that of API Gateway, or of the Lambda call."""
    context = request.context if request is not None else {}
    return str(
        context.get("requestId")
        or getattr(getattr(request, "lambda_context", None), "aws_request_id", None)
        or "unknown"
    )
