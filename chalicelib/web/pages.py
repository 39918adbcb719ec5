"""Pages for people: the check of a document's QR code, the state of an application (requirements G2, G5)."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from chalice.app import Blueprint

from chalicelib.adapters.templates import template_root
from chalicelib.http.middleware import request_in_work
from chalicelib.http.problems import http_problem
from chalicelib.http.responses import request_id_of, respond, respond_problem

if TYPE_CHECKING:
    from chalice.app import Response

blueprint = Blueprint(__name__)

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
    "worker-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_TYPES = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8"}


@cache
def _files() -> dict[str, tuple[str, str]]:
    """The static files by name: only what stands in the folder can be asked for."""
    folder = template_root() / "web" / "static"
    return {
        path.name: (path.read_text(encoding="utf-8"), _TYPES[path.suffix])
        for path in folder.iterdir()
        if path.suffix in _TYPES
    }


@cache
def _html(name: str) -> str:
    return (template_root() / "web" / name).read_text(encoding="utf-8")


def _page(body: str, content_type: str) -> Response:
    headers = {
        "Cache-Control": "public, max-age=300",
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
    """A script or a style sheet."""
    if name not in _files():
        request_id = request_id_of(request_in_work.get())
        return respond_problem(http_problem("not_found"), request_id=request_id)
    body, content_type = _files()[name]
    return _page(body, content_type)
