"""A person's session in the pages: who signed in, and until when the browser needs not sign in again."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

IDLE_FOR = timedelta(hours=1)
"""A session that nobody uses ends after this time."""

LONGEST = timedelta(hours=12)
"""However busy it is, a session ends after this time."""

NOTED_EVERY = timedelta(minutes=5)
"""How exactly the last use is known: a write for every page would cost more than the page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One browser in which somebody is signed in.

    ``session_id`` is the digest of the secret that only the browser holds. ``claims`` are those of the identity
    provider, as JSON text, as they were when the person signed in.
    """

    session_id: str = field(repr=False)
    account_id: str
    claims: str = field(repr=False)
    opened_at: datetime
    seen_at: datetime
    version: int = 1

    @property
    def ends_at(self) -> datetime:
        """When it ends if nobody uses it any more."""
        return min(self.seen_at + IDLE_FOR, self.opened_at + LONGEST)

    def is_live(self, *, at: datetime) -> bool:
        """Whether it still stands at a moment."""
        return at < self.ends_at

    def is_to_be_noted(self, *, at: datetime) -> bool:
        """Whether this use is to be written down, so that the session lives on."""
        return at >= self.seen_at + NOTED_EVERY
