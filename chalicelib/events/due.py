"""Lambda: the schedule of applications: drafts, clarifications, changes of insurer, due dates."""

from __future__ import annotations

from typing import Any

from chalice.app import Blueprint, Rate

from chalicelib.events.runtime import moment, run_schedule
from chalicelib.use_cases import run_due as due

blueprint = Blueprint(__name__)


@blueprint.schedule(Rate(5, unit=Rate.MINUTES), name="run_due")
def run_due(event: Any) -> None:
    """Do what is due with applications."""
    run_schedule("run_due", lambda tools: due.run_due(tools=tools, at=moment(event, tools)))
