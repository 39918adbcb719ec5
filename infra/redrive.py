"""Sends given-up messages back to their queues: `make redrive`, or `make redrive ARGS="--apply"`.

Works by receive, send and delete, because not every home of the service can move messages itself.
A message is deleted from the dead-letter queue only after it was sent: an interruption may send it
twice, which consumers tolerate, but never loses it.  Without `--apply` nothing is changed.
"""

from __future__ import annotations

import argparse
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3

_STACK = "polis"
_SUFFIX = "DeadLetterQueue"
_BATCH = 10
_VISIBILITY_SECONDS = 60
_LOCAL = Path(".local") / "environment.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A queue and its dead-letter queue."""

    name: str
    source: str
    target: str


def pairs(formation: Any, stack: str = _STACK) -> list[Pair]:
    """Return all queues of the stack that have a dead-letter queue, by name."""
    pages = formation.get_paginator("list_stack_resources").paginate(StackName=stack)
    urls = {
        resource["LogicalResourceId"]: resource["PhysicalResourceId"]
        for page in pages
        for resource in page["StackResourceSummaries"]
        if resource["ResourceType"] == "AWS::SQS::Queue"
    }
    return [
        Pair(
            name=f"{name.removesuffix(_SUFFIX)}Queue",
            source=url,
            target=urls[name.removesuffix(_SUFFIX) + "Queue"],
        )
        for name, url in sorted(urls.items())
        if name.endswith(_SUFFIX)
    ]


def waiting(sqs: Any, queue_url: str) -> int:
    """Return about how many messages wait in a queue."""
    name = "ApproximateNumberOfMessages"
    found = sqs.get_queue_attributes(QueueUrl=queue_url, AttributeNames=[name])
    return int(found["Attributes"][name])


def redrive(sqs: Any, pair: Pair, *, limit: int) -> int:
    """Move up to `limit` messages with their attributes; return how many were moved."""
    moved = 0
    while moved < limit:
        answer = sqs.receive_message(
            QueueUrl=pair.source,
            MaxNumberOfMessages=min(_BATCH, limit - moved),
            MessageAttributeNames=["All"],
            VisibilityTimeout=_VISIBILITY_SECONDS,
            WaitTimeSeconds=0,
        )
        messages = answer.get("Messages", [])
        if not messages:
            break
        sent = _send(sqs, pair.target, messages)
        if not sent:
            break
        _delete(sqs, pair.source, sent)
        moved += len(sent)
    return moved


def _send(sqs: Any, queue_url: str, messages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    entries = [
        {
            "Id": str(number),
            "MessageBody": message["Body"],
            "MessageAttributes": message.get("MessageAttributes", {}),
        }
        for number, message in enumerate(messages)
    ]
    answer = sqs.send_message_batch(QueueUrl=queue_url, Entries=entries)
    return [messages[int(entry["Id"])] for entry in answer.get("Successful", [])]


def _delete(sqs: Any, queue_url: str, messages: list[dict[str, Any]]) -> None:
    entries = [
        {"Id": str(number), "ReceiptHandle": message["ReceiptHandle"]} for number, message in enumerate(messages)
    ]
    sqs.delete_message_batch(QueueUrl=queue_url, Entries=entries)


def _session() -> dict[str, str]:
    """Return client arguments: the local service when it runs and no other endpoint is named."""
    if "AWS_ENDPOINT_URL" in os.environ or not _LOCAL.is_file():
        return {}
    local = json.loads(_LOCAL.read_text())["environment"]
    return {
        "endpoint_url": local["AWS_ENDPOINT_URL"],
        "region_name": local["AWS_DEFAULT_REGION"],
        "aws_access_key_id": local["AWS_ACCESS_KEY_ID"],
        "aws_secret_access_key": local["AWS_SECRET_ACCESS_KEY"],
    }


def main() -> None:
    """Show or move what waits in the dead-letter queues."""
    parser = argparse.ArgumentParser(description="Send given-up messages back to their queues.")
    parser.add_argument("--queue", help="only this queue, for example VerificationQueue")
    parser.add_argument("--apply", action="store_true", help="really move the messages")
    parser.add_argument("--limit", type=int, default=1000, help="most messages per queue")
    parser.add_argument("--stack", default=_STACK)
    arguments = parser.parse_args()
    session = _session()
    sqs = boto3.client("sqs", **session)  # type: ignore[call-overload,unused-ignore]
    formation = boto3.client("cloudformation", **session)  # type: ignore[call-overload,unused-ignore]
    for pair in pairs(formation, arguments.stack):
        if arguments.queue not in {None, pair.name}:
            continue
        count = redrive(sqs, pair, limit=arguments.limit) if arguments.apply else waiting(sqs, pair.source)
        print(f"{pair.name}: {count} {'sent back' if arguments.apply else 'waiting'}")


if __name__ == "__main__":
    main()
