"""Lets the receipt of each sent message come back as on AWS: through the topic that the template makes for it."""

from __future__ import annotations

import asyncio
import contextvars
import json
import logging
from typing import TYPE_CHECKING, Any

from ministack.services import ses_v2, sns

from infra.local.cloud import receipts

if TYPE_CHECKING:
    from collections.abc import Callable

_log = logging.getLogger("polis.cloud")
_SECONDS = 0.5
"""A receipt comes a little later than the answer to the one who sent."""


def come_back(kind: str, record: Any) -> None:
    """Publish what became of a message, if a topic for it exists."""
    topic = _topic()
    if topic is None:
        return
    # The account and region of the call stand in context variables.
    context = contextvars.copy_context()
    publish: Callable[[], None] = lambda: context.run(_publish, topic, _told(kind, record))  # noqa: E731
    try:
        asyncio.get_running_loop().call_later(_SECONDS, publish)
    except RuntimeError:
        publish()


def _publish(topic: str, message: str) -> None:
    try:
        sns.publish_internal(topic, message, "")
    except sns.SnsPublishError as refusal:
        _log.warning("no receipt: %s", refusal)


def _told(kind: str, record: Any) -> str:
    if kind == "mail":
        (address,) = record["To"]
        event = receipts.mail_event(outcome=receipts.mail_outcome(address), reference="", address=address)
        event["mail"] |= {"messageId": record["MessageId"], "tags": {}}
        return json.dumps(event)
    return receipts.text_message(outcome=receipts.phone_outcome(record["PhoneNumber"]), message_id=record["MessageId"])


def _topic() -> str | None:
    """The topic to which the configuration of mail sends its events."""
    for known in ses_v2._config_sets.values():  # noqa: SLF001 - the seam of the pinned version
        for destination in (known.get("EventDestinations") or {}).values():
            topic = (destination.get("SnsDestination") or {}).get("TopicArn")
            if topic:
                return str(topic)
    return None
