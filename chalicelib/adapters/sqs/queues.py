"""Outbox entries sent to their queues, ten at a time."""

from __future__ import annotations

import json
from itertools import groupby
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.ports.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from chalicelib.domain.records import OutboxEntry, Queue

SENT_AT_ONCE = 10


class SQSQueues:
    """Implements the Queues port."""

    def __init__(self, *, client: Any, urls: Mapping[Queue, str]) -> None:
        self._client = client
        self._urls = urls

    def send(self, *, entries: Sequence[OutboxEntry]) -> Sequence[OutboxEntry]:
        """Send entries to their queues; returns those that were taken. Raises Unavailable."""
        taken: list[OutboxEntry] = []
        by_queue = sorted(entries, key=lambda entry: entry.queue.value)
        for queue, group in groupby(by_queue, key=lambda entry: entry.queue):
            waiting = list(group)
            for start in range(0, len(waiting), SENT_AT_ONCE):
                taken.extend(self._send(self._urls[queue], waiting[start : start + SENT_AT_ONCE]))
        return taken

    def _send(self, url: str, entries: list[OutboxEntry]) -> list[OutboxEntry]:
        messages = [
            {
                "Id": str(position),
                "MessageBody": message_body(entry),
                "DelaySeconds": entry.delay_seconds,
            }
            for position, entry in enumerate(entries)
        ]
        try:
            answer = self._client.send_message_batch(QueueUrl=url, Entries=messages)
        except (ClientError, BotoCoreError) as failure:
            raise Unavailable("Очередь сообщений временно недоступна") from failure
        return [entries[int(sent["Id"])] for sent in answer.get("Successful", [])]


def message_body(entry: OutboxEntry) -> str:
    """Write a message: the outbox id by which consumers de-duplicate, its moment, and the body."""
    return json.dumps(
        {"id": entry.entry_id, "at": entry.created_at.isoformat(), "body": dict(entry.body)},
        ensure_ascii=False,
    )


class RelayHint:
    """Tells the relay that entries wait; whatever fails here, the schedule makes good."""

    def __init__(self, *, client: Any, url: str) -> None:
        self._client = client
        self._url = url

    def __call__(self, body: str) -> None:
        """Send the hint; a failure is no failure of the change, which is committed."""
        try:
            self._client.send_message(QueueUrl=self._url, MessageBody=body)
        except (ClientError, BotoCoreError):
            return
