"""Tickets as items: their keys, and what their indexes need beside the body."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import msgspec

from chalicelib.adapters.dynamodb import index_keys, ticket_keys
from chalicelib.domain.ticket import ReceivedLetter, Ticket, TicketMessage, TicketNumber

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from chalicelib.adapters.dynamodb.keys import Key

_encoder = msgspec.json.Encoder(order="deterministic")
_tickets = msgspec.json.Decoder(Ticket)


def _ticket_item(entity: Ticket) -> dict[str, dict[str, Any]]:
    item: dict[str, dict[str, Any]] = {
        # Lists show nothing that the person wrote.
        "summary": {"S": _encoder.encode(replace(entity, subject="", comment="")).decode()},
        **ticket_keys.tickets_index(entity.account_id, entity.ticket_id),
        **ticket_keys.desk_index(entity),
    }
    at = entity.next_step_at
    return item if at is None else {**item, **index_keys.due_index("ticket", entity.ticket_id, at)}


KEYS: Mapping[type, Callable[[Any], Key]] = {
    Ticket: lambda e: ticket_keys.ticket(e.ticket_id),
    TicketMessage: lambda e: ticket_keys.ticket_message(e.ticket_id, e.place),
    TicketNumber: lambda e: ticket_keys.ticket_number(e.number_hash),
    ReceivedLetter: lambda e: ticket_keys.received_letter(e.letter_hash),
}
EXTRAS: Mapping[type, Callable[[Any], dict[str, dict[str, Any]]]] = {Ticket: _ticket_item}


def listed_ticket(item: Mapping[str, Mapping[str, Any]]) -> Ticket:
    """Read what a desk's index holds of a ticket: without what the person wrote."""
    return _tickets.decode(item["summary"]["S"])
