"""Lambdas: what becomes of sent messages: events of SES, and the log of text messages (requirement M2)."""

from __future__ import annotations

import base64
import binascii
import gzip
import json
from typing import TYPE_CHECKING, Any

from chalice.app import Blueprint

from chalicelib.adapters.notifications.receipts import mail_receipt, text_receipt
from chalicelib.bootstrap import container
from chalicelib.domain.receipt_message import NoReceipt, read_receipt_body
from chalicelib.events.runtime import PoisonMessage, json_body, run_batch
from chalicelib.observability import logger
from chalicelib.use_cases.queue_receipts import queue_receipts
from chalicelib.use_cases.receive_receipt import receive_receipt

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from chalicelib.bootstrap import Container
    from chalicelib.domain.dispatch import Receipt

blueprint = Blueprint(__name__)


@blueprint.on_sqs_message(queue_arn={"Fn::GetAtt": ["ReceiptsQueue", "Arn"]}, batch_size=10, name="receipts")
def receipts(event: Any) -> dict[str, list[dict[str, str]]]:
    """Take in each receipt."""
    return run_batch(event, _receive)


def _receive(tools: Container, record: Mapping[str, Any]) -> None:
    state = receive_receipt(tools=tools, receipt=_receipt(json_body(record)), at=tools.now())
    if state == "unknown":
        logger.warning("a receipt of no message of ours", extra={"message_id": record.get("messageId", "")})


def _receipt(found: Mapping[str, Any]) -> Receipt:
    try:
        return mail_receipt(found) if "eventType" in found else read_receipt_body(found["body"])
    except (NoReceipt, KeyError):
        raise PoisonMessage("not a receipt") from None


@blueprint.lambda_function(name="sms_log")
def sms_log(event: Any, context: Any) -> None:
    """Put each receipt that SNS has logged into the queue: nothing else of the line, least of all the number."""
    tools = container()
    # If the queue does not take them all, Lambda runs the whole batch again.
    queue_receipts(tools=tools, receipts=list(_logged(event)), at=tools.now())


def _logged(event: Any) -> Iterator[Receipt]:
    try:
        lines = json.loads(gzip.decompress(base64.b64decode(event["awslogs"]["data"])))["logEvents"]
    except (KeyError, TypeError, ValueError, OSError, binascii.Error):
        raise PoisonMessage("not an event of a log") from None
    for line in lines:
        try:
            yield text_receipt(json.loads(line["message"]))
        except ValueError:
            # A line of another kind, such as the first one of a log.
            continue
