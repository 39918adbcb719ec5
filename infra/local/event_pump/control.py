"""The pump's loopback port: ``GET /health`` and ``POST /fire/{function}``."""

from __future__ import annotations

from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING

from infra.local.http_service import Problem, Request, Response

if TYPE_CHECKING:
    from collections.abc import Callable

    from infra.local.event_pump.supervision import Pump


def control_service(pump: Pump) -> Callable[[Request], Response]:
    """Make the HTTP service of a pump."""

    def serve(request: Request) -> Response:
        if "origin" in request.headers:
            # A page in a browser has no business here.
            raise Problem(HTTPStatus.FORBIDDEN, "browsers_refused")
        if (request.method, request.path) == ("GET", "/health"):
            health = pump.health()
            status = HTTPStatus.OK if health["status"] == "ok" else HTTPStatus.SERVICE_UNAVAILABLE
            return Response.of_json(health, status=status)
        if request.method == "POST" and request.path.startswith("/fire/"):
            return _fire(pump, request)
        raise Problem(HTTPStatus.NOT_FOUND, "not_found")

    return serve


def _fire(pump: Pump, request: Request) -> Response:
    schedule = pump.schedule(request.path.removeprefix("/fire/"))
    if schedule is None:
        raise Problem(HTTPStatus.NOT_FOUND, "unknown_schedule")
    if not schedule.fire(at=_time(request)):
        raise Problem(HTTPStatus.BAD_GATEWAY, "handler_failed")
    return Response.of_json({"status": "done", "function": schedule.function})


def _time(request: Request) -> datetime:
    text = request.json.get("time") if request.body else None
    if text is None:
        return datetime.now(UTC)
    try:
        moment = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        raise Problem(HTTPStatus.BAD_REQUEST, "malformed_time") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
