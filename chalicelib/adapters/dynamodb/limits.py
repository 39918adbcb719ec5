"""Rate limits counted in one transaction, which keeps the record of the lookup too (requirement G4)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from chalicelib.adapters.dynamodb import items, keys
from chalicelib.adapters.dynamodb.failures import cancellation_reasons, is_cancelled, translated
from chalicelib.ports.errors import AlreadyExists, RateLimited, StaleWrite, Throttled

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from chalicelib.adapters.dynamodb.table import Table
    from chalicelib.ports.queries import Limit, LookupRecord, Spent

RECORDS_KEPT_FOR = timedelta(days=365)
TURN_HELD_FOR = timedelta(minutes=1)
"""Longer than any request lives."""
CONFLICT_RETRIES = 5
SPENT = "spent"
"""The marker of what may be used once and was."""


@dataclass(frozen=True, slots=True)
class _Write:
    action: dict[str, Any]
    refusal: Exception


def count_lookup(
    *, table: Table, limits: Sequence[Limit], record: LookupRecord, spent: Spent | None, at: datetime
) -> None:
    """Count a lookup against each limit, keep its record and spend what it brings, or nothing at all.

    Raises:
        RateLimited: a limit is used up; says in how many seconds its window ends.
        AlreadyExists: what it brings was spent before.
        Throttled: too many uses of the same counters at this very moment.
    """
    writes = [
        *(
            _Write({"Update": {"TableName": table.name, **use_of(limit, at)}}, refusal_of(limit, at))
            for limit in limits
        ),
        _Write({"Put": {"TableName": table.name, "Item": _record_item(record)}}, StaleWrite()),
    ]
    if spent is not None:
        refusal = AlreadyExists("Это уже использовано", marker=SPENT)
        writes.append(_Write({"Put": {"TableName": table.name, **_spending_of(spent)}}, refusal))
    for _ in range(CONFLICT_RETRIES):
        if _transact(table, writes):
            return
    raise Throttled("Слишком много запросов одновременно: повторите", retry_after=1)


def _transact(table: Table, writes: Sequence[_Write]) -> bool:
    with translated():
        try:
            table.client.transact_write_items(TransactItems=[write.action for write in writes])
        except table.client.exceptions.ClientError as failure:
            if not is_cancelled(failure):
                raise
            reasons = cancellation_reasons(failure)
            for write, reason in zip(writes, reasons, strict=False):
                if reason == "ConditionalCheckFailed":
                    raise write.refusal from None
            if "TransactionConflict" in reasons:
                return False
            raise
    return True


def _spending_of(spent: Spent) -> dict[str, Any]:
    item = {**keys.spent(spent.token).item(), **items.expiry(spent.until)}
    return {"Item": item, "ConditionExpression": f"attribute_not_exists({keys.PARTITION})"}


def _window(limit: Limit, at: datetime) -> int:
    return int(at.timestamp()) // limit.seconds


def _wait(limit: Limit, at: datetime) -> int:
    return (_window(limit, at) + 1) * limit.seconds - int(at.timestamp())


def use_of(limit: Limit, at: datetime) -> dict[str, Any]:
    """The update that counts one use, unless the limit is used up."""
    ends = at + timedelta(seconds=2 * limit.seconds)
    return {
        "Key": keys.rate(limit.name, limit.subject, _window(limit, at)).item(),
        "UpdateExpression": "ADD #count :one SET expires_epoch = :end",
        "ConditionExpression": "attribute_not_exists(#count) OR #count < :times",
        "ExpressionAttributeNames": {"#count": "count"},
        "ExpressionAttributeValues": {
            ":one": {"N": "1"},
            ":times": {"N": str(limit.times)},
            ":end": items.expiry(ends)["expires_epoch"],
        },
    }


def refusal_of(limit: Limit, at: datetime) -> RateLimited:
    """The refusal of a limit that is used up; says in how many seconds its window ends."""
    return RateLimited("Слишком много запросов: подождите и повторите", retry_after=_wait(limit, at))


def turn_taken(name: str, folder: str, seen: str, at: datetime) -> dict[str, Any]:
    """The update that takes the turn to add to a folder, unless one who saw as much took it within a minute."""
    ends = at + TURN_HELD_FOR
    return {
        "Key": keys.turn(name, folder).item(),
        "UpdateExpression": "SET seen = :seen, expires_epoch = :end",
        "ConditionExpression": "attribute_not_exists(seen) OR seen < :seen OR expires_epoch <= :now",
        "ExpressionAttributeValues": {
            ":seen": {"S": seen},
            ":end": items.expiry(ends)["expires_epoch"],
            ":now": items.expiry(at)["expires_epoch"],
        },
    }


def _record_item(record: LookupRecord) -> items.Item:
    return {
        **keys.lookup_record(record.record_id).item(),
        "type": {"S": "LookupRecord"},
        "schema": {"N": items.SCHEMA},
        "version": {"N": "1"},
        "data": {"S": items.encoded(record)},
        **items.expiry(record.at + RECORDS_KEPT_FOR),
    }
