"""Verification of OIDC bearer tokens: issuer, audience, algorithm, times and signature."""

from __future__ import annotations

import base64
import hashlib
import json
import logging
import time
from functools import cache
from typing import TYPE_CHECKING, Any

import jwt
from chalice import AuthResponse
from jwt import PyJWK, PyJWKClient, PyJWKSet
from jwt.exceptions import PyJWKClientConnectionError, PyJWTError

from chalicelib.settings import identity_settings

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from chalice.app import AuthRequest

    from chalicelib.settings import IdentitySettings

ALGORITHMS = ("RS256", "ES256")
LEEWAY_SECONDS = 30
_REQUIRED = ["exp", "iat", "sub", "iss", "aud"]
_MAX_TOKEN_LENGTH = 8192
_MAX_SUBJECT_LENGTH = 255
_MIN_RSA_BITS = 2048
_ACCOUNT_ID_LENGTH = 26
#: Claims that the API reads; others stay out of the context.
_PASSED_CLAIMS = (
    "sub",
    "assurance",
    "roles",
    "snils",
    "family_name",
    "given_name",
    "middle_name",
    "birthdate",
    "gender",
    "email",
    "phone_number",
    "insurer",
    "region",
    "clinic",
    "identity_document",
    "inn",
    "birthplace",
    "address",
)

_logger = logging.getLogger("polis.authorizer")


class Unauthorized(Exception):
    """The token is not good. API Gateway answers 401 when the message is just this word."""

    def __init__(self) -> None:
        super().__init__("Unauthorized")


class SigningKeys(PyJWKClient):
    """The issuer's keys, cached for five minutes; old ones serve while the issuer is away.

    An unknown ``kid`` refetches at most every ``cooldown_duration`` seconds.
    """

    def __init__(
        self,
        url: str,
        *,
        cooldown_seconds: float = 30,
        stale_seconds: float = 86_400,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(url, lifespan=300, timeout=3, cooldown_duration=cooldown_seconds)
        self._stale_seconds = stale_seconds
        self._monotonic = monotonic
        self._last_good: tuple[float, dict[str, Any]] | None = None

    def fetch_data(self) -> Any:
        """Fetch the keys; if that fails, give the last good ones while they are not too old.

        Raises:
            PyJWKClientConnectionError: there are no keys at all.
        """
        try:
            fetched = super().fetch_data()
        except (PyJWTError, ValueError, OSError) as error:
            if self._last_good is None or self._age() > self._stale_seconds:
                raise PyJWKClientConnectionError("no keys of the issuer") from error
            _logger.warning("keys are stale", extra={"error_type": type(error).__name__})
            return self._last_good[1]
        PyJWKSet.from_dict(fetched)
        self._last_good = (self._monotonic(), fetched)
        return fetched

    def _age(self) -> float:
        return self._monotonic() - self._last_good[0] if self._last_good else float("inf")


def authorize(request: AuthRequest) -> AuthResponse:
    """Let the bearer of a good token to every route: what each may do is for the use cases.

    Raises:
        Unauthorized: 401.
        PyJWKClientConnectionError: the issuer's keys cannot be had, which is no fault of the caller.
    """
    settings = identity_settings()
    claims = verified_claims(_bearer(request.token), settings=settings, keys=keys_of(settings.jwks_url))
    context = context_of(claims)
    return AuthResponse(routes=["*"], principal_id=context["account_id"], context=context)


def context_of(claims: Mapping[str, Any]) -> dict[str, str]:
    """What of the claims goes on to the handlers: `auth.principal_of` makes the principal of it."""
    return {
        "claims": json.dumps(
            {name: claims[name] for name in _PASSED_CLAIMS if claims.get(name) is not None},
            ensure_ascii=True,
            separators=(",", ":"),
        ),
        "account_id": account_id_of(issuer=claims["iss"], subject=claims["sub"]),
    }


def verified_claims(token: str, *, settings: IdentitySettings, keys: SigningKeys) -> dict[str, Any]:
    """Check a token and give its claims.

    Raises:
        Unauthorized: anything at all is wrong with the token.
        PyJWKClientConnectionError: the issuer's keys cannot be had.
    """
    try:
        header = jwt.get_unverified_header(token)
        key = _key(header, keys)
        claims: dict[str, Any] = jwt.decode(
            token,
            key=key.key,
            algorithms=[header["alg"]],
            issuer=settings.issuer,
            audience=settings.audience,
            leeway=LEEWAY_SECONDS,
            options={"require": _REQUIRED},
        )
    except PyJWKClientConnectionError:
        raise
    except (PyJWTError, ValueError, TypeError, RecursionError) as error:
        # The type tells the reason; the message may quote the token.
        _logger.info("token refused", extra={"error_type": type(error).__name__})
        raise Unauthorized from None
    if not 0 < len(claims["sub"]) <= _MAX_SUBJECT_LENGTH:
        raise Unauthorized
    return claims


def account_id_of(*, issuer: str, subject: str) -> str:
    """Derive the stored, opaque account identifier: 26 characters of Base32 in lower case."""
    digest = hashlib.sha256(f"{issuer}|{subject}".encode()).digest()
    return base64.b32encode(digest).decode().lower()[:_ACCOUNT_ID_LENGTH]


def _bearer(header: str) -> str:
    scheme, _, token = (header or "").strip().partition(" ")
    token = token.strip()
    if scheme.lower() != "bearer" or not token or len(token) > _MAX_TOKEN_LENGTH:
        raise Unauthorized
    return token


def _key(header: Mapping[str, Any], keys: SigningKeys) -> PyJWK:
    # The algorithm must be ours and that of the key: else a public key could serve as a secret.
    algorithm, key_id = header.get("alg"), header.get("kid")
    if algorithm not in ALGORITHMS or not isinstance(key_id, str) or not key_id:
        raise Unauthorized
    key = keys.get_signing_key(key_id)
    if key.algorithm_name != algorithm:
        raise Unauthorized
    if algorithm == "RS256" and key.key.key_size < _MIN_RSA_BITS:
        raise Unauthorized
    return key


@cache
def keys_of(url: str) -> SigningKeys:
    """The issuer's keys, kept by the process."""
    return SigningKeys(url)
