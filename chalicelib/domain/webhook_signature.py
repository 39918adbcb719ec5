"""How webhooks are signed: HMAC-SHA256 over id, moment and body, as Standard Webhooks has it, by one or two secrets.

The secret of a subscription is derived, not stored (as one-time codes are): nothing that could be read in the table
lets anybody sign. Each rotation is another generation.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from chalicelib.domain.errors import InvalidValue

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

PREFIX: Final = "whsec_"
ID_HEADER: Final = "webhook-id"
MOMENT_HEADER: Final = "webhook-timestamp"
SIGNATURE_HEADER: Final = "webhook-signature"
LONGEST_MOMENT: Final = 12
"""Digits of seconds since 1970 for thirty thousand years to come."""
SHORTEST: Final = 24
"""Bytes of a secret that nobody guesses, as Standard Webhooks has it."""

TOLERANCE: Final = timedelta(minutes=5)
"""How old a signed moment may be for a receiver: what is older may be a recording that somebody plays again."""


def derive_secret(*, secret: bytes, subscription_id: str, generation: int) -> str:
    """Compute the secret of a generation, as its receiver keeps it: ``whsec_`` and base64 of 32 bytes."""
    digest = hmac.new(secret, f"webhook:{subscription_id}:{generation}".encode(), hashlib.sha256).digest()
    return PREFIX + base64.b64encode(digest).decode()


def read_secrets(*, text: str) -> tuple[str, ...]:
    """Read the live secrets of a sender: one, or two with a space between them while they are rotated.

    Raises:
        InvalidValue: there is none, or one is no key of at least 24 bytes.
    """
    found = tuple(text.split())
    if not found:
        raise InvalidValue("signing_secret", "Секрет подписи не задан")
    for one in found:
        try:
            length = len(_key_of(one))
        except ValueError:
            length = 0
        if length < SHORTEST:
            raise InvalidValue("signing_secret", "Секрет подписи – это не меньше 24 байтов, за whsec_ в base64")
    return found


def _key_of(secret: str) -> bytes:
    """Behind its prefix a secret is base64; without one it is what it says."""
    if secret.startswith(PREFIX):
        return base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    return secret.encode()


def sign(*, secret: str, event_id: str, moment: int, body: bytes) -> str:
    """Sign a body that is sent at ``moment`` (seconds since 1970): ``v1,`` and base64."""
    digest = hmac.new(_key_of(secret), f"{event_id}.{moment}.".encode() + body, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(digest).decode()}"


def signed_headers(*, secrets: Sequence[str], event_id: str, at: datetime, body: bytes) -> Mapping[str, str]:
    """The headers of a message: its id, its moment, and a signature by each live secret."""
    moment = int(at.timestamp())
    signatures = (sign(secret=secret, event_id=event_id, moment=moment, body=body) for secret in secrets)
    return {ID_HEADER: event_id, MOMENT_HEADER: str(moment), SIGNATURE_HEADER: " ".join(signatures)}


def is_signed(*, secret: str, headers: Mapping[str, str], body: bytes, at: datetime) -> bool:
    """What a receiver does: check the moment, then compare each signature in constant time."""
    event_id, moment = headers.get(ID_HEADER, ""), headers.get(MOMENT_HEADER, "")
    is_moment = moment.isascii() and moment.isdigit() and len(moment) <= LONGEST_MOMENT
    if not is_moment or abs(at.timestamp() - int(moment)) > TOLERANCE.total_seconds():
        return False
    wanted = sign(secret=secret, event_id=event_id, moment=int(moment), body=body).encode()
    given = headers.get(SIGNATURE_HEADER, "").split(" ")
    return any(hmac.compare_digest(wanted, one.encode()) for one in given)
