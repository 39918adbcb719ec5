"""What must leave after a change: the entries that wait, and the claims by which each is delivered once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from chalicelib.domain.records import OutboxEntry


class Outbox(Protocol):
    """The part of the store from which messages leave."""

    def outbox_entries(self, *, entry_ids: Sequence[str]) -> Sequence[OutboxEntry]:
        """Read outbox entries that still wait (1 call per 100)."""
        ...

    def outbox_waiting(self, *, shard: int, before: datetime) -> Sequence[OutboxEntry]:
        """Read entries of a shard that wait since before the moment (1 call)."""
        ...

    def outbox_done(self, *, entries: Sequence[OutboxEntry]) -> None:
        """Forget entries that were sent (1 call per 25)."""
        ...

    def claim_delivery(self, *, key: str, at: datetime, lease_seconds: int) -> str:
        """Claim one delivery: "claimed", "taken" by a live lease, or else the outcome noted before (1 call)."""
        ...

    def finish_delivery(self, *, key: str, outcome: str, at: datetime) -> None:
        """Note the final outcome of a claimed delivery (1 call)."""
        ...

    def release_delivery(self, *, key: str) -> None:
        """Give a claim back after a failure that certainly sent nothing (1 call)."""
        ...
