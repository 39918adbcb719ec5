"""The calls of SQS by which the service sends, straight to the queues that moto keeps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError
from moto.core.exceptions import ServiceException
from moto.sqs.models import sqs_backends

if TYPE_CHECKING:
    from collections.abc import Callable

_DONE = {"HTTPStatusCode": 200, "HTTPHeaders": {}, "RetryAttempts": 0}


def _place(url: str) -> tuple[Any, str]:
    """Return the queues of the account and region that a URL names, and the queue's name."""
    host, account, name = url.removeprefix("https://").split("/")
    return sqs_backends[account][host.split(".")[1]], name


def send_message(request: dict[str, Any]) -> dict[str, Any]:
    """Send one message."""
    queues, name = _place(request["QueueUrl"])
    message = queues.send_message(name, request["MessageBody"], delay_seconds=request.get("DelaySeconds"))
    return {"MessageId": message.id, "MD5OfMessageBody": message.body_md5, "ResponseMetadata": _DONE}


def send_message_batch(request: dict[str, Any]) -> dict[str, Any]:
    """Send up to ten messages."""
    queues, name = _place(request["QueueUrl"])
    entries = {
        str(position): {"DelaySeconds": None, "MessageAttributes": {}, **entry}
        for position, entry in enumerate(request["Entries"])
    }
    sent, failed = queues.send_message_batch(name, entries)
    taken = [{"Id": m.user_id, "MessageId": m.id, "MD5OfMessageBody": m.body_md5} for m in sent]
    return {"Successful": taken, "ResponseMetadata": _DONE, **({"Failed": failed} if failed else {})}


def _refusing(answer: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Let what moto refuses look like an answer of AWS."""

    def refused(request: Any) -> Any:
        try:
            return answer(request)
        except ServiceException as failure:
            error: Any = {"Error": {"Code": failure.code, "Message": failure.message}, "ResponseMetadata": {}}
            raise ClientError(error, "") from None

    return refused


ANSWERS = {
    "SendMessage": (_refusing(send_message), {"QueueUrl", "MessageBody", "DelaySeconds"}),
    "SendMessageBatch": (_refusing(send_message_batch), {"QueueUrl", "Entries"}),
}
