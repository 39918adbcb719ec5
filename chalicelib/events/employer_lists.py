"""Lambda: reads lists of staff as S3 tells of them, and goes on with requests of employers (requirement K2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chalice.app import Blueprint

from chalicelib.events.runtime import json_body, message, run_batch, text_field, uploaded_objects
from chalicelib.use_cases.read_staff_list import read_staff_list
from chalicelib.use_cases.work_on_request import work_on_request

if TYPE_CHECKING:
    from collections.abc import Mapping

    from chalicelib.bootstrap import Container

blueprint = Blueprint(__name__)


@blueprint.on_sqs_message(queue_arn={"Fn::GetAtt": ["EmployerListsQueue", "Arn"]}, batch_size=1, name="employer_lists")
def employer_lists(event: Any) -> dict[str, list[dict[str, str]]]:
    """Read each list that has arrived, go on with each request that the queue names."""
    return run_batch(event, _work)


def _work(tools: Container, record: Mapping[str, Any]) -> None:
    body = json_body(record)
    if "body" not in body:
        for key, _ in uploaded_objects(body):
            read_staff_list(tools=tools, key=key, at=tools.now())
        return
    found = message(record)
    work_on_request(
        tools=tools,
        employer_id=text_field(found["body"], "employer_id"),
        request_id=text_field(found["body"], "request_id"),
        at=tools.now(),
        message_id=found["id"],
    )
