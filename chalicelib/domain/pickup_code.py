"""Codes by which an extract is handed over: eight digits, five tries, derived and never stored (requirement F8)."""

from __future__ import annotations

import hmac
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from chalicelib.domain.signing_code import CodeNotAccepted, derive_code

DIGITS = 8
MAX_TRIES = 5
RESEND_AFTER = timedelta(seconds=60)
PURPOSE = "pickup-code"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pickup:
    """A code that was sent: when, and how many tries are spent.

    The code itself is not here, nor a hash of it, which for eight digits would be undone in a moment: it is derived
    from the secret and ``pickup_id`` where it is sent and where it is checked. It stands as long as the paper waits.
    """

    pickup_id: str
    sent_at: datetime
    tries: int = 0

    @property
    def tries_left(self) -> int:
        """How many wrong tries are still allowed."""
        return max(0, MAX_TRIES - self.tries)

    @property
    def resend_at(self) -> datetime:
        """From when another code may be asked for."""
        return self.sent_at + RESEND_AFTER


def derive_pickup_code(*, secret: bytes, pickup_id: str) -> str:
    """Compute the code."""
    return derive_code(secret=secret, challenge_id=pickup_id, purpose=PURPOSE, digits=DIGITS)


def check_tries(*, pickup: Pickup) -> None:
    """Refuse every code, the right one too, once the tries are spent.

    Raises:
        CodeNotAccepted: ``tries_spent``.
    """
    if not pickup.tries_left:
        detail = "Пять неверных попыток: пусть получатель запросит новый код в личном кабинете"
        raise CodeNotAccepted("tries_spent", detail)


def pickup_matches(*, secret: bytes, pickup: Pickup, code: str) -> bool:
    """Compare in constant time."""
    expected = derive_pickup_code(secret=secret, pickup_id=pickup.pickup_id)
    return hmac.compare_digest(expected.encode(), code.encode())


def spend_pickup_try(*, pickup: Pickup) -> Pickup:
    """Count one wrong try."""
    return replace(pickup, tries=pickup.tries + 1)
