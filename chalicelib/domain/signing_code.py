"""One-time codes: six digits, five minutes, five tries, derived and never stored (requirement A3)."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from chalicelib.domain.errors import DomainError

VALID_FOR = timedelta(minutes=5)
MAX_TRIES = 5
RESEND_AFTER = timedelta(seconds=60)
DIGITS = 6


class CodeNotAccepted(DomainError):
    """The code is wrong, expired, used up, or none was asked for; ``tries_left`` says how many remain."""

    code = "code_not_accepted"

    def __init__(self, reason: str, detail: str, *, tries_left: int = 0) -> None:
        super().__init__(detail)
        self.reason = reason
        self.tries_left = tries_left


@dataclass(frozen=True, slots=True, kw_only=True)
class SentCode:
    """A code that was sent: when, and what follows from that."""

    sent_at: datetime

    @property
    def expires_at(self) -> datetime:
        """When the code stops being accepted."""
        return self.sent_at + VALID_FOR

    @property
    def resend_at(self) -> datetime:
        """From when another code may be asked for."""
        return self.sent_at + RESEND_AFTER


@dataclass(frozen=True, slots=True, kw_only=True)
class Challenge(SentCode):
    """What is kept of a code: for what it was sent (``subject_digest``) and how many tries are spent.

    The code itself is not here: it is derived from the secret and ``challenge_id`` where it is sent and where it
    is checked, so nothing stored or queued reveals it.
    """

    challenge_id: str
    subject_digest: str
    tries: int = 0
    version: int = 1

    @property
    def tries_left(self) -> int:
        """How many wrong tries are still allowed."""
        return max(0, MAX_TRIES - self.tries)


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicationChallenge:
    """A signing challenge together with the application in whose folder it lies."""

    application_id: str
    challenge: Challenge

    @property
    def version(self) -> int:
        """The version of the challenge, on which writes are conditional."""
        return self.challenge.version


def derive_code(*, secret: bytes, challenge_id: str, purpose: str = "signing-code", digits: int = DIGITS) -> str:
    """Compute the code of a challenge (truncation as in RFC 4226, section 5.3).

    Codes of another ``purpose`` are others, whatever the id.
    """
    digest = hmac.new(secret, f"{purpose}:{challenge_id}".encode(), hashlib.sha256).digest()
    offset = digest[-1] & 0x0F
    number = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFFFFFF
    return str(number % 10**digits).zfill(digits)


def check_open(*, challenge: Challenge | None, subject_digest: str, at: datetime) -> Challenge:
    """Return the challenge if a code may still be tried for this very content.

    Raises:
        CodeNotAccepted: none was sent, the content changed since, it expired, or the tries are spent.
    """
    if challenge is None:
        raise CodeNotAccepted("code_not_requested", "Сначала запросите код подтверждения")
    if challenge.subject_digest != subject_digest:
        raise CodeNotAccepted("content_changed", "Заявление изменилось после отправки кода: запросите новый код")
    if at >= challenge.expires_at:
        raise CodeNotAccepted("code_expired", "Срок действия кода истёк: запросите новый")
    if challenge.tries >= MAX_TRIES:
        raise CodeNotAccepted("tries_spent", "Пять неверных попыток: запросите новый код")
    return challenge


def matches(*, secret: bytes, challenge: Challenge, code: str) -> bool:
    """Compare in constant time."""
    expected = derive_code(secret=secret, challenge_id=challenge.challenge_id)
    return hmac.compare_digest(expected.encode(), code.encode())


def spend_try(*, challenge: Challenge) -> Challenge:
    """Count one wrong try."""
    return replace(challenge, tries=challenge.tries + 1)
