"""The token endpoint: what is redeemed for tokens, and what is refused (RFC 6749, 5)."""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import replace
from hmac import compare_digest
from typing import TYPE_CHECKING

from infra.local.http_service import Request, Response
from infra.local.identity.grants import Grant, Grants
from infra.local.identity.pages import DEMONSTRATION_GRANT
from infra.local.identity.tokens import LIFETIME_SECONDS, TokenMint, base64url

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from infra.local.identity.configuration import Configuration

PRIVATE = {"Cache-Control": "no-store", "Pragma": "no-cache"}
_VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}", re.ASCII)


class OAuthRefusal(Exception):
    """An error of OAuth 2.0 (RFC 6749, 4.1.2.1 and 5.2)."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def single(given: Mapping[str, list[str]]) -> dict[str, str]:
    """Parameters, which must not repeat (RFC 6749, 3.1).

    Raises:
        OAuthRefusal: one of them does.
    """
    if any(len(values) > 1 for values in given.values()):
        raise OAuthRefusal("invalid_request")
    return {name: values[0] for name, values in given.items()}


class TokenEndpoint:
    """Gives tokens for a code, a refresh token, or the key of a demonstration person."""

    def __init__(
        self,
        configuration: Configuration,
        mint: TokenMint,
        grants: Grants,
        clock: Callable[[], float],
    ) -> None:
        self._configuration = configuration
        self._mint = mint
        self._grants = grants
        self._clock = clock

    def __call__(self, request: Request) -> Response:
        """Answer one request for tokens."""
        try:
            return self._tokens(self._grant(single(request.form)))
        except OAuthRefusal as refusal:
            return Response.of_json({"error": refusal.code}, status=400, headers=PRIVATE)

    def _grant(self, form: Mapping[str, str]) -> Grant:
        match form.get("grant_type"):
            case "authorization_code":
                return self._redeem_code(form)
            case "refresh_token":
                return self._redeem("refresh", form, "refresh_token")
            case other if other == DEMONSTRATION_GRANT:
                return self._demonstrate(form)
            case None:
                raise OAuthRefusal("invalid_request")
        raise OAuthRefusal("unsupported_grant_type")

    def _redeem_code(self, form: Mapping[str, str]) -> Grant:
        verifier = form.get("code_verifier", "")
        if not _VERIFIER.fullmatch(verifier):
            raise OAuthRefusal("invalid_request")
        grant = self._redeem("code", form, "code")
        challenge = base64url(hashlib.sha256(verifier.encode()).digest())
        if not compare_digest(challenge, grant.challenge):
            raise OAuthRefusal("invalid_grant")
        if form.get("redirect_uri") != grant.redirect_uri:
            raise OAuthRefusal("invalid_grant")
        return grant

    def _redeem(self, kind: str, form: Mapping[str, str], name: str) -> Grant:
        if form.get("client_id") not in self._configuration.client_ids:
            raise OAuthRefusal("invalid_client")
        if not form.get(name):
            raise OAuthRefusal("invalid_request")
        grant = self._grants.redeem(kind, form[name], now=self._clock())
        if grant is None or grant.client_id != form["client_id"]:
            raise OAuthRefusal("invalid_grant")
        return grant

    def _demonstrate(self, form: Mapping[str, str]) -> Grant:
        """Sign a person in without a browser: for demonstrations and tests on one machine."""
        client_id = form.get("client_id", min(self._configuration.client_ids))
        if client_id not in self._configuration.client_ids:
            raise OAuthRefusal("invalid_client")
        return Grant(
            person=form.get("person", ""),
            client_id=client_id,
            auth_time=int(self._clock()),
            scope="openid",
            family=secrets.token_urlsafe(16),
        )

    def _tokens(self, grant: Grant) -> Response:
        person = self._grants.claims_of(grant.person)
        if person is None:
            raise OAuthRefusal("invalid_grant")
        now, client_id = int(self._clock()), grant.client_id
        access = {**person, "scope": grant.scope}
        login = {**person, "auth_time": grant.auth_time}
        if grant.nonce:
            login["nonce"] = grant.nonce
        fresh = replace(grant, challenge="", redirect_uri="", nonce="")
        body = {
            "access_token": self._mint.access_token(access, client_id=client_id, now=now),
            "id_token": self._mint.id_token(login, client_id=client_id, now=now),
            "refresh_token": self._grants.issue("refresh", fresh, now=self._clock()),
            "token_type": "Bearer",
            "expires_in": LIFETIME_SECONDS,
            "scope": grant.scope,
        }
        return Response.of_json(body, headers=PRIVATE)
