"""Lambda: issues policies of approved applications and of newborns (requirements F1, F2, I2, N1)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chalice.app import Blueprint

from chalicelib.events.runtime import message, run_batch, text_field
from chalicelib.use_cases.handle_civil_record import handle_civil_record
from chalicelib.use_cases.issue_policy import issue_policy

if TYPE_CHECKING:
    from collections.abc import Mapping

    from chalicelib.bootstrap import Container

blueprint = Blueprint(__name__)


@blueprint.on_sqs_message(queue_arn={"Fn::GetAtt": ["IssuanceQueue", "Arn"]}, batch_size=1, name="issuance")
def issuance(event: Any) -> dict[str, list[dict[str, str]]]:
    """Carry out each approval, and handle each birth record, that the queue names."""
    return run_batch(event, _issue)


def _issue(tools: Container, record: Mapping[str, Any]) -> None:
    body = message(record)["body"]
    if "record_id" in body:
        handle_civil_record(tools=tools, record_id=text_field(body, "record_id"), at=tools.now())
        return
    application_id = text_field(body, "application_id")
    issue_policy(tools=tools, application_id=application_id, at=tools.now())
