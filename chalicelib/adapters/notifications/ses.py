"""Sends letters by Amazon SES (API version 2)."""

from __future__ import annotations

import re
from typing import Any, Final

from chalicelib.adapters.notifications.failures import sorted_failures

_NOT_OF_A_TAG: Final = re.compile(r"[^A-Za-z0-9_-]")


class SesEmailSender:
    """Implements ``EmailSender`` over an SESv2 client made with ``client_config()``.

    ``sender`` is the From address. The id of the notification travels as a header and as a tag, so
    that bounces find their letter. These are letters about one's own case, not a mailing list: no
    List-Unsubscribe.
    """

    def __init__(self, *, client: Any, sender: str) -> None:
        self._client = client
        self._sender = sender

    def send(self, *, to: str, subject: str, text: str, html: str, dedup_id: str, reply_to: str = "") -> None:
        """See ``EmailSender.send``."""
        simple = {
            "Subject": _part(subject),
            "Body": {"Text": _part(text), "Html": _part(html)},
            "Headers": [{"Name": "X-Polis-Notification", "Value": dedup_id}],
        }
        tag = {"Name": "notification", "Value": _NOT_OF_A_TAG.sub("-", dedup_id)}
        with sorted_failures():
            self._client.send_email(
                FromEmailAddress=self._sender,
                Destination={"ToAddresses": [to]},
                Content={"Simple": simple},
                EmailTags=[tag],
                **({"ReplyToAddresses": [reply_to]} if reply_to else {}),
            )


def _part(text: str) -> dict[str, str]:
    return {"Data": text, "Charset": "UTF-8"}
