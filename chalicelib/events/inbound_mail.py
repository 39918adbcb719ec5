"""Lambda: takes in letters that answer tickets of support, as S3 tells of them through its queue (requirement L2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chalice.app import Blueprint

from chalicelib.events.runtime import json_body, run_batch, uploaded_objects
from chalicelib.observability import logger
from chalicelib.use_cases.receive_letter import receive_letter

if TYPE_CHECKING:
    from collections.abc import Mapping

    from chalicelib.bootstrap import Container

blueprint = Blueprint(__name__)


@blueprint.on_sqs_message(queue_arn={"Fn::GetAtt": ["InboundMailQueue", "Arn"]}, batch_size=1, name="inbound_mail")
def inbound_mail(event: Any) -> dict[str, list[dict[str, str]]]:
    """Take in each letter that has arrived."""
    return run_batch(event, _receive)


def _receive(tools: Container, record: Mapping[str, Any]) -> None:
    for key, _ in uploaded_objects(json_body(record)):
        outcome = receive_letter(tools=tools, key=key, at=tools.now())
        logger.info("letter", extra={"outcome": outcome})
