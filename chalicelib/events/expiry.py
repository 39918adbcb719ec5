"""Lambda: the schedule of temporary certificates: warnings and expiry (requirement E3)."""

from __future__ import annotations

from typing import Any

from chalice.app import Blueprint, Rate

from chalicelib.events.runtime import moment, run_schedule
from chalicelib.use_cases.certificates import expire_certificates as expire

blueprint = Blueprint(__name__)


@blueprint.schedule(Rate(1, unit=Rate.HOURS), name="expire_certificates")
def expire_certificates(event: Any) -> None:
    """Warn and expire what is due."""
    run_schedule("expire_certificates", lambda tools: expire(tools=tools, at=moment(event, tools)))
