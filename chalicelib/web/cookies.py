"""The three cookies of the pages: of the browser, of its session, and of a sign-in under way.

On HTTPS their names begin with ``__Host-``, so that no neighbouring domain can set them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from chalicelib.bootstrap import container

if TYPE_CHECKING:
    from collections.abc import Mapping

BROWSER_KEPT_SECONDS = 400 * 24 * 3600
SIGN_IN_SECONDS = 15 * 60

_VALUE = re.compile(r"[A-Za-z0-9_.~-]{1,2000}")


def is_secure() -> bool:
    """Whether people reach the service by HTTPS."""
    return urlsplit(container().public_base_url).scheme == "https"


def session_name() -> str:
    """The name of the cookie with the secret of a session."""
    return _named("polis_session")


def browser_name() -> str:
    """The name of the cookie with the secret of a browser."""
    return _named("polis_browser")


def sign_in_name() -> str:
    """The name of the cookie that binds a sign-in to the browser that began it."""
    return _named("polis_sign_in")


def read(headers: Mapping[str, Any]) -> dict[str, str]:
    """Read the cookies that a browser sent; what cannot be one of ours is left out."""
    found: dict[str, str] = {}
    for part in str(headers.get("cookie") or "").split(";"):
        name, _, value = part.strip().partition("=")
        if _VALUE.fullmatch(value):
            found.setdefault(name, value)
    return found


def put(name: str, value: str, *, seconds: int | None = None) -> str:
    """The header that sets a cookie; without ``seconds`` the browser forgets it when it is closed."""
    lasts = "" if seconds is None else f"; Max-Age={seconds}"
    return f"{name}={value}; Path=/; HttpOnly; SameSite=Lax{lasts}{'; Secure' if is_secure() else ''}"


def drop(name: str) -> str:
    """The header that takes a cookie away."""
    return put(name, "gone", seconds=0)


def _named(name: str) -> str:
    return f"__Host-{name}" if is_secure() else name
