"""Builds the REST API (v1) Lambda proxy event of a request, member by member as AWS sends it."""

from __future__ import annotations

import base64
import re
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote_to_bytes

from infra.local.api_gateway.problems import MALFORMED_BODY, MALFORMED_URL, Refused
from infra.local.lambda_context import ACCOUNT_ID

if TYPE_CHECKING:
    from infra.local.api_gateway.options import GatewayOptions
    from infra.local.api_gateway.routes import Match

_BAD_ESCAPE = re.compile(rb"%(?![0-9A-Fa-f]{2})|%00")
_MOST_QUERY_FIELDS = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """One HTTP request, read whole; ``path`` is raw, header names are in lower case."""

    request_id: str
    method: str
    path: str
    query: bytes
    headers: dict[str, list[str]]
    body: bytes
    source_ip: str
    scheme: str
    port: int

    def header(self, name: str) -> str | None:
        """The last value of a header, as API Gateway's ``headers`` shows it."""
        values = self.headers.get(name)
        return values[-1] if values else None


def check_url(raw_path: bytes, query: bytes) -> None:
    """Refuse what is not percent-encoded UTF-8 without NUL, so that no handler meets it."""
    for part in (raw_path, query):
        if _BAD_ESCAPE.search(part) or b"\0" in part:
            raise Refused(MALFORMED_URL)
        if b"%" in part or not part.isascii():
            try:
                unquote_to_bytes(part).decode("utf-8")
            except UnicodeDecodeError:
                raise Refused(MALFORMED_URL) from None


def headers_of(raw: list[tuple[bytes, bytes]]) -> dict[str, list[str]]:
    """Collect header values in order; bytes outside UTF-8 are read as Latin-1."""
    headers: dict[str, list[str]] = {}
    for name, value in raw:
        try:
            text = value.decode("utf-8")
        except UnicodeDecodeError:
            text = value.decode("latin-1")
        headers.setdefault(name.decode("latin-1"), []).append(text)
    return headers


def build_event(request: Incoming, match: Match, options: GatewayOptions, binary_types: list[str]) -> dict[str, Any]:
    """Make the event; the authorizer's context is put in later.

    Raises:
        Refused: the body is text, but not UTF-8; the query has too many fields.
    """
    headers = _forwarded(request)
    query = _query(request.query)
    body, encoded = _body(request, binary_types)
    return {
        "resource": match.resource.template,
        "path": request.path,
        "httpMethod": request.method,
        "headers": {name: values[-1] for name, values in headers.items()},
        "multiValueHeaders": headers,
        "queryStringParameters": {name: values[-1] for name, values in query.items()} or None,
        "multiValueQueryStringParameters": query or None,
        "pathParameters": match.parameters or None,
        "stageVariables": None,
        "requestContext": _context(request, match, options),
        "body": body,
        "isBase64Encoded": encoded,
    }


def method_arn(request: Incoming, options: GatewayOptions) -> str:
    """The ARN that an authorizer's policy is about."""
    return (
        f"arn:aws:execute-api:{options.region}:{ACCOUNT_ID}:{options.api_id}/{options.stage}/"
        f"{request.method}{request.path}"
    )


def matches_media_type(media_type: str, patterns: list[str]) -> bool:
    """Tell whether a media type (parameters ignored) is one of ``patterns`` (``*/*`` is any)."""
    plain = media_type.split(";", 1)[0].strip().lower()
    return any(
        pattern == "*/*"
        or plain == pattern.lower()
        or (pattern.endswith("/*") and plain.startswith(pattern[:-1].lower()))
        for pattern in patterns
    )


def _context(request: Incoming, match: Match, options: GatewayOptions) -> dict[str, Any]:
    host = request.header("host") or "localhost"
    now = time.time()
    return {
        "accountId": ACCOUNT_ID,
        "apiId": options.api_id,
        "domainName": host,
        "domainPrefix": host.split(".", 1)[0],
        "extendedRequestId": request.request_id.replace("-", "")[:15] + "=",
        "httpMethod": request.method,
        "identity": {
            "accessKey": None,
            "accountId": None,
            "caller": None,
            "cognitoAuthenticationProvider": None,
            "cognitoAuthenticationType": None,
            "cognitoIdentityId": None,
            "cognitoIdentityPoolId": None,
            "principalOrgId": None,
            "sourceIp": request.source_ip,
            "user": None,
            "userAgent": request.header("user-agent"),
            "userArn": None,
        },
        "path": request.path,
        "protocol": "HTTP/1.1",
        "requestId": request.request_id,
        "requestTime": time.strftime("%d/%b/%Y:%H:%M:%S +0000", time.gmtime(now)),
        "requestTimeEpoch": int(now * 1000),
        "resourceId": match.resource.template,
        "resourcePath": match.resource.template,
        "stage": options.stage,
    }


def _forwarded(request: Incoming) -> dict[str, list[str]]:
    """API Gateway appends the caller to X-Forwarded-For and overwrites its two companions."""
    passed = request.headers.get("x-forwarded-for", [])
    return {
        **request.headers,
        "x-forwarded-for": [", ".join([*passed, request.source_ip])],
        "x-forwarded-port": [str(request.port)],
        "x-forwarded-proto": [request.scheme],
    }


def _query(raw: bytes) -> dict[str, list[str]]:
    values: dict[str, list[str]] = {}
    if not raw:
        return values
    try:
        pairs = parse_qsl(
            raw.decode("utf-8"),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=_MOST_QUERY_FIELDS,
        )
    except ValueError:
        raise Refused(MALFORMED_URL) from None
    for name, value in pairs:
        values.setdefault(name, []).append(value)
    return values


def _body(request: Incoming, binary_types: list[str]) -> tuple[str | None, bool]:
    if not request.body:
        return None, False
    if matches_media_type(request.header("content-type") or "application/json", binary_types):
        return base64.b64encode(request.body).decode("ascii"), True
    try:
        return request.body.decode("utf-8"), False
    except UnicodeDecodeError:
        raise Refused(MALFORMED_BODY) from None
