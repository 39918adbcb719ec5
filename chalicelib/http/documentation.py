"""The committed OpenAPI document and its readable page."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from chalice import Blueprint

from chalicelib.http.middleware import request_in_work
from chalicelib.http.openapi_page import PAGE_POLICY, render_page
from chalicelib.http.responses import request_id_of, respond

if TYPE_CHECKING:
    from chalice import Response

documentation = Blueprint(__name__)

DOCUMENT = Path(__file__).with_name("openapi.json")
_CACHE = {"Cache-Control": "public, max-age=300"}


@cache
def _document() -> str:
    return DOCUMENT.read_text(encoding="utf-8")


@cache
def _page() -> str:
    return render_page(json.loads(_document()))


@documentation.route("/openapi.json", name="openapi_document")  # type: ignore[untyped-decorator]  # chalice has no types
def openapi_document() -> Response:
    """Answer with the OpenAPI document."""
    request_id = request_id_of(request_in_work.get())
    return respond(_document(), status=200, request_id=request_id, headers=_CACHE)


@documentation.route("/docs", name="openapi_page")  # type: ignore[untyped-decorator]  # chalice has no types
def openapi_page() -> Response:
    """Answer with the page for people."""
    return respond(
        _page(),
        status=200,
        request_id=request_id_of(request_in_work.get()),
        headers={**_CACHE, "Content-Security-Policy": PAGE_POLICY},
        content_type="text/html; charset=utf-8",
    )
