"""A stand-in for an aggregator of text messages, as a process: ``python -m infra.local.text_aggregator``.

Environment: ``TEXTS_PORT`` (default 9300). ``GET /control/messages`` shows what was sent; ``POST /control/behaviours``
with ``{"behaviour": "down"}``, ``slow`` (and ``seconds``) or ``normal`` tells how it answers.
"""

from __future__ import annotations

import os
import threading
import time
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from infra.local.http_service import Problem, Request, Response, serve_until_stopped

_BEHAVIOURS = frozenset({"normal", "slow", "down"})


@dataclass(kw_only=True)
class Aggregator:
    """Takes each message once by its Idempotency-Key; nothing is kept over a restart."""

    seconds: float = 0.0
    is_down: bool = False
    messages: list[dict[str, Any]] = field(default_factory=list)
    _known: dict[str, str] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self, request: Request) -> Response:
        """Answer one request."""
        match request.method, request.path:
            case "POST", "/v1/messages":
                return self._take(request)
            case "GET", "/health":
                return Response.of_json({"status": "ok"})
            case "GET", "/control/messages":
                return Response.of_json({"messages": self.messages})
            case "POST", "/control/behaviours":
                return self._behave(request)
        raise Problem(HTTPStatus.NOT_FOUND, "not_found")

    def _take(self, request: Request) -> Response:
        time.sleep(self.seconds)
        if self.is_down:
            raise Problem(HTTPStatus.SERVICE_UNAVAILABLE, "down")
        if not request.headers.get("authorization", "").startswith("Bearer "):
            raise Problem(HTTPStatus.UNAUTHORIZED, "unauthorized")
        message, key = request.json, request.headers.get("idempotency-key", "")
        if not key or not all(isinstance(message.get(name), str) for name in ("to", "text", "reference")):
            raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "incomplete")
        with self._lock:
            if key in self._known:
                return Response.of_json({"id": self._known[key]}, status=HTTPStatus.CONFLICT)
            self._known[key] = f"agg-{len(self._known) + 1}"
            self.messages.append({**message, "id": self._known[key]})
        return Response.of_json({"id": self._known[key]}, status=HTTPStatus.ACCEPTED)

    def _behave(self, request: Request) -> Response:
        behaviour, seconds = request.json.get("behaviour"), request.json.get("seconds", 4)
        if behaviour not in _BEHAVIOURS or not isinstance(seconds, int | float) or not 0 <= seconds <= 60:  # noqa: PLR2004 — a minute
            raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "unknown_behaviour")
        self.is_down, self.seconds = behaviour == "down", float(seconds) if behaviour == "slow" else 0.0
        return Response.of_json({"behaviour": behaviour})


def main() -> None:
    """Run the stand-in until it is stopped."""
    port = int(os.environ.get("TEXTS_PORT", "9300"))
    serve_until_stopped("text aggregator", Aggregator(), host="127.0.0.1", port=port)


if __name__ == "__main__":
    main()
