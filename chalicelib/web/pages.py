"""Pages for people without signing in: the check of a document's QR code, the state of an application (G2, G5)."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from chalice.app import Blueprint

from chalicelib.adapters.templates import template_root
from chalicelib.http.middleware import request_in_work
from chalicelib.http.problems import http_problem
from chalicelib.http.responses import request_id_of, respond, respond_problem
from chalicelib.web.rendering import static_files

if TYPE_CHECKING:
    from chalice.app import Response

blueprint = Blueprint(__name__)

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src data:; connect-src 'self'; "
    "img-src 'self' data:; worker-src 'self'; manifest-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_SHORTLY = "public, max-age=300"
_FOR_EVER = "public, max-age=31536000, immutable"


@cache
def _html(name: str) -> str:
    return (template_root() / "web" / name).read_text(encoding="utf-8")


def _page(body: str, content_type: str, *, kept: str = _SHORTLY) -> Response:
    headers = {
        "Cache-Control": kept,
        "Content-Security-Policy": POLICY,
        "Service-Worker-Allowed": "/",
    }
    request_id = request_id_of(request_in_work.get())
    return respond(body, status=200, request_id=request_id, headers=headers, content_type=content_type)


@blueprint.route("/Q", name="qr_page")  # type: ignore[untyped-decorator]  # chalice has no types
def qr_page() -> Response:
    """The page that a phone's camera opens; the code itself stays in the fragment."""
    return _page(_html("qr.html"), "text/html; charset=utf-8")


@blueprint.route("/q", name="qr_page_lower")  # type: ignore[untyped-decorator]  # chalice has no types
def qr_page_lower() -> Response:
    """The same page under the address that people type."""
    return _page(_html("qr.html"), "text/html; charset=utf-8")


@blueprint.route("/status", name="status_page")  # type: ignore[untyped-decorator]  # chalice has no types
def status_page() -> Response:
    """The state of an application by its number; messages link here with the number in the fragment."""
    return _page(_html("status.html"), "text/html; charset=utf-8")


@blueprint.route("/static/{name}", name="static_file")  # type: ignore[untyped-decorator]  # chalice has no types
def static_file(name: str) -> Response:
    """A script, a style sheet or a picture; an address with the mark of the content may be kept for ever."""
    request = request_in_work.get()
    if name not in static_files():
        return respond_problem(http_problem("not_found"), request_id=request_id_of(request))
    body, content_type, mark = static_files()[name]
    query = (request.query_params if request is not None else None) or {}
    return _page(body, content_type, kept=_FOR_EVER if query.get("v") == mark else _SHORTLY)
