"""What must leave after a change: the entries that wait."""

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
