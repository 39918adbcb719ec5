"""Translates received SQS messages into the Lambda event, and Lambda's answer into failures."""

from __future__ import annotations

import base64
from typing import Any
from urllib.parse import urlsplit


class MalformedReply(ValueError):
    """The reply names no valid failures; AWS then treats the whole batch as failed."""


def queue_arn(url: str, region: str) -> str:
    """The ARN of the queue at ``…/account/name``."""
    account, name = urlsplit(url).path.strip("/").split("/")[-2:]
    return f"arn:aws:sqs:{region}:{account}:{name}"


def sqs_event(messages: list[dict[str, Any]], *, arn: str, region: str) -> dict[str, Any]:
    """Make the event that an SQS event source mapping would send."""
    return {"Records": [_record(message, arn, region) for message in messages]}


def failed_ids(reply: Any, messages: list[dict[str, Any]]) -> set[str]:
    """Ids of the messages that must stay in the queue, by the rules of ReportBatchItemFailures.

    Raises:
        MalformedReply: no object, or an identifier is empty or unknown.
    """
    if reply is None:
        return set()
    try:
        failures = reply.get("batchItemFailures") or []
        failed = {failure["itemIdentifier"] for failure in failures}
    except (AttributeError, KeyError, TypeError) as error:
        raise MalformedReply("The reply is not a batch reply") from error
    if not failed <= {message["MessageId"] for message in messages}:
        raise MalformedReply("The reply names an unknown message")
    return failed


def _record(message: dict[str, Any], arn: str, region: str) -> dict[str, Any]:
    record = {
        "messageId": message["MessageId"],
        "receiptHandle": message["ReceiptHandle"],
        "body": message["Body"],
        "attributes": dict(message.get("Attributes") or {}),
        "messageAttributes": {
            name: _attribute(value) for name, value in (message.get("MessageAttributes") or {}).items()
        },
        "md5OfBody": message["MD5OfBody"],
        "eventSource": "aws:sqs",
        "eventSourceARN": arn,
        "awsRegion": region,
    }
    if message.get("MD5OfMessageAttributes"):
        record["md5OfMessageAttributes"] = message["MD5OfMessageAttributes"]
    return record


def _attribute(value: dict[str, Any]) -> dict[str, Any]:
    attribute: dict[str, Any] = {
        "stringListValues": [],
        "binaryListValues": [],
        "dataType": value["DataType"],
    }
    if "StringValue" in value:
        attribute["stringValue"] = value["StringValue"]
    if "BinaryValue" in value:
        attribute["binaryValue"] = base64.b64encode(value["BinaryValue"]).decode("ascii")
    return attribute
