"""Declared routes: what the blueprint serves and the OpenAPI document describes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Literal, Required, TypedDict, get_args, get_origin, get_type_hints

from chalicelib.http.calls import Call, Reply

Need = bool | Literal["optional"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One operation of the API as it was declared; see ``RouteOptions``."""

    method: str
    path: str
    handler: Callable[..., Any]
    summary: str
    tag: str
    description: str | None = None
    status: int = 200
    repeated: int | None = None
    auth: bool = True
    idempotent: Need = False
    etag: bool = False
    if_match: Need = False
    errors: tuple[int, ...] = ()
    cache: str = "no-store"
    content_type: str | None = None
    also: str | None = None
    consumes: str = "application/json"
    roles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """What a handler takes and returns, read from its annotations."""

    body: type[Any] | None
    query: type[Any] | None
    answer: Any
    path: Mapping[str, Any] = field(default_factory=dict)


class RouteOptions(TypedDict, total=False):
    """The options of ``ApiBlueprint.route``.

    ``status``: of a success · ``repeated``: of one that changes nothing, for the document only · ``auth``: behind the
    authorizer · ``idempotent``: takes an Idempotency-Key (True: must have one) · ``etag``: answers with an ETag ·
    ``if_match``: takes an If-Match (True: must have one) · ``errors``: statuses of refusals beyond the usual ·
    ``cache``: the Cache-Control of a success · ``content_type``: of an answer that is text, not JSON · ``also``: the
    media type of a text that the Accept header may ask for instead of JSON · ``consumes``: the media type of the body,
    for the document · ``roles``: the roles that may call it, for the document only: use cases decide.
    """

    summary: Required[str]
    tag: Required[str]
    description: str
    status: int
    repeated: int
    auth: bool
    idempotent: Need
    etag: bool
    if_match: Need
    errors: tuple[int, ...]
    cache: str
    content_type: str
    also: str
    consumes: str
    roles: tuple[str, ...]


@cache
def signature_of(handler: Callable[..., Any]) -> Signature:
    """Read the annotations of a handler, at its first call: they need every model imported.

    Raises:
        TypeError: the first parameter is not ``call: Call``, or one has no annotation.
    """
    hints = get_type_hints(handler)
    names = handler.__code__.co_varnames[: handler.__code__.co_argcount]
    if not names or hints.get(names[0]) is not Call or any(name not in hints for name in names):
        raise TypeError(f"{handler.__qualname__} must take call: Call and annotate the rest")
    answer = hints.get("return")
    if get_origin(answer) is Reply:
        (answer,) = get_args(answer)
    return Signature(
        body=hints.get("body"),
        query=hints.get("query"),
        answer=None if answer is type(None) else answer,
        path={name: hints[name] for name in names[1:] if name not in ("body", "query")},
    )
