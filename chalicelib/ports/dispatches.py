"""What the core needs to keep of messages on their way (requirements M1, M2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from chalicelib.domain.dispatch import Dispatch, SentPointer
    from chalicelib.domain.notifications import Channel


class Dispatches(Protocol):
    """Reads of messages by one channel each."""

    def dispatch(self, *, order_id: str, channel: Channel) -> Dispatch | None:
        """Read one (1 call)."""
        ...

    def dispatches(self, *, order_ids: Sequence[str]) -> Mapping[str, Sequence[Dispatch]]:
        """Read what goes by SMS and e-mail of each order (1 call per 50 orders)."""
        ...

    def sent_pointer(self, *, provider: str, provider_id: str) -> SentPointer | None:
        """Follow a provider's own id (1 call)."""
        ...

    def due_dispatches(self, *, until: datetime, page: int) -> Iterator[Sequence[Dispatch]]:
        """Page through what a timer has to look at, earliest first (1 call per page)."""
        ...
