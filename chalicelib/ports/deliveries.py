"""The part of the store that reads deliveries of extracts on paper (requirement F8)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date, datetime

    from chalicelib.domain.delivery import Delivery
    from chalicelib.domain.delivery_states import DeliveryState
    from chalicelib.ports.queries import Slice


class Deliveries(Protocol):
    """Reads of deliveries."""

    def delivery(self, *, person_id: str, delivery_id: str) -> Delivery | None:
        """Read one delivery (1 call)."""
        ...

    def deliveries_of(self, *, person_id: str, limit: int, after: str | None) -> Slice[Delivery]:
        """List a person's deliveries, newest first (1 call)."""
        ...

    def deliveries_in(
        self, *, insurer_code: str, state: DeliveryState, limit: int, after: str | None
    ) -> Slice[Delivery]:
        """List an insurer's deliveries in one state by an index, what is due first first (1 call)."""
        ...

    def deliveries_due(self, *, insurer_code: str, since: date, until: date) -> Iterator[Delivery]:
        """Walk through an insurer's deliveries whose last day lies in a period (1 call per state, more per MB)."""
        ...

    def due_deliveries(self, *, until: datetime, page: int) -> Iterator[Sequence[Delivery]]:
        """Page through deliveries that a timer has to look at, earliest first (1 call per page)."""
        ...
