"""FHIR's way over HTTP: its media types, searches as forms, refusals as OperationOutcome (R4, http.html)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

from chalicelib.domain.fhir import outcome
from chalicelib.http.dialects import JSON_TYPE, Dialect
from chalicelib.http.edge import HttpProblem
from chalicelib.http.models import Query
from chalicelib.http.responses import respond
from chalicelib.http.validation import MAX_BODY_BYTES, parse_body, parse_query

if TYPE_CHECKING:
    from chalice import Response

    from chalicelib.http.problems import Problem

MEDIA_TYPE = "application/fhir+json"
CONTENT_TYPE = f"{MEDIA_TYPE}; charset=utf-8"
FORM = "application/x-www-form-urlencoded"

_ISSUES = {
    400: "structure",
    401: "login",
    403: "forbidden",
    404: "not-found",
    405: "not-supported",
    409: "conflict",
    413: "too-long",
    415: "not-supported",
    422: "processing",
    429: "throttled",
    503: "transient",
}
"""Status of an answer → the code of the issue type (value set issue-type)."""

MOST_PARAMETERS = 50


def read(model: type[Any], raw: bytes, media_type: str) -> Any:
    """Read the body: searches are forms, resources are JSON."""
    if issubclass(model, Query) is not (media_type == FORM):
        raise HttpProblem("unsupported_media_type", f"Поиск отправляют как {FORM}, ресурсы — как {MEDIA_TYPE}")
    if media_type != FORM:
        return parse_body(model, raw)
    if len(raw) > MAX_BODY_BYTES:
        raise HttpProblem("payload_too_large")
    try:
        given = parse_qs(
            raw.decode("utf-8"),
            keep_blank_values=True,
            strict_parsing=bool(raw),
            errors="strict",
            max_num_fields=MOST_PARAMETERS,
        )
    except ValueError:
        raise HttpProblem("malformed_request", "Тело запроса – не форма в кодировке UTF-8") from None
    return parse_query(model, given)


def refuse(problem: Problem, *, request_id: str) -> Response:
    """Write a refusal as OperationOutcome."""
    code = _ISSUES.get(problem.status, "exception")
    told = outcome(code=code, text=problem.detail, details=[(e.field, e.message) for e in problem.errors])
    return respond(
        json.dumps(told, ensure_ascii=False, separators=(",", ":")),
        status=problem.status,
        request_id=request_id,
        headers=problem.headers,
        content_type=CONTENT_TYPE,
    )


FHIR = Dialect(media_types=(MEDIA_TYPE, JSON_TYPE, FORM), read=read, refuse=refuse, content_type=CONTENT_TYPE)
