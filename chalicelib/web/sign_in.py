"""Signing in by OpenID Connect (code flow with PKCE), and out (requirement A1)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import TYPE_CHECKING, Any

from chalicelib.bootstrap import container
from chalicelib.http.edge import HttpProblem
from chalicelib.web import cookies
from chalicelib.web.answers import Answer, Page, Redirect
from chalicelib.web.blueprint import WebBlueprint
from chalicelib.web.homes import home_of
from chalicelib.web.visits import Visit, local_address, new_secret

if TYPE_CHECKING:
    from collections.abc import Mapping

blueprint = WebBlueprint(__name__)

CALLBACK = "/sign-in/callback"


@blueprint.page("GET", "/sign-in")
def sign_in(visit: Visit) -> Answer:
    """Send the browser to the issuer; what must come back with it is bound to this browser by a cookie."""
    wanted = local_address(visit.query.get("return")) or ""
    if visit.caller is not None:
        return Redirect(to=wanted or home_of(visit.caller))
    begun = {"state": new_secret(), "nonce": new_secret(), "verifier": new_secret(), "return": wanted}
    challenge = base64.urlsafe_b64encode(hashlib.sha256(begun["verifier"].encode()).digest()).rstrip(b"=").decode()
    to = container().sign_in.authorization_url(
        redirect_uri=_callback(), state=begun["state"], nonce=begun["nonce"], challenge=challenge
    )
    packed = base64.urlsafe_b64encode(json.dumps(begun).encode()).rstrip(b"=").decode()
    return Redirect(to=to, cookies=(cookies.put(cookies.sign_in_name(), packed, seconds=cookies.SIGN_IN_SECONDS),))


@blueprint.page("GET", CALLBACK)
def callback(visit: Visit) -> Answer:
    """Where the issuer sends the browser back: with a code, or with a refusal."""
    begun = _begun(visit.held.get(cookies.sign_in_name(), ""))
    if not hmac.compare_digest(visit.query.get("state", "").encode(), begun.get("state", "?").encode()):
        return _not_signed_in("Вход начат в другом окне или слишком давно")
    if "code" not in visit.query:
        return _not_signed_in("Вход отменён")
    claims = _claims(visit.query["code"], begun)
    secret = _opened(claims, visit)
    kept = cookies.put(cookies.session_name(), secret)
    to = local_address(begun["return"]) or "/sign-in"
    return Redirect(to=to, cookies=(kept, cookies.drop(cookies.sign_in_name())))


@blueprint.page("POST", "/sign-out")
def sign_out(visit: Visit) -> Answer:
    """End the session here and now; the page offers to sign out of the issuer too."""
    from chalicelib.use_cases.sessions import end_session  # noqa: PLC0415 — only where somebody is signed in

    if visit.secret is not None:
        end_session(tools=container(), secret=visit.secret, at=visit.at)
    return Redirect(to="/signed-out", cookies=(cookies.drop(cookies.session_name()),))


@blueprint.page("GET", "/signed-out")
def signed_out(visit: Visit) -> Answer:
    """What remains: the session at the issuer."""
    return Page(template="pages/signed_out.html", context={"issuer": container().sign_in.end_session_url()})


@blueprint.page("GET", "/signed-in")
def signed_in(visit: Visit) -> Answer:
    """Where somebody lands who signed in beside a page that waits with what was typed."""
    return Page(template="pages/signed_in.html", context={"name": visit.principal.account_id})


def _callback() -> str:
    return f"{container().public_base_url}{CALLBACK}"


def _begun(packed: str) -> dict[str, str]:
    try:
        found = json.loads(base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4)))
        return {name: str(found[name]) for name in ("state", "nonce", "verifier", "return")}
    except (ValueError, KeyError, TypeError):
        return {}


def _claims(code: str, begun: Mapping[str, str]) -> dict[str, Any]:
    """Exchange the code and check who the issuer says has signed in, in answer to this very question."""
    from dataclasses import replace  # noqa: PLC0415 — as below

    from chalicelib.http import tokens  # noqa: PLC0415 — loads cryptography, only where somebody signs in
    from chalicelib.settings import identity_settings  # noqa: PLC0415

    settings = identity_settings()
    token = container().sign_in.id_token(code=code, redirect_uri=_callback(), verifier=begun["verifier"])
    trusted = replace(settings, audience=settings.client_id)
    try:
        claims = tokens.verified_claims(token, settings=trusted, keys=tokens.keys_of(settings.jwks_url))
    except tokens.Unauthorized:
        raise HttpProblem("unauthorized", "Сервис входа подтвердил вход неверно. Войдите ещё раз") from None
    if not hmac.compare_digest(str(claims.get("nonce", "")).encode(), begun["nonce"].encode()):
        raise HttpProblem("unauthorized", "Сервис входа ответил не на этот вход. Войдите ещё раз")
    return claims


def _opened(claims: Mapping[str, Any], visit: Visit) -> str:
    from chalicelib.http import tokens  # noqa: PLC0415 — as above
    from chalicelib.use_cases.sessions import end_session, open_session  # noqa: PLC0415

    tools = container()
    if visit.secret is not None:
        end_session(tools=tools, secret=visit.secret, at=visit.at)
    context = tokens.context_of(claims)
    secret = new_secret()
    open_session(tools=tools, secret=secret, account_id=context["account_id"], claims=context["claims"], at=visit.at)
    return secret


def _not_signed_in(why: str) -> Page:
    return Page(template="pages/not_signed_in.html", context={"why": why}, status=400)
