"""Lambda: the schedule that ends what is kept too long and carries out demands to be forgotten (requirement P2)."""

from __future__ import annotations

from typing import Any

from chalice.app import Blueprint, Rate

from chalicelib.events.runtime import moment, run_schedule
from chalicelib.use_cases.run_retention import run_retention as run

blueprint = Blueprint(__name__)


@blueprint.schedule(Rate(5, unit=Rate.MINUTES), name="run_retention")
def run_retention(event: Any) -> None:
    """End what is over, and destroy what people want destroyed."""
    run_schedule("run_retention", lambda tools: run(tools=tools, at=moment(event, tools)))
