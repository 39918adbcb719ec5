"""What a handler gets of the request, and what it may answer."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass, field
from datetime import datetime
from typing import Any, Generic, TypeVar
from urllib.parse import unquote

from chalicelib.domain.principal import Principal
from chalicelib.http.edge import HttpProblem

T = TypeVar("T")

#: Request headers that handlers may read.
EXPOSED_HEADERS = (
    "accept",
    "accept-language",
    "if-none-match",
    "user-agent",
    "webhook-id",
    "webhook-signature",
    "webhook-timestamp",
)

_IDEMPOTENCY_KEY = re.compile(r"[\x21-\x7e]{1,128}")
_ETAG = re.compile(r'(?:W/)?"v(\d{1,15})"')
_BAD_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_MAX_PATH_PARAMETER = 512


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call of the API.

    ``at`` is the aware UTC moment of the call, ``if_match`` the version from the If-Match header,
    ``client`` the caller as limits count it (``client_of``), ``headers`` the part of the headers in
    ``EXPOSED_HEADERS`` with names in lower case, ``raw`` the bytes of the body, over which signatures go.
    """

    request_id: str
    at: datetime
    caller: Principal | None = field(default=None, repr=False)
    idempotency_key: str | None = None
    if_match: int | None = None
    client: str = field(default="", repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    raw: bytes = field(default=b"", repr=False)

    @property
    def principal(self) -> Principal:
        """The authenticated caller.

        Raises:
            HttpProblem: 401, the route is public and nobody has logged in.
        """
        if self.caller is None:
            raise HttpProblem("unauthorized")
        return self.caller


@dataclass(frozen=True, slots=True)
class Reply(Generic[T]):
    """An answer with more than a body.

    ``version`` becomes the ETag, ``location`` the Location header; ``content_type`` is for a
    ``body`` that is text already.
    """

    body: T
    _: KW_ONLY
    version: int | None = None
    status: int | None = None
    location: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    content_type: str | None = None


def client_of(context: Mapping[str, Any]) -> str:
    """Tell who calls, for limits: the address that API Gateway saw, of IPv6 the network of /64.

    Whoever has one address of IPv6 has all 2**64 of its network: as many clients as they like, were each counted alone.
    """
    address = str((context.get("identity") or {}).get("sourceIp") or "")
    if ":" not in address:
        return address
    from ipaddress import IPv6Address  # noqa: PLC0415 — most callers come by IPv4

    try:
        parsed = IPv6Address(address)
    except ValueError:
        return address
    return str(parsed.ipv4_mapped or IPv6Address(int(parsed) >> 64 << 64))


def etag_of(version: int) -> str:
    """Write a version as an entity tag: 3 becomes ``"v3"``."""
    return f'"v{version}"'


def read_idempotency_key(headers: Mapping[str, str], *, required: bool) -> str | None:
    """Read the Idempotency-Key header: 1 to 128 printable ASCII characters without spaces."""
    key = headers.get("idempotency-key")
    if key is None:
        if required:
            detail = "Передайте заголовок Idempotency-Key с уникальным значением"
            raise HttpProblem("malformed_request", detail)
        return None
    if not _IDEMPOTENCY_KEY.fullmatch(key):
        detail = "Idempotency-Key должен содержать от 1 до 128 печатных символов ASCII без пробелов"
        raise HttpProblem("malformed_request", detail)
    return key


def read_if_match(headers: Mapping[str, str], *, required: bool) -> int | None:
    """Read the version from the If-Match header; ``*`` asks for no version in particular."""
    tag = headers.get("if-match")
    if tag is None:
        if required:
            raise HttpProblem("precondition_required")
        return None
    if tag.strip() == "*":
        return None
    # Proxies that compress answers make tags weak: the version in them is exact all the same.
    match = _ETAG.fullmatch(tag.strip())
    if match is None:
        raise HttpProblem("malformed_request", "Передайте в If-Match значение ETag без изменений")
    return int(match[1])


def read_path_parameter(raw: str) -> str:
    """Decode a path parameter, which API Gateway leaves percent-encoded.

    Raises:
        HttpProblem: 404, nothing can have such an address.
    """
    if _BAD_ESCAPE.search(raw):
        raise HttpProblem("not_found")
    try:
        text = unquote(raw, errors="strict")
        text.encode()
    except UnicodeError:
        raise HttpProblem("not_found") from None
    if _CONTROL.search(text) or not 0 < len(text) <= _MAX_PATH_PARAMETER:
        raise HttpProblem("not_found")
    return text


def expose_headers(headers: Mapping[str, Any]) -> dict[str, str]:
    """Keep the headers that handlers may read."""
    return {name: value for name in EXPOSED_HEADERS if (value := headers.get(name))}
