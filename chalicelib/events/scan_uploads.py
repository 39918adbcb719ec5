"""Lambda: checks uploaded scans as S3 tells of them through its queue (requirement C2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chalice.app import Blueprint

from chalicelib.events.runtime import json_body, run_batch, uploaded_objects
from chalicelib.use_cases.inspect_scan import inspect_scan

if TYPE_CHECKING:
    from collections.abc import Mapping

    from chalicelib.bootstrap import Container

blueprint = Blueprint(__name__)


@blueprint.on_sqs_message(queue_arn={"Fn::GetAtt": ["ScanUploadsQueue", "Arn"]}, batch_size=1, name="scan_uploads")
def scan_uploads(event: Any) -> dict[str, list[dict[str, str]]]:
    """Check each scan that has arrived."""
    return run_batch(event, _inspect)


def _inspect(tools: Container, record: Mapping[str, Any]) -> None:
    for key, version in uploaded_objects(json_body(record)):
        inspect_scan(tools=tools, key=key, version=version, at=tools.now())
