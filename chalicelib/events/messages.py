"""Lambda: the schedule of messages: planned tries, the end of quiet hours, receipts that never came (M1, M2)."""

from __future__ import annotations

from typing import Any

from chalice.app import Blueprint, Rate

from chalicelib.events.runtime import moment, run_schedule
from chalicelib.use_cases.run_dispatches import run_dispatches

blueprint = Blueprint(__name__)


@blueprint.schedule(Rate(1, unit=Rate.MINUTES), name="run_messages")
def run_messages(event: Any) -> None:
    """Queue the messages whose moment has come and end what nobody confirmed."""
    run_schedule("run_messages", lambda tools: run_dispatches(tools=tools, at=moment(event, tools)))
