"""Lambda: checks uploaded scans as S3 tells of them through its queue (requirement C2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_plus

from chalice.app import Blueprint

from chalicelib.events.runtime import PoisonMessage, json_body, run_batch
from chalicelib.use_cases.inspect_scan import inspect_scan

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from chalicelib.bootstrap import Container

blueprint = Blueprint(__name__)


@blueprint.on_sqs_message(queue_arn={"Fn::GetAtt": ["ScanUploadsQueue", "Arn"]}, batch_size=1, name="scan_uploads")
def scan_uploads(event: Any) -> dict[str, list[dict[str, str]]]:
    """Check each scan that has arrived."""
    return run_batch(event, _inspect)


def _inspect(tools: Container, record: Mapping[str, Any]) -> None:
    for key, version in _objects(json_body(record)):
        inspect_scan(tools=tools, key=key, version=version, at=tools.now())


def _objects(body: Mapping[str, Any]) -> Iterator[tuple[str, str | None]]:
    if body.get("Event") == "s3:TestEvent":
        return
    records = body.get("Records")
    if not isinstance(records, list):
        raise PoisonMessage("not an event of S3")
    for record in records:
        try:
            found = record["s3"]["object"]
            # S3 writes keys in its events as in a query string.
            yield unquote_plus(found["key"]), found.get("versionId")
        except (KeyError, TypeError):
            raise PoisonMessage("not an event of S3") from None
