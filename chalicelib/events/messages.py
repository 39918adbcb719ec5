"""Lambda: the schedule of messages: planned tries, the end of quiet hours, receipts that never came (M1, M2, M3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chalice.app import Blueprint, Rate

from chalicelib.adapters.metrics import put_metrics
from chalicelib.events.runtime import moment, run_schedule
from chalicelib.use_cases.run_dispatches import run_dispatches
from chalicelib.use_cases.run_webhooks import STOPPED, run_webhooks

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from chalicelib.bootstrap import Container

blueprint = Blueprint(__name__)


@blueprint.schedule(Rate(1, unit=Rate.MINUTES), name="run_messages")
def run_messages(event: Any) -> None:
    """Queue the messages and webhooks whose moment has come and end what nobody confirmed."""
    run_schedule("run_messages", lambda tools: _run(tools, moment(event, tools)))


def _run(tools: Container, at: datetime) -> Mapping[str, object]:
    found = {"messages": run_dispatches(tools=tools, at=at), "webhooks": run_webhooks(tools=tools, at=at)}
    put_metrics(figures={"StoppedWebhooks": found["webhooks"][STOPPED]}, dimensions={"Part": "webhooks"}, at=at)
    return found
