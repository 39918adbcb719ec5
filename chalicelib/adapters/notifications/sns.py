"""Sends SMS by Amazon SNS."""

from __future__ import annotations

from typing import Any

from chalicelib.adapters.notifications.failures import sorted_failures
from chalicelib.ports.notifications import Taken

PROVIDER = "sns"


class SnsSmsSender:
    """Implements ``SmsSender`` over an SNS client made with ``client_config()``.

    ``sender_id`` is the name that the phone shows; operators in Russia deliver registered names
    only, so it is left out when empty.
    """

    def __init__(self, *, client: Any, sender_id: str = "") -> None:
        self._client = client
        self._sender_id = sender_id

    def send(self, *, to: str, text: str, reference: str, urgent: bool = False) -> Taken:  # noqa: ARG002 — of the port
        """See ``SmsSender.send``; receipts name the id that SNS gives."""
        values = {"AWS.SNS.SMS.SMSType": "Transactional", "polis.notification": reference}
        if self._sender_id:
            values["AWS.SNS.SMS.SenderID"] = self._sender_id
        attributes = {name: {"DataType": "String", "StringValue": value} for name, value in values.items()}
        with sorted_failures():
            answer = self._client.publish(PhoneNumber=to, Message=text, MessageAttributes=attributes)
        return Taken(provider=PROVIDER, provider_id=answer["MessageId"])
