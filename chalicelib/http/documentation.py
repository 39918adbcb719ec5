"""The committed OpenAPI document and its readable page."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from chalice import Blueprint

from chalicelib.http.middleware import request_in_work
from chalicelib.http.responses import request_id_of, respond

if TYPE_CHECKING:
    from chalice import Response

blueprint = Blueprint(__name__)

DOCUMENT = Path(__file__).with_name("openapi.json")
_CACHE = {"Cache-Control": "public, max-age=300"}


@cache
def _document() -> str:
    return DOCUMENT.read_text(encoding="utf-8")


@cache
def _page() -> tuple[str, str]:
    from chalicelib.http import openapi_page  # noqa: PLC0415  # seldom asked for

    return openapi_page.render_page(json.loads(_document())), openapi_page.PAGE_POLICY


@blueprint.route("/openapi.json", name="openapi_document")  # type: ignore[untyped-decorator]  # chalice has no types
def openapi_document() -> Response:
    """Answer with the OpenAPI document."""
    request_id = request_id_of(request_in_work.get())
    return respond(_document(), status=200, request_id=request_id, headers=_CACHE)


@blueprint.route("/docs", name="openapi_page")  # type: ignore[untyped-decorator]  # chalice has no types
def openapi_page() -> Response:
    """Answer with the page for people."""
    page, policy = _page()
    return respond(
        page,
        status=200,
        request_id=request_id_of(request_in_work.get()),
        headers={**_CACHE, "Content-Security-Policy": policy},
        content_type="text/html; charset=utf-8",
    )
