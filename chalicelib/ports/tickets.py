"""The part of the store that support needs (requirement L2)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from chalicelib.domain.scan import Scan
from chalicelib.domain.ticket import Ticket, TicketMessage

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date, datetime

    from chalicelib.domain.case_summary import Scope
    from chalicelib.domain.ticket import ReceivedLetter
    from chalicelib.domain.ticket_states import TicketState
    from chalicelib.ports.queries import Slice


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketFile:
    """A ticket with its thread and attachments."""

    ticket: Ticket
    messages: tuple[TicketMessage, ...] = ()
    scans: tuple[Scan, ...] = ()

    def scan(self, scan_id: str) -> Scan | None:
        """Return an attachment by its id."""
        return next((scan for scan in self.scans if scan.scan_id == scan_id), None)


class Tickets(Protocol):
    """Reads of tickets."""

    def ticket_file(self, *, ticket_id: str) -> TicketFile:
        """Read a ticket with its thread and attachments (1 call per 1 MB); raises NotFound."""
        ...

    def tickets_of(self, *, account_id: str, limit: int, after: str | None) -> Slice[Ticket]:
        """List the tickets of an account, newest first (1 call)."""
        ...

    def tickets_at(
        self, *, desk: Scope, state: TicketState, limit: int, after: tuple[date, str] | None
    ) -> tuple[Sequence[Ticket], bool]:
        """List the tickets of a desk in one state, first due first, without what people wrote (1 call)."""
        ...

    def received_letter(self, *, letter_hash: str) -> ReceivedLetter | None:
        """Read whether a letter was taken in (1 call)."""
        ...

    def due_tickets(self, *, until: datetime, page: int) -> Iterator[Sequence[Ticket]]:
        """Page through tickets that a timer has to look at, earliest first (1 call per page)."""
        ...
