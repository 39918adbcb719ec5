"""The client's side of OpenID Connect: where to send a browser, and the exchange of its code for tokens."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from chalicelib.adapters.registers.transport import URLLib3Transport, WireFailed, WireRequest
from chalicelib.ports.errors import Rejected, Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

DISCOVERY_KEPT_SECONDS = 3600
SCOPE = "openid profile email phone"
_SECONDS = 5.0
_MAX_BYTES = 256 * 1024
_OK = 200
_SERVER_ERRORS = 500
_AWAY = "Сервис входа не отвечает. Попробуйте через несколько минут"


class OidcProvider:
    """One issuer; its addresses are read from its own description (OpenID Connect Discovery 1.0) and kept for an hour.

    The pages are a public client: what proves that a code is theirs is PKCE (RFC 7636).
    """

    def __init__(self, *, issuer: str, client_id: str, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._issuer = issuer
        self._client_id = client_id
        self._monotonic = monotonic
        self._send = URLLib3Transport(connect_seconds=2.0, read_seconds=_SECONDS, max_bytes=_MAX_BYTES)
        self._found: tuple[float, Mapping[str, Any]] | None = None

    def authorization_url(self, *, redirect_uri: str, state: str, nonce: str, challenge: str) -> str:
        """Where the browser goes to sign in; raises Unavailable."""
        asked = {
            "response_type": "code",
            "client_id": self._client_id,
            "redirect_uri": redirect_uri,
            "scope": SCOPE,
            "state": state,
            "nonce": nonce,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        endpoint = str(self._endpoints()["authorization_endpoint"])
        return f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(asked)}"

    def end_session_url(self) -> str | None:
        """Where a person also signs out of the issuer itself, if it has such a page; raises Unavailable."""
        found = self._endpoints().get("end_session_endpoint")
        return None if found is None else str(found)

    def id_token(self, *, code: str, redirect_uri: str, verifier: str) -> str:
        """Exchange a code for the token that says who signed in; its signature is for the caller to check.

        Raises:
            Rejected: the issuer does not take the code: it is old, used, or not of this browser.
            Unavailable: the issuer does not answer.
        """
        given = {
            "grant_type": "authorization_code",
            "client_id": self._client_id,
            "code": code,
            "redirect_uri": redirect_uri,
            "code_verifier": verifier,
        }
        answer = self._read("POST", str(self._endpoints()["token_endpoint"]), urlencode(given))
        token = answer.get("id_token")
        if not isinstance(token, str):
            raise Rejected("Сервис входа не подтвердил вход. Войдите ещё раз")
        return token

    def _endpoints(self) -> Mapping[str, Any]:
        if self._found is None or self._monotonic() - self._found[0] >= DISCOVERY_KEPT_SECONDS:
            found = self._read("GET", f"{self._issuer.rstrip('/')}/.well-known/openid-configuration")
            if found.get("issuer") != self._issuer:
                raise Unavailable(_AWAY)
            self._found = (self._monotonic(), found)
        return self._found[1]

    def _read(self, method: str, url: str, body: str | None = None) -> dict[str, Any]:
        headers = {"Accept": "application/json"}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        encoded = None if body is None else body.encode()
        try:
            answer = self._send(WireRequest(method=method, url=url, headers=headers, body=encoded, seconds=_SECONDS))
        except WireFailed:
            raise Unavailable(_AWAY) from None
        if answer.status >= _SERVER_ERRORS:
            raise Unavailable(_AWAY)
        try:
            content = json.loads(answer.body)
        except ValueError:
            content = None
        if answer.status != _OK or not isinstance(content, dict):
            raise Rejected("Сервис входа не подтвердил вход. Войдите ещё раз")
        return content
