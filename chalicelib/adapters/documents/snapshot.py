"""Snapshots as signed tokens (JWS, RFC 7515), that any library checks with the published keys."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from chalicelib.ports.signing import Signer

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime, timedelta


TYPE = "polis-snapshot+jwt"


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedSnapshots:
    """The `Snapshots` port over a signer."""

    signer: Signer
    public_base_url: str

    def sign(self, *, claims: Mapping[str, Any], at: datetime, valid_for: timedelta) -> str:
        """Sign claims with who says so, when, and until when they may be used."""
        header = {"alg": "ES256", "kid": self.signer.key_id, "typ": TYPE}
        times = {"iat": int(at.timestamp()), "exp": int((at + valid_for).timestamp())}
        signed = f"{_part(header)}.{_part({'iss': self.public_base_url, **times, **claims})}"
        return f"{signed}.{_base64url(self.signer.sign(message=signed.encode()))}"


def _part(value: Mapping[str, Any]) -> str:
    return _base64url(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode())


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")
