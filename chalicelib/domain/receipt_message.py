"""A receipt of a text message as it waits in its queue: ids and an outcome, no number and no text (requirement M2)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from chalicelib.domain.dispatch import Receipt, ReceiptOutcome, read_reference
from chalicelib.domain.notifications import Channel

if TYPE_CHECKING:
    from collections.abc import Mapping


class NoReceipt(ValueError):
    """This tells nothing of a message of ours."""


def receipt_body(receipt: Receipt) -> dict[str, str]:
    """Write a receipt for the queue of receipts."""
    named = receipt.reference
    return {
        "channel": receipt.channel.value,
        "outcome": receipt.outcome.value,
        "received_at": receipt.at.isoformat(),
        "provider": receipt.provider,
        "provider_id": receipt.provider_id,
        **({"reference": f"{named.order_id}-{named.channel.value}-{named.attempt}"} if named else {}),
    }


def read_receipt_body(body: Mapping[str, Any]) -> Receipt:
    """Read what `receipt_body` wrote; raises NoReceipt."""
    try:
        return Receipt(
            channel=Channel(body["channel"]),
            outcome=ReceiptOutcome(body["outcome"]),
            at=moment(body["received_at"]),
            reference=read_reference(str(body.get("reference", ""))),
            provider=str(body["provider"]),
            provider_id=str(body["provider_id"]),
        )
    except (KeyError, ValueError, TypeError, AttributeError):
        raise NoReceipt from None


def moment(text: str) -> datetime:
    """Read a moment; one without an offset is of UTC."""
    at = datetime.fromisoformat(text)
    return at if at.tzinfo else at.replace(tzinfo=UTC)
