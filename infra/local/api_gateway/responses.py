"""Turns what the Lambda function returned into an HTTP response, refusing what AWS refuses."""

from __future__ import annotations

import base64
import json
import re
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from infra.local.api_gateway.events import matches_media_type
from infra.local.api_gateway.problems import BAD_ANSWER, Refused

_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_BAD_VALUE = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_CONNECTION_HEADERS = frozenset(
    {
        "connection",
        "content-length",
        "keep-alive",
        "proxy-authenticate",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)
_BODILESS = frozenset({HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED})
_SURELY_SMALL = 512 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An HTTP response that is ready to be sent."""

    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes


def exceeds(value: Any, limit: int) -> bool:
    """Tell whether the JSON form of an event or a result is over ``limit`` bytes."""
    body = value.get("body") if isinstance(value, dict) else None
    if body is None or (isinstance(body, str) and len(body) < min(_SURELY_SMALL, limit // 8)):
        return False
    return len(json.dumps(value, ensure_ascii=False).encode("utf-8", "replace")) > limit


def to_answer(result: Any, *, accept: str | None, binary_types: list[str], lenient: bool, limit: int) -> Answer:
    """Convert a proxy result.

    A base64 body is decoded when the first media type of Accept is a binary type, as REST APIs do;
    ``lenient`` decodes it always.

    Raises:
        Refused: 502, the result is malformed, over ``limit`` bytes, or injects headers.
    """
    try:
        status = int(result["statusCode"])
        headers = _headers(result)
        body = _body(result, decode=lenient or _accepts_binary(accept, binary_types))
        too_large = exceeds(result, limit)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise Refused(BAD_ANSWER) from error
    if too_large or not HTTPStatus.OK <= status <= 599:  # noqa: PLR2004  # HTTP has no later status
        raise Refused(BAD_ANSWER)
    if status in _BODILESS:
        return Answer(status=status, headers=headers, body=b"")
    headers.append((b"content-length", str(len(body)).encode()))
    return Answer(status=status, headers=headers, body=body)


def _headers(result: dict[str, Any]) -> list[tuple[bytes, bytes]]:
    pairs: dict[tuple[str, str], None] = {}
    for name, values in (result.get("multiValueHeaders") or {}).items():
        pairs |= {(str(name).lower(), _text(value)): None for value in values}
    for name, value in (result.get("headers") or {}).items():
        pairs[str(name).lower(), _text(value)] = None
    if not any(name == "content-type" for name, _ in pairs):
        pairs["content-type", "application/json"] = None
    return [
        (name.encode("ascii"), value.encode("utf-8"))
        for name, value in pairs
        if _checked(name, value) and name not in _CONNECTION_HEADERS
    ]


def _checked(name: str, value: str) -> bool:
    if not _NAME.fullmatch(name) or _BAD_VALUE.search(value):
        raise ValueError("A header of the answer has forbidden characters")
    return True


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | int | float):
        return str(value).strip()
    raise TypeError("A header of the answer is not a string")


def _body(result: dict[str, Any], *, decode: bool) -> bytes:
    body = result.get("body")
    if body is None:
        return b""
    if not isinstance(body, str):
        raise TypeError("The body of the answer is not a string")
    if result.get("isBase64Encoded") and decode:
        return base64.b64decode(body, validate=True)
    return body.encode("utf-8")


def _accepts_binary(accept: str | None, binary_types: list[str]) -> bool:
    first = (accept or "").split(",", 1)[0]
    return "*/*" in binary_types or matches_media_type(first, binary_types)
