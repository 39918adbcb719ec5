"""Reads what SES and SNS tell of messages that they took, without whom they went to.

SES publishes events (https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html); SNS
logs text messages (https://docs.aws.amazon.com/sns/latest/dg/sms_stats_cloudwatch.html).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from chalicelib.adapters.notifications import ses, sns
from chalicelib.domain.dispatch import Receipt, ReceiptOutcome, read_reference
from chalicelib.domain.notifications import Channel
from chalicelib.domain.receipt_message import NoReceipt, moment

if TYPE_CHECKING:
    from collections.abc import Mapping


_MAIL_EVENTS: Final = {
    "Delivery": ReceiptOutcome.DELIVERED,
    "Complaint": ReceiptOutcome.COMPLAINT,
    "Reject": ReceiptOutcome.REFUSED,
    "DeliveryDelay": ReceiptOutcome.DELAYED,
}
_DETAILS: Final = {
    "Delivery": "delivery",
    "Complaint": "complaint",
    "Bounce": "bounce",
    "DeliveryDelay": "deliveryDelay",
}
_DEAD_PHONES: Final = (
    "Invalid phone number",
    "Phone number is opted out",
    "Phone has blocked SMS",
    "Phone is on a blocked list",
    "Destination is on a blocked list",
)
_REFUSED_TEXTS: Final = (
    "Blocked as spam by phone carrier",
    "Message body is invalid",
    "Phone carrier has blocked this message",
    "This delivery would exceed max price",
)


def mail_receipt(event: Mapping[str, Any]) -> Receipt:
    """Read an event of SES; raises NoReceipt for one that is none of ours, or of another kind."""
    kind = event.get("eventType")
    try:
        mail = event["mail"]
        (name,) = mail.get("tags", {}).get(ses.TAG) or [""]
        told = event.get(_DETAILS.get(str(kind), ""), {})
        at = moment(told.get("timestamp") or mail["timestamp"])
        outcome = _bounce(told["bounceType"]) if kind == "Bounce" else _MAIL_EVENTS[str(kind)]
        provider_id = str(mail["messageId"])
    except (KeyError, TypeError, ValueError, AttributeError):
        raise NoReceipt from None
    return Receipt(
        channel=Channel.EMAIL,
        outcome=outcome,
        at=at,
        reference=read_reference(name),
        provider=ses.PROVIDER,
        provider_id=provider_id,
    )


def _bounce(kind: str) -> ReceiptOutcome:
    return ReceiptOutcome.HARD_BOUNCE if kind == "Permanent" else ReceiptOutcome.SOFT_BOUNCE


def text_receipt(line: Mapping[str, Any]) -> Receipt:
    """Read a line of the log of text messages; raises NoReceipt for any other line."""
    try:
        provider_id = line["notification"]["messageId"]
        at = moment(line["notification"]["timestamp"])
        outcome = _text_outcome(line["status"], str(line["delivery"].get("providerResponse", "")))
    except (KeyError, TypeError, ValueError, AttributeError):
        raise NoReceipt from None
    if not isinstance(provider_id, str):
        raise NoReceipt
    return Receipt(channel=Channel.SMS, outcome=outcome, at=at, provider=sns.PROVIDER, provider_id=provider_id)


def _text_outcome(status: str, response: str) -> ReceiptOutcome:
    if status == "SUCCESS":
        return ReceiptOutcome.DELIVERED
    if status != "FAILURE":
        raise ValueError(status)
    if response.startswith(_DEAD_PHONES):
        return ReceiptOutcome.HARD_BOUNCE
    return ReceiptOutcome.REFUSED if response.startswith(_REFUSED_TEXTS) else ReceiptOutcome.SOFT_BOUNCE
