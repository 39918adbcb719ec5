"""What becomes of messages in the local cloud: named addresses bounce, complain or fail, all others take everything.

The events are those of SES, and what the log of text messages leaves of SNS's; the service cannot tell the difference.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

MAIL: Final[Mapping[str, str]] = {
    "hard-bounce": "hard_bounce",
    "soft-bounce": "soft_bounce",
    "complaint": "complaint",
}
"""By the part of an address before @."""

PHONES: Final[Mapping[str, str]] = {
    "+79000000091": "hard_bounce",
    "+79000000092": "soft_bounce",
    "+79000000093": "refused",
}

_BOUNCES: Final = {"hard_bounce": ("Permanent", "NoEmail"), "soft_bounce": ("Transient", "MailboxFull")}
_EVENTS: Final = {
    "complaint": ("Complaint", "complaint"),
    "delivered": ("Delivery", "delivery"),
    "refused": ("Reject", "reject"),
    "delayed": ("DeliveryDelay", "deliveryDelay"),
}
_TEXTS: Final = {
    "delivered": ("SUCCESS", "Message has been accepted by phone"),
    "hard_bounce": ("FAILURE", "Invalid phone number"),
    "soft_bounce": ("FAILURE", "Phone is currently unreachable/unavailable"),
    "refused": ("FAILURE", "Blocked as spam by phone carrier"),
}


def mail_outcome(address: str) -> str:
    """What becomes of a letter to an address."""
    return MAIL.get(address.partition("@")[0], "delivered")


def phone_outcome(number: str) -> str:
    """What becomes of a text message to a number."""
    return PHONES.get(number, "delivered")


def mail_event(*, outcome: str, reference: str, address: str = "", at: datetime | None = None) -> dict[str, Any]:
    """The event that SES publishes of a letter."""
    moment = (at or datetime.now(UTC)).isoformat()
    mail = {"timestamp": moment, "messageId": f"ses-{reference}", "destination": [address]}
    event: dict[str, Any] = {"mail": {**mail, "tags": {"notification": [reference]}}}
    if outcome in _BOUNCES:
        kind, detail = _BOUNCES[outcome]
        bounced = [{"emailAddress": address, "status": "5.1.1"}]
        bounce = {"bounceType": kind, "bounceSubType": detail, "bouncedRecipients": bounced, "timestamp": moment}
        return {"eventType": "Bounce", **event, "bounce": bounce}
    name, part = _EVENTS[outcome]
    return {"eventType": name, **event, part: {"timestamp": moment}}


def text_line(*, outcome: str, message_id: str, number: str = "", at: datetime | None = None) -> dict[str, Any]:
    """The line that SNS logs of a text message."""
    status, response = _TEXTS[outcome]
    moment = (at or datetime.now(UTC)).strftime("%Y-%m-%d %H:%M:%S.%f")[:-3]
    return {
        "notification": {"messageId": message_id, "timestamp": moment},
        "delivery": {"destination": number, "smsType": "Transactional", "providerResponse": response},
        "status": status,
    }


def text_message(*, outcome: str, message_id: str, at: datetime | None = None) -> str:
    """The message that the log of text messages leaves in the queue of receipts."""
    moment = (at or datetime.now(UTC)).isoformat()
    body = {
        "channel": "sms",
        "outcome": outcome,
        "received_at": moment,
        "provider": "sns",
        "provider_id": message_id,
    }
    return json.dumps({"id": f"receipt-{message_id}", "at": moment, "body": body})
