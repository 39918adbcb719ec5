"""Deliveries of extracts on paper: in the folder of their person, listed for the insurer by an index."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.adapters.dynamodb import index_keys, items, keys
from chalicelib.adapters.dynamodb.due import due_pages
from chalicelib.domain.delivery import Delivery
from chalicelib.domain.delivery_states import DeliveryState
from chalicelib.ports.queries import Slice

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date, datetime

    from chalicelib.adapters.dynamodb.table import Table


class DeliveryReads:
    """The reads of deliveries; a part of the store."""

    _table: Table

    def delivery(self, *, person_id: str, delivery_id: str) -> Delivery | None:
        """Read one delivery."""
        return self._table.get(Delivery, keys.paper(person_id, delivery_id))

    def deliveries_of(self, *, person_id: str, limit: int, after: str | None) -> Slice[Delivery]:
        """List a person's deliveries, newest first."""
        found, following = self._table.query(
            keys.person(person_id).partition,
            prefix=keys.PAPER_PREFIX,
            limit=limit,
            after=keys.start(keys.paper(person_id, after)) if after else None,
            newest_first=True,
        )
        deliveries = tuple(items.from_item(Delivery, item) for item in found)
        return Slice(items=deliveries, after=deliveries[-1].delivery_id if following else None)

    def deliveries_in(
        self, *, insurer_code: str, state: DeliveryState, limit: int, after: str | None
    ) -> Slice[Delivery]:
        """List an insurer's deliveries in one state; ``after`` is person, due date and id of the last one seen."""
        start = None
        if after is not None:
            person_id, due_on, delivery_id = after.split("#")
            index = index_keys.papers_index(insurer_code, state.value, due_on, delivery_id)
            start = index_keys.papers_start(person_id, index)
        found, following = self._table.query_index(
            index_keys.OWNER_INDEX,
            index_keys.papers_partition(insurer_code, state.value),
            limit=limit,
            after=start,
            newest_first=False,
        )
        deliveries = tuple(items.from_item(Delivery, item) for item in found)
        return Slice(items=deliveries, after=_place(deliveries[-1]) if following else None)

    def deliveries_due(self, *, insurer_code: str, since: date, until: date) -> Iterator[Delivery]:
        """Walk through an insurer's deliveries of every state whose last day lies in a period."""
        low, high = since.isoformat(), until.isoformat()
        for state in DeliveryState:
            after: str | None = None
            while True:
                found, after = self._table.query_between(
                    index_keys.OWNER_INDEX,
                    index_keys.papers_partition(insurer_code, state.value),
                    since=low,
                    until=high,
                    limit=None,
                    after=after,
                )
                yield from (items.from_item(Delivery, item) for item in found)
                if after is None:
                    break

    def due_deliveries(self, *, until: datetime, page: int) -> Iterator[Sequence[Delivery]]:
        """Page through deliveries that a timer has to look at."""
        return due_pages(self._table, "delivery", Delivery, until=until, page=page)


def _place(delivery: Delivery) -> str:
    return f"{delivery.person_id}#{delivery.due_on.isoformat()}#{delivery.delivery_id}"
