"""Lambda: verifies applications and registered policies against the registers (requirements D1-D3, F5)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chalice.app import Blueprint

from chalicelib.events.runtime import message, run_batch, text_field
from chalicelib.use_cases.verify_application import verify_application
from chalicelib.use_cases.verify_employer import verify_employer
from chalicelib.use_cases.verify_legacy_policy import verify_legacy_policy

if TYPE_CHECKING:
    from collections.abc import Mapping

    from chalicelib.bootstrap import Container

blueprint = Blueprint(__name__)


@blueprint.on_sqs_message(queue_arn={"Fn::GetAtt": ["VerificationQueue", "Arn"]}, batch_size=1, name="verification")
def verification(event: Any) -> dict[str, list[dict[str, str]]]:
    """Verify each application, registration of an earlier policy, or employer that the queue names."""
    return run_batch(event, _verify)


def _verify(tools: Container, record: Mapping[str, Any]) -> None:
    found = message(record)
    if "registration_id" in found["body"]:
        _verify_legacy(tools, found)
        return
    if "employer_id" in found["body"]:
        _verify_employer(tools, found)
        return
    application_id = text_field(found["body"], "application_id")
    verify_application(tools=tools, application_id=application_id, at=tools.now(), message_id=found["id"])


def _verify_employer(tools: Container, found: Mapping[str, Any]) -> None:
    verify_employer(
        tools=tools,
        account_id=text_field(found["body"], "account_id"),
        employer_id=text_field(found["body"], "employer_id"),
        at=tools.now(),
        message_id=found["id"],
    )


def _verify_legacy(tools: Container, found: Mapping[str, Any]) -> None:
    verify_legacy_policy(
        tools=tools,
        person_id=text_field(found["body"], "person_id"),
        registration_id=text_field(found["body"], "registration_id"),
        at=tools.now(),
        message_id=found["id"],
    )
