"""What a page gets of a request: who is in which browser, and the fields of a form."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from chalicelib.bootstrap import container
from chalicelib.domain.principal import Principal
from chalicelib.http.auth import principal_of
from chalicelib.http.calls import client_of
from chalicelib.http.edge import HttpProblem
from chalicelib.web import cookies

if TYPE_CHECKING:
    from chalicelib.domain.session import Session

FORM = "application/x-www-form-urlencoded"
FILE_FORM = "multipart/form-data"
CSRF_FIELD = "csrf"
KEY_FIELD = "request_key"
_MAX_FIELDS = 300
_MAX_FORM_BYTES = 64 * 1024
_MAX_FILE_FORM_BYTES = 512 * 1024
"""A table of a thousand rows has room in it; what is larger goes to the storage, not through a form."""


class SignInNeeded(Exception):
    """The page is for somebody who is signed in, and nobody is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One request of a browser.

    ``browser`` is the secret of the browser, to which tokens against forgery are bound; ``secret`` that of its
    session, ``held`` all cookies. ``query`` and ``form`` keep the last value of a name, ``choices`` all
    values of a form's name.
    """

    request_id: str
    at: datetime
    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    form: Mapping[str, str] = field(default_factory=dict, repr=False)
    choices: Mapping[str, list[str]] = field(default_factory=dict, repr=False)
    browser: str = field(default="", repr=False)
    is_new_browser: bool = False
    secret: str | None = field(default=None, repr=False)
    caller: Principal | None = field(default=None, repr=False)
    wants_json: bool = False
    client: str = field(default="", repr=False)
    held: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def principal(self) -> Principal:
        """Who is signed in; raises SignInNeeded."""
        if self.caller is None:
            raise SignInNeeded
        return self.caller

    @property
    def csrf(self) -> str:
        """The token that every form of this browser carries; it outlives a session of the same account."""
        account = self.caller.account_id if self.caller else ""
        return csrf_token(browser=self.browser, account_id=account)

    @property
    def key(self) -> str | None:
        """The Idempotency-Key that the form was given when it was drawn."""
        return self.form.get(KEY_FIELD) or None

    @property
    def here(self) -> str:
        """The address of this page with its query, below the base of the service."""
        return f"{self.path}?{urlencode(self.query)}" if self.query else self.path


def csrf_token(*, browser: str, account_id: str) -> str:
    """Derive the token of a browser in which an account is signed in."""
    digest = hmac.new(browser.encode(), f"csrf|{account_id}".encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest[:24]).decode()


def new_secret() -> str:
    """Draw 256 random bits, as text for a cookie or an address."""
    return secrets.token_urlsafe(32)


def read_visit(request: Any, *, request_id: str, at: datetime) -> Visit:
    """Read a request of a browser (1 AWS call where it says that somebody is signed in).

    Raises:
        HttpProblem: 400, the form cannot be read.
    """
    held = cookies.read(request.headers)
    secret = held.get(cookies.session_name())
    session = _session(secret, at)
    browser = held.get(cookies.browser_name(), "")
    choices = _form(request)
    return Visit(
        request_id=request_id,
        at=at,
        method=request.method,
        path=str(request.to_original_event().get("path") or "/"),
        query=dict(request.query_params or {}),
        form={name: values[-1] for name, values in choices.items()},
        choices=choices,
        browser=browser or new_secret(),
        is_new_browser=not browser,
        secret=secret if session else None,
        caller=_caller(session),
        wants_json=str(request.headers.get("accept") or "").startswith("application/json"),
        held=held,
        client=client_of(request.context),
    )


def check_not_forged(visit: Visit, headers: Mapping[str, Any]) -> None:
    """Refuse a form that another site sent, or that this browser was not given (requirement: CSRF).

    Raises:
        HttpProblem: 403.
    """
    origin, site = headers.get("origin"), headers.get("sec-fetch-site")
    parts = urlsplit(container().public_base_url)
    is_foreign = origin is not None and origin != f"{parts.scheme}://{parts.netloc}"
    if is_foreign or site not in {None, "same-origin", "none"}:
        raise HttpProblem("forbidden", "Форма отправлена с другого сайта. Откройте нужную страницу здесь и повторите")
    if not hmac.compare_digest(visit.form.get(CSRF_FIELD, "").encode(), visit.csrf.encode()):
        raise HttpProblem("forbidden", "Страница устарела. Откройте её заново и повторите: введённое сохранилось")


def local_address(text: str | None) -> str | None:
    """Let through only an address within the service: a page to come back to after signing in."""
    if not text or not text.startswith("/") or text.startswith(("//", "/\\")) or len(text) > 500:  # noqa: PLR2004
        return None
    return text if text.isprintable() and "\\" not in text else None


def _session(secret: str | None, at: datetime) -> Session | None:
    if not secret:
        return None
    from chalicelib.use_cases.sessions import current_session  # noqa: PLC0415 — public pages do without

    return current_session(tools=container(), secret=secret, at=at)


def _caller(session: Session | None) -> Principal | None:
    return principal_of({"claims": session.claims, "account_id": session.account_id}) if session else None


def _form(request: Any) -> dict[str, list[str]]:
    if request.method != "POST":
        return {}
    kind = str(request.headers.get("content-type") or "")
    has_file = kind.lower().startswith(FILE_FORM)
    try:
        body = bytes(request.raw_body)
        if len(body) > (_MAX_FILE_FORM_BYTES if has_file else _MAX_FORM_BYTES):
            raise HttpProblem("payload_too_large", "Слишком большая форма: сократите введённый текст или файл")
        if has_file:
            pairs = _parts(kind, body)
        else:
            pairs = parse_qsl(body.decode(), keep_blank_values=True, errors="strict", max_num_fields=_MAX_FIELDS)
    except ValueError:
        raise HttpProblem("malformed_request", "Форму не удалось прочитать. Откройте страницу заново") from None
    found: dict[str, list[str]] = {}
    for name, value in pairs:
        found.setdefault(name, []).append(value)
    return found


def _parts(kind: str, body: bytes) -> list[tuple[str, str]]:
    """Read a form with a file as text (RFC 7578); raises ValueError where it is none."""
    from email import policy  # noqa: PLC0415 — only where a file is sent
    from email.parser import BytesParser  # noqa: PLC0415

    from chalicelib.adapters.sheets.csv_dialect import decoded  # noqa: PLC0415 — as above

    message = BytesParser(policy=policy.HTTP).parsebytes(f"Content-Type: {kind}\r\n\r\n".encode("latin-1") + body)
    found: list[tuple[str, str]] = []
    for part in message.iter_parts() if message.is_multipart() else ():
        name, content = part.get_param("name", header="content-disposition"), part.get_payload(decode=True)
        if not isinstance(name, str) or not isinstance(content, bytes) or len(found) == _MAX_FIELDS:
            raise ValueError("no form with a file")
        # A file is in whatever encoding its spreadsheet wrote; fields are in that of the page.
        found.append((name, decoded(content) if part.get_filename() else content.decode()))
    if not found:
        raise ValueError("no form with a file")
    return found
