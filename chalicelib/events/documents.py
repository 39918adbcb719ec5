"""Lambda: makes the ordered PDFs, decides on certificates of insurance, packs exports (B7, E1, F3, K1, P2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chalice.app import Blueprint

from chalicelib.events.runtime import message, run_batch, text_field
from chalicelib.use_cases.issue_insurance_certificate import decide_insurance_certificate
from chalicelib.use_cases.make_document import make_document
from chalicelib.use_cases.make_export import make_export

if TYPE_CHECKING:
    from collections.abc import Mapping

    from chalicelib.bootstrap import Container

blueprint = Blueprint(__name__)


@blueprint.on_sqs_message(queue_arn={"Fn::GetAtt": ["DocumentsQueue", "Arn"]}, batch_size=1, name="documents")
def documents(event: Any) -> dict[str, list[dict[str, str]]]:
    """Make each document, decide on each certificate of insurance that the queue names."""
    return run_batch(event, _make)


def _make(tools: Container, record: Mapping[str, Any]) -> None:
    body = message(record)["body"]
    person_id = text_field(body, "person_id")
    if "certificate_id" in body:
        certificate_id = text_field(body, "certificate_id")
        decide_insurance_certificate(tools=tools, person_id=person_id, certificate_id=certificate_id, at=tools.now())
        return
    if "export_id" in body:
        make_export(tools=tools, person_id=person_id, export_id=text_field(body, "export_id"), at=tools.now())
        return
    make_document(
        tools=tools,
        person_id=person_id,
        document_id=text_field(body, "document_id"),
        at=tools.now(),
    )
