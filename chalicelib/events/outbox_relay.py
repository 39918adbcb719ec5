"""Lambdas: relay the outbox, at once by hints and by schedule what a lost hint left."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chalice.app import Blueprint, Rate

from chalicelib.events.runtime import PoisonMessage, json_body, moment, run_batch, run_schedule
from chalicelib.use_cases.relay_outbox import relay_entries, relay_left_behind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from chalicelib.bootstrap import Container

blueprint = Blueprint(__name__)


@blueprint.on_sqs_message(queue_arn={"Fn::GetAtt": ["OutboxRelayQueue", "Arn"]}, batch_size=10, name="outbox_relay")
def outbox_relay(event: Any) -> dict[str, list[dict[str, str]]]:
    """Send the outbox entries that the hints name; a hint that is lost here the schedule makes good."""
    return run_batch(event, _relay)


def _relay(tools: Container, record: Mapping[str, Any]) -> None:
    entries = json_body(record).get("entries")
    if not isinstance(entries, list) or not all(isinstance(entry, str) for entry in entries):
        raise PoisonMessage("not a hint")
    relay_entries(tools=tools, entry_ids=entries)


@blueprint.schedule(Rate(1, unit=Rate.MINUTES), name="relay_outbox")
def relay_outbox(event: Any) -> None:
    """Send what lost hints left behind."""
    run_schedule("relay_outbox", lambda tools: relay_left_behind(tools=tools, at=moment(event, tools)))
