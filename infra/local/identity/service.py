"""HTTP of the local OpenID provider: code flow with PKCE, refresh, user info, sign-out."""

from __future__ import annotations

import re
import secrets
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

from infra.local.http_service import Problem, Request, Response, is_loopback
from infra.local.identity import pages
from infra.local.identity.grants import Grant, Grants
from infra.local.identity.token_endpoint import PRIVATE, OAuthRefusal, TokenEndpoint, single
from infra.local.identity.tokens import ALGORITHM, TokenMint

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from infra.local.identity.configuration import Configuration

_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)
_PERSON_KEY = re.compile(r"[a-z0-9_-]{1,64}", re.ASCII)
_ASSURANCES = frozenset({"confirmed", "standard", "simplified"})
_SHARED = frozenset({"/.well-known/openid-configuration", "/jwks.json", "/token", "/userinfo"})
_CARRIED = (
    "response_type",
    "client_id",
    "redirect_uri",
    "scope",
    "state",
    "nonce",
    "code_challenge",
    "code_challenge_method",
)


class IdentityProvider:
    """A small but real OpenID provider for one machine."""

    def __init__(
        self,
        *,
        configuration: Configuration,
        mint: TokenMint,
        grants: Grants,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._configuration = configuration
        self._mint = mint
        self._grants = grants
        self._clock = clock
        self._routes: dict[tuple[str, str], Callable[[Request], Response]] = {
            ("GET", "/"): lambda _: pages.home_page(configuration.issuer),
            ("GET", "/health"): lambda _: Response.of_json({"status": "ok"}),
            ("GET", "/.well-known/openid-configuration"): lambda _: self._discovery(),
            ("GET", "/jwks.json"): lambda _: Response.of_json(mint.jwks()),
            ("GET", "/authorize"): lambda request: self._authorize(request.parameters),
            ("POST", "/authorize"): lambda request: self._authorize(request.form),
            ("POST", "/token"): TokenEndpoint(configuration, mint, grants, clock),
            ("GET", "/userinfo"): self._userinfo,
            ("POST", "/userinfo"): self._userinfo,
            ("GET", "/end_session"): lambda request: self._end_session(request.parameters),
            ("POST", "/end_session"): lambda request: self._end_session(request.form),
            ("POST", "/control/persons"): self._add_person,
        }

    def __call__(self, request: Request) -> Response:
        """Answer one request; pages on the loopback may read what is not a page."""
        origin = request.headers.get("origin", "")
        shared = request.path in _SHARED and is_loopback(urlsplit(origin).hostname or "")
        if shared and request.method == "OPTIONS":
            response = Response(status=204)
        else:
            handler = self._routes.get((request.method, request.path))
            if handler is None:
                raise Problem(404, "not_found")
            response = handler(request)
        return _shared_with(origin, response) if shared else response

    def _discovery(self) -> Response:
        issuer = self._configuration.issuer
        endpoints = {
            f"{name}_endpoint": f"{issuer}/{path}"
            for name, path in (
                ("authorization", "authorize"),
                ("token", "token"),
                ("userinfo", "userinfo"),
                ("end_session", "end_session"),
            )
        }
        document = {
            "issuer": issuer,
            **endpoints,
            "jwks_uri": f"{issuer}/jwks.json",
            "response_types_supported": ["code"],
            "response_modes_supported": ["query"],
            "grant_types_supported": [
                "authorization_code",
                "refresh_token",
                pages.DEMONSTRATION_GRANT,
            ],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": [ALGORITHM],
            "token_endpoint_auth_methods_supported": ["none"],
            "code_challenge_methods_supported": ["S256"],
            "scopes_supported": ["openid", "profile", "email", "phone", "offline_access"],
            "authorization_response_iss_parameter_supported": True,
        }
        return Response.of_json(document)

    def _authorize(self, given: Mapping[str, list[str]]) -> Response:
        """Show the choice, or with a person chosen go back with a code.

        An unknown client or address is refused here: nobody is sent to an address not allowed.
        """
        client_id, uri = _last(given, "client_id"), _last(given, "redirect_uri")
        if client_id not in self._configuration.client_ids:
            return pages.refusal_page("Приложение не зарегистрировано: проверьте client_id.")
        if not self._configuration.may_return_to(uri):
            return pages.refusal_page("Адрес возврата не разрешён: проверьте redirect_uri.")
        state = _last(given, "state")
        try:
            parameters = single(given)
            _check_authorization(parameters)
            key = parameters.get("person")
            if key is None:
                return pages.choice_page({name: parameters[name] for name in _CARRIED if name in parameters})
            answer = {"code": self._code(key, parameters)}
        except OAuthRefusal as refusal:
            answer = {"error": refusal.code}
        answer |= {"iss": self._configuration.issuer} | ({"state": state} if state else {})
        return _redirect(uri, answer)

    def _code(self, key: str, parameters: Mapping[str, str]) -> str:
        if self._grants.claims_of(key) is None:
            raise OAuthRefusal("access_denied")
        grant = Grant(
            person=key,
            client_id=parameters["client_id"],
            auth_time=int(self._clock()),
            scope=parameters["scope"],
            family=secrets.token_urlsafe(16),
            redirect_uri=parameters["redirect_uri"],
            challenge=parameters["code_challenge"],
            nonce=parameters.get("nonce", ""),
        )
        return self._grants.issue("code", grant, now=self._clock())

    def _userinfo(self, request: Request) -> Response:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        claims = self._mint.read_access_token(token.strip(), now=int(self._clock()))
        if scheme.lower() != "bearer" or claims is None:
            headers = {"WWW-Authenticate": 'Bearer error="invalid_token"'}
            return Response.of_json({"error": "invalid_token"}, status=401, headers=headers)
        hidden = {"iss", "aud", "exp", "iat", "nbf", "jti", "client_id", "scope"}
        return Response.of_json({name: value for name, value in claims.items() if name not in hidden}, headers=PRIVATE)

    def _end_session(self, given: Mapping[str, list[str]]) -> Response:
        """End the session; there is none here, so only the way back is checked."""
        uri, state = _last(given, "post_logout_redirect_uri"), _last(given, "state")
        if not uri:
            return pages.signed_out_page()
        if not self._configuration.may_return_to(uri):
            return pages.refusal_page("Адрес возврата после выхода не разрешён.")
        return _redirect(uri, {"state": state} if state else {})

    def _add_person(self, request: Request) -> Response:
        """Add a generated person: ``{"key": …, "claims": {"sub": …, …}}``."""
        key, claims = request.json.get("key"), request.json.get("claims")
        if not isinstance(key, str) or not _PERSON_KEY.fullmatch(key):
            raise Problem(422, "invalid_key")
        if not isinstance(claims, dict) or not _is_person(claims):
            raise Problem(422, "invalid_claims")
        self._grants.add_person(key, claims)
        return Response.of_json({"key": key}, status=201)


def _is_person(claims: Mapping[str, Any]) -> bool:
    roles = claims.get("roles")
    return (
        isinstance(claims.get("sub"), str)
        and claims.get("assurance") in _ASSURANCES
        and isinstance(roles, list)
        and all(isinstance(role, str) for role in roles)
    )


def _check_authorization(parameters: Mapping[str, str]) -> None:
    if parameters.get("response_type") != "code":
        raise OAuthRefusal("unsupported_response_type")
    if "openid" not in parameters.get("scope", "").split():
        raise OAuthRefusal("invalid_scope")
    if parameters.get("code_challenge_method") != "S256":
        raise OAuthRefusal("invalid_request")
    if not _CHALLENGE.fullmatch(parameters.get("code_challenge", "")):
        raise OAuthRefusal("invalid_request")
    if parameters.get("prompt") == "none":
        raise OAuthRefusal("login_required")


def _last(given: Mapping[str, list[str]], name: str) -> str:
    return given.get(name, [""])[-1]


def _redirect(uri: str, parameters: Mapping[str, str]) -> Response:
    mark = "&" if urlsplit(uri).query else "?"
    target = f"{uri}{mark}{urlencode(parameters)}" if parameters else uri
    return Response(status=303, headers={"Location": target, **PRIVATE})


def _shared_with(origin: str, response: Response) -> Response:
    allowed = {
        "Access-Control-Allow-Origin": origin,
        "Access-Control-Allow-Headers": "authorization, content-type",
        "Access-Control-Allow-Methods": "GET, POST",
        "Vary": "Origin",
    }
    return replace(response, headers={**response.headers, **allowed})
