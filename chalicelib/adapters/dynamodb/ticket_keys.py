"""The keys of tickets of support, and of the indexes by which they are listed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.adapters.dynamodb import index_keys, keys

if TYPE_CHECKING:
    from chalicelib.adapters.dynamodb.keys import Key
    from chalicelib.domain.ticket import Ticket


def ticket(ticket_id: str) -> Key:
    """A ticket, in a folder like an application's: its messages and attachments lie beside it."""
    return keys.Key(keys.application(ticket_id).partition, "TICKET")


def ticket_message(ticket_id: str, place: int) -> Key:
    """A message of the thread, by its place."""
    return keys.Key(keys.application(ticket_id).partition, f"{keys.MESSAGE_PREFIX}{place:06d}")


def ticket_number(number_hash: str) -> Key:
    """The place of a number that was given out."""
    return keys.Key(f"TICKET_NUMBER#{number_hash}", "NUMBER")


def received_letter(letter_hash: str) -> Key:
    """The place of a letter that was taken in."""
    return keys.Key(f"LETTER#{letter_hash}", "LETTER")


def tickets_partition(account_id: str) -> str:
    """The index partition of the tickets of one account."""
    return f"TICKETS#{account_id}"


def tickets_index(account_id: str, ticket_id: str) -> dict[str, dict[str, str]]:
    """Index keys by which one's own tickets are listed."""
    return {"gsi1pk": {"S": tickets_partition(account_id)}, "gsi1sk": {"S": ticket_id}}


def desk_partition(scope: str, code: str, state: str) -> str:
    """The index partition of the tickets of a desk that are in one state."""
    return f"DESK#{scope}#{code}#{state}"


def desk_index(entity: Ticket) -> dict[str, dict[str, str]]:
    """Index keys by which the operators of a desk find a ticket, what is due first first."""
    desk = entity.desk
    partition = desk_partition(desk.kind.value, desk.code, entity.state.value)
    index = index_keys.CASE_INDEXES[desk.kind]
    return index_keys.case_index(index, partition, index_keys.case_sort(entity.due_on, entity.ticket_id))
