"""A page of a refusal that needs nothing but itself: no style sheet, no script, no session.

It is what people see where the pages themselves are not reached: an address that is none, works on the service, and
every refusal of the gateway, which on AWS and on one machine is filled from the same file.
"""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from html import escape

from chalicelib.adapters.templates import template_root

HTML = "text/html; charset=utf-8"


def wants_html(accept: str | None) -> bool:
    """Tell whether a browser asks for a page; programs say ``*/*`` or ``application/json``."""
    return "text/html" in (accept or "")


def plain_page(*, title: str, detail: str, request_id: str, home: str) -> str:
    """Fill the page; ``home`` is the address of the first page."""
    text = _template()
    for name, value in {"title": title, "detail": detail, "request": request_id, "home": home}.items():
        text = text.replace(f"[[{name}]]", escape(value))
    return text


@cache
def _template() -> str:
    text = (template_root() / "web" / "plain.html").read_text(encoding="utf-8")
    style = text.partition("<style>")[2].partition("</style>")[0]
    digest = hashlib.sha256(style.encode()).digest()
    return text.replace("[[style]]", f"sha256-{base64.b64encode(digest).decode()}")
