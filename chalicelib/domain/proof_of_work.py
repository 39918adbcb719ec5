"""Proof of work for public lookups by the ALTCHA protocol, version 1 (requirement G4).

The service names the hash of a salt and a number that it keeps to itself; whoever asks finds the number by trying.
Nothing is stored for a challenge: it is signed, and its salt says until when it may be solved.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from chalicelib.domain.errors import DomainError, InvalidValue

if TYPE_CHECKING:
    from collections.abc import Mapping

ALGORITHM = "SHA-256"
VALID_FOR = timedelta(minutes=10)
NONCES = 2**96
"""How many salts there are, apart from their end."""

EASIEST, HARDEST = 1_000, 10_000_000
"""Bounds of the difficulty: among how many numbers the right one is."""

# The end of the salt keeps its digits apart from those of the number: a solution cannot move its own expiry.
_SALT = re.compile(r"[0-9a-f]{24}\?expires=([0-9]{10,11})&")


class ProofNotAccepted(DomainError):
    """There is no proof of work, or it does not count; ``challenge`` is a fresh one to solve."""

    code = "proof_not_accepted"

    def __init__(self, reason: str, detail: str, *, challenge: Mapping[str, str | int]) -> None:
        super().__init__(detail)
        self.reason = reason
        self.challenge = challenge


@dataclass(frozen=True, slots=True, kw_only=True)
class SolvedChallenge:
    """A challenge whose number was found; it counts once, and not from ``expires_at`` on."""

    challenge: str
    expires_at: datetime


def make_challenge(*, key: bytes, nonce: int, number: int, difficulty: int, at: datetime) -> Mapping[str, str | int]:
    """Make a challenge in the words of the protocol; ``nonce`` and ``number`` are drawn by chance."""
    salt = f"{nonce:024x}?expires={int((at + VALID_FOR).timestamp())}&"
    challenge = _challenge_of(salt, number)
    return {
        "algorithm": ALGORITHM,
        "challenge": challenge,
        "maxnumber": difficulty,
        "salt": salt,
        "signature": _signature(key, challenge),
    }


def solved(*, key: bytes, text: str, at: datetime) -> SolvedChallenge:
    """Check a solution: the Base64 of its JSON, as the widgets of ALTCHA write it.

    Raises:
        InvalidValue: ``proof_unreadable``, ``proof_wrong`` or ``proof_expired``.
    """
    payload = _payload(text)
    challenge, salt, number = payload["challenge"], payload["salt"], payload["number"]
    written = _SALT.fullmatch(salt)
    is_ours = hmac.compare_digest(_signature(key, challenge), payload["signature"])
    if written is None or not is_ours or _challenge_of(salt, number) != challenge:
        raise InvalidValue("proof_wrong", "Решение задания неверно: решите новое")
    expires_at = datetime.fromtimestamp(int(written[1]), tz=UTC)
    if at >= expires_at:
        raise InvalidValue("proof_expired", "Задание устарело: решите новое")
    return SolvedChallenge(challenge=challenge, expires_at=expires_at)


def _challenge_of(salt: str, number: int) -> str:
    return hashlib.sha256(f"{salt}{number}".encode()).hexdigest()


def _signature(key: bytes, challenge: str) -> str:
    return hmac.new(key, challenge.encode(), hashlib.sha256).hexdigest()


def _payload(text: str) -> dict[str, Any]:
    try:
        found = json.loads(base64.b64decode(text, validate=True))
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict) or not _is_complete(found):
        raise InvalidValue("proof_unreadable", "Решение задания записано неверно: решите новое")
    return found


def _is_complete(payload: Mapping[str, Any]) -> bool:
    number = payload.get("number")
    texts = ("challenge", "salt", "signature")
    return (
        payload.get("algorithm") == ALGORITHM
        and all(isinstance(payload.get(name), str) and payload[name].isascii() for name in texts)
        and type(number) is int
        and 0 <= number <= HARDEST
    )
