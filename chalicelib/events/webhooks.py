"""Lambda: brings events of cases to the organisations that subscribed to them (requirement M3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chalice.app import Blueprint

from chalicelib.events.runtime import PoisonMessage, message, run_batch, text_field
from chalicelib.use_cases.deliver_webhooks import deliver_to, tell_of_case
from chalicelib.use_cases.tell_organisations import DELIVER_STEP, TOLD_STEP

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from chalicelib.bootstrap import Container

blueprint = Blueprint(__name__)


@blueprint.on_sqs_message(queue_arn={"Fn::GetAtt": ["WebhooksQueue", "Arn"]}, batch_size=1, name="webhooks")
def webhooks(event: Any) -> dict[str, list[dict[str, str]]]:
    """Bring each case that the queue names into its feed, or go on with a subscription."""
    return run_batch(event, _handle)


def _handle(tools: Container, record: Mapping[str, Any]) -> None:
    body = message(record)["body"]
    step = _STEPS.get(text_field(body, "step"))
    if step is None:
        raise PoisonMessage("no such step")
    step(tools, body)


def _tell(tools: Container, body: Mapping[str, Any]) -> None:
    organisation, case = text_field(body, "organisation"), text_field(body, "case")
    tell_of_case(tools=tools, organisation=organisation, case=case, at=tools.now())


def _deliver(tools: Container, body: Mapping[str, Any]) -> None:
    organisation, subscription_id = text_field(body, "organisation"), text_field(body, "subscription_id")
    deliver_to(tools=tools, organisation=organisation, subscription_id=subscription_id, at=tools.now())


_STEPS: Mapping[str, Callable[[Container, Mapping[str, Any]], None]] = {TOLD_STEP: _tell, DELIVER_STEP: _deliver}
"""What the queue asks for."""
