"""One long poll of one queue: receive, call the handler, delete what succeeded."""

from __future__ import annotations

import contextlib
import random
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from infra.local.api_gateway.faults import where
from infra.local.event_pump.invocation import HandlerTimedOut, Worker
from infra.local.event_pump.sqs_events import MalformedReply, failed_ids, queue_arn, sqs_event

if TYPE_CHECKING:
    from collections.abc import Iterator

    from infra.local.event_pump.journal import Journal

_MOST_PER_CALL = 10
_LONGEST_PAUSE = 10.0
_DELETE_TRIES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapping:
    """An event source mapping: a queue, how its messages are batched, and how failures rest.

    ``lease``: seconds for which a batch is taken, renewed while its handler runs; None leaves it
    to the queue.
    """

    function: str
    queue_url: str
    region: str
    batch_size: int
    window: float
    wait: int
    retry_visibility: int | None
    lease: int | None = None


class QueueConsumer:
    """Feeds one queue to one worker until it is told to stop.

    A message is deleted only after the handler succeeded with it. Killed at any instruction, the
    pump leaves it in the queue, where it becomes visible again.
    """

    def __init__(
        self,
        mapping: Mapping,
        *,
        client: Any,
        worker: Worker,
        journal: Journal,
        stop: threading.Event,
    ) -> None:
        """``client`` is a boto3 SQS client; it may be shared."""
        self.mapping = mapping
        self._client = client
        self._worker = worker
        self._journal = journal
        self._stop = stop
        self._failures = 0
        self._arn = queue_arn(mapping.queue_url, mapping.region)
        self.thread = threading.Thread(target=self.run, name=f"queue-{mapping.function}", daemon=True)

    @property
    def reachable(self) -> bool:
        """Whether the last call of the queue succeeded."""
        return not self._failures

    def run(self) -> None:
        """Poll until the stop; the batch in hand is finished first."""
        while not self._stop.is_set():
            try:
                messages = self._collect()
                self._recovered()
                if messages:
                    self._handle(messages)
            except Exception as error:  # noqa: BLE001  # the edge: a consumer outlives the cloud's absence
                self._pause(error)

    def _collect(self) -> list[dict[str, Any]]:
        """Receive a batch; with a batching window, wait for it to fill until the window ends."""
        mapping = self.mapping
        messages = self._receive(mapping.batch_size, mapping.wait)
        end = time.monotonic() + mapping.window
        while messages and len(messages) < mapping.batch_size and not self._stop.is_set():
            left = end - time.monotonic()
            if left <= 0:
                break
            # Without a wait an empty queue would be asked in a tight loop.
            wait = min(mapping.wait, int(left))
            more = self._receive(mapping.batch_size - len(messages), wait)
            messages += more
            if not more and not wait:
                self._stop.wait(min(left, 0.2))
        return messages

    def _receive(self, room: int, wait: int) -> list[dict[str, Any]]:
        lease = self.mapping.lease
        reply = self._client.receive_message(
            **({} if lease is None else {"VisibilityTimeout": lease}),
            QueueUrl=self.mapping.queue_url,
            MaxNumberOfMessages=min(room, _MOST_PER_CALL),
            WaitTimeSeconds=wait,
            AttributeNames=["All"],
            MessageAttributeNames=["All"],
        )
        messages: list[dict[str, Any]] = reply.get("Messages") or []
        return messages

    def _handle(self, messages: list[dict[str, Any]]) -> None:
        if self._stop.is_set():
            self._rest(messages, 0)  # nobody has seen them: the next pump may at once
            return
        started = time.monotonic()
        event = sqs_event(messages, arn=self._arn, region=self.mapping.region)
        with self._leased(messages):
            failed, reason = self._call(event, messages)
        self._delete([item for item in messages if item["MessageId"] not in failed])
        rest = self.mapping.retry_visibility
        if failed and rest is not None:
            self._rest([item for item in messages if item["MessageId"] in failed], rest)
        self._journal.write(
            "batch",
            function=self.mapping.function,
            messages=len(messages),
            failed=len(failed),
            ms=round((time.monotonic() - started) * 1000, 1),
            **({"reason": reason} if reason else {}),
        )

    @contextlib.contextmanager
    def _leased(self, messages: list[dict[str, Any]]) -> Iterator[None]:
        """Keep the batch invisible to others for as long as its handler runs."""
        lease = self.mapping.lease
        if lease is None:
            yield
            return
        done = threading.Event()

        def renew() -> None:
            while not done.wait(lease / 3):
                # The next renewal makes good a failed one; if none does, the batch comes again.
                with contextlib.suppress(Exception):
                    self._rest(messages, lease)

        renewal = threading.Thread(target=renew, name=f"lease-{self.mapping.function}", daemon=True)
        renewal.start()
        try:
            yield
        finally:
            done.set()
            renewal.join()

    def _call(self, event: dict[str, Any], messages: list[dict[str, Any]]) -> tuple[set[str], str | None]:
        everything = {item["MessageId"] for item in messages}
        try:
            return failed_ids(self._worker.call(event), messages), None
        except HandlerTimedOut:
            return everything, "timed_out"
        except MalformedReply:
            return everything, "malformed_reply"
        except BaseException as error:  # noqa: BLE001  # SystemExit of a handler fails its batch only
            return everything, where(error)

    def _delete(self, messages: list[dict[str, Any]]) -> None:
        entries = _entries(messages)
        for attempt in range(1, _DELETE_TRIES + 1):
            try:
                for start in range(0, len(entries), _MOST_PER_CALL):
                    self._client.delete_message_batch(
                        QueueUrl=self.mapping.queue_url,
                        Entries=entries[start : start + _MOST_PER_CALL],
                    )
            except Exception as error:
                if attempt == _DELETE_TRIES:
                    # They come again: a consumer knows them by the outbox id.
                    self._journal.write(
                        "not_deleted",
                        function=self.mapping.function,
                        messages=len(entries),
                        reason=where(error),
                    )
                    raise
                time.sleep(0.2 * attempt)
            else:
                return

    def _rest(self, messages: list[dict[str, Any]], seconds: int) -> None:
        entries = [{**entry, "VisibilityTimeout": seconds} for entry in _entries(messages)]
        for start in range(0, len(entries), _MOST_PER_CALL):
            self._client.change_message_visibility_batch(
                QueueUrl=self.mapping.queue_url, Entries=entries[start : start + _MOST_PER_CALL]
            )

    def _pause(self, error: Exception) -> None:
        """Wait longer from failure to failure, each consumer a little differently."""
        self._failures += 1
        if self._failures == 1:
            self._journal.write("queue_unreachable", function=self.mapping.function, reason=where(error))
        pause = min(_LONGEST_PAUSE, 0.2 * 2 ** min(self._failures, 8))
        self._stop.wait(pause * random.uniform(0.5, 1.0))  # noqa: S311  # jitter, not a secret

    def _recovered(self) -> None:
        if self._failures:
            self._failures = 0
            self._journal.write("queue_reachable", function=self.mapping.function)


def _entries(messages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{"Id": str(number), "ReceiptHandle": message["ReceiptHandle"]} for number, message in enumerate(messages)]
