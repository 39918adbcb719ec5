"""Reads of tickets: one's own, those of a desk, those that are due, letters that were taken in (requirement L2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.adapters.dynamodb import index_keys, items, ticket_items, ticket_keys
from chalicelib.adapters.dynamodb.due import due_pages
from chalicelib.domain.scan import Scan
from chalicelib.domain.ticket import ReceivedLetter, Ticket, TicketMessage
from chalicelib.ports.errors import NotFound
from chalicelib.ports.queries import Slice
from chalicelib.ports.tickets import TicketFile

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date, datetime

    from chalicelib.adapters.dynamodb.table import Table
    from chalicelib.domain.case_summary import Scope
    from chalicelib.domain.ticket_states import TicketState


class TicketReads:
    """The part of the store that support uses."""

    _table: Table

    def ticket_file(self, *, ticket_id: str) -> TicketFile:
        """Read a ticket with its thread and attachments; raises NotFound."""
        found = self._table.query_all(ticket_keys.ticket(ticket_id).partition)
        by_type: dict[str, list[items.Item]] = {}
        for item in found:
            by_type.setdefault(item["type"]["S"], []).append(item)
        if "Ticket" not in by_type:
            raise NotFound("Обращение не найдено")
        return TicketFile(
            ticket=items.from_item(Ticket, by_type["Ticket"][0]),
            messages=tuple(items.from_item(TicketMessage, item) for item in by_type.get("TicketMessage", [])),
            scans=tuple(items.from_item(Scan, item) for item in by_type.get("Scan", [])),
        )

    def tickets_of(self, *, account_id: str, limit: int, after: str | None) -> Slice[Ticket]:
        """List the tickets of an account, newest first; ``after`` is the last id seen."""
        start = None
        if after is not None:
            index = ticket_keys.tickets_index(account_id, after)
            start = index_keys.index_start(ticket_keys.ticket(after), index)
        found, following = self._table.query_index(
            index_keys.OWNER_INDEX, ticket_keys.tickets_partition(account_id), limit=limit, after=start
        )
        tickets = tuple(items.from_item(Ticket, item) for item in found)
        return Slice(items=tickets, after=tickets[-1].ticket_id if following else None)

    def tickets_at(
        self, *, desk: Scope, state: TicketState, limit: int, after: tuple[date, str] | None
    ) -> tuple[Sequence[Ticket], bool]:
        """List the tickets of a desk in one state, first due first; tells whether more follow."""
        since = index_keys.case_after(*after) if after else index_keys.FIRST
        found, following = self._table.query_between(
            index_keys.CASE_INDEXES[desk.kind],
            ticket_keys.desk_partition(desk.kind.value, desk.code, state.value),
            since=since,
            until=index_keys.LAST,
            limit=limit,
            after=None,
        )
        return [ticket_items.listed_ticket(item) for item in found], following is not None

    def received_letter(self, *, letter_hash: str) -> ReceivedLetter | None:
        """Read whether a letter was taken in."""
        return self._table.get(ReceivedLetter, ticket_keys.received_letter(letter_hash))

    def due_tickets(self, *, until: datetime, page: int) -> Iterator[Sequence[Ticket]]:
        """Page through tickets that a timer has to look at."""
        return due_pages(self._table, "ticket", Ticket, until=until, page=page)
