"""Sends letters by Amazon SES (API version 2)."""

from __future__ import annotations

from typing import Any

from chalicelib.adapters.notifications.failures import sorted_failures
from chalicelib.ports.notifications import Taken

PROVIDER = "ses"
TAG = "notification"
"""The tag under which receipts bring the reference back."""


class SesEmailSender:
    """Implements ``EmailSender`` over an SESv2 client made with ``client_config()``.

    ``sender`` is the From address; ``configuration`` the set by which receipts come back, none if empty. The
    reference travels as a header and as a tag, so that bounces find their letter. These are letters about one's own
    case, not a mailing list: no List-Unsubscribe.
    """

    def __init__(self, *, client: Any, sender: str, configuration: str = "") -> None:
        self._client = client
        self._sender = sender
        self._options = {"ConfigurationSetName": configuration} if configuration else {}

    def send(self, *, to: str, subject: str, text: str, html: str, reference: str, reply_to: str = "") -> Taken:
        """See ``EmailSender.send``."""
        simple = {
            "Subject": _part(subject),
            "Body": {"Text": _part(text), "Html": _part(html)},
            "Headers": [{"Name": "X-Polis-Notification", "Value": reference}],
        }
        with sorted_failures():
            answer = self._client.send_email(
                FromEmailAddress=self._sender,
                Destination={"ToAddresses": [to]},
                Content={"Simple": simple},
                EmailTags=[{"Name": TAG, "Value": reference}],
                **self._options,
                **({"ReplyToAddresses": [reply_to]} if reply_to else {}),
            )
        return Taken(provider=PROVIDER, provider_id=answer["MessageId"])


def _part(text: str) -> dict[str, str]:
    return {"Data": text, "Charset": "UTF-8"}
