"""Signing of tokens with a key that survives restarts."""

from __future__ import annotations

import base64
import hashlib
import json
import os
from typing import TYPE_CHECKING, Any

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from infra.local.identity.configuration import Configuration

LIFETIME_SECONDS = 3600
ALGORITHM = "ES256"


class TokenMint:
    """Makes and reads ES256 tokens; the key is made once and kept in a file."""

    def __init__(self, key_file: Path, configuration: Configuration) -> None:
        self._configuration = configuration
        self._key = _load_key(key_file)
        public = ECAlgorithm.to_jwk(self._key.public_key(), as_dict=True)
        required = json.dumps({name: public[name] for name in ("crv", "kty", "x", "y")})
        thumbprint = hashlib.sha256(required.replace(" ", "").encode()).digest()  # RFC 7638
        self._kid = base64url(thumbprint)
        self._jwk = {**public, "kid": self._kid, "use": "sig", "alg": ALGORITHM}

    def jwks(self) -> dict[str, Any]:
        """The public key as a JWK set (RFC 7517)."""
        return {"keys": [self._jwk]}

    def access_token(self, claims: Mapping[str, Any], *, client_id: str, now: int) -> str:
        """Sign an access token (RFC 9068) for the service."""
        extra = {"client_id": client_id, "jti": base64url(os.urandom(16))}
        return self._sign({**claims, **extra}, audience=self._configuration.audience, now=now)

    def id_token(self, claims: Mapping[str, Any], *, client_id: str, now: int) -> str:
        """Sign an id token for the client."""
        return self._sign(claims, audience=client_id, now=now, kind="JWT")

    def read_access_token(self, token: str, *, now: int) -> dict[str, Any] | None:
        """Claims of an own live access token, None for any other text."""
        try:
            header = jwt.get_unverified_header(token)
            claims: dict[str, Any] = jwt.decode(
                token,
                self._key.public_key(),
                algorithms=[ALGORITHM],
                audience=self._configuration.audience,
                issuer=self._configuration.issuer,
                options={"verify_exp": False, "verify_iat": False, "verify_nbf": False},
            )
        except jwt.InvalidTokenError:
            return None
        return claims if header.get("typ") == "at+jwt" and claims["exp"] > now else None

    def _sign(self, claims: Mapping[str, Any], *, audience: str, now: int, kind: str = "at+jwt") -> str:
        period = {"iat": now, "nbf": now, "exp": now + LIFETIME_SECONDS}
        payload = {**claims, **period, "iss": self._configuration.issuer, "aud": audience}
        headers = {"kid": self._kid, "typ": kind}
        return jwt.encode(payload, self._key, algorithm=ALGORITHM, headers=headers)


def base64url(data: bytes) -> str:
    """Encode without padding (RFC 7515)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _load_key(path: Path) -> ec.EllipticCurvePrivateKey:
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        made = ec.generate_private_key(ec.SECP256R1()).private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        unfinished = path.with_suffix(".new")
        unfinished.write_bytes(b"")
        unfinished.chmod(0o600)
        unfinished.write_bytes(made)
        unfinished.replace(path)
    key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise TypeError("the kept key is not an elliptic curve key")
    return key
