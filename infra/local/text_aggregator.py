"""A stand-in for an aggregator of text messages, as a process: ``python -m infra.local.text_aggregator``.

Environment: ``TEXTS_PORT`` (default 9300); ``RECEIPTS_URL``, where it tells what became of messages, signed by the
secret that the local cloud keeps. ``GET /control/messages`` shows what was sent, with the answer to its receipt;
``POST /control/behaviours`` with ``{"behaviour": "down"}``, ``slow`` (and ``seconds``) or ``normal`` tells how it
answers.
"""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from http import HTTPStatus
from typing import Any, Final

from chalicelib.domain.webhook_signature import signed_headers
from infra.local.cloud.receipts import phone_outcome
from infra.local.http_service import Problem, Request, Response, serve_until_stopped

_BEHAVIOURS = frozenset({"normal", "slow", "down"})
_STATUSES: Final = {
    "delivered": "delivered",
    "hard_bounce": "no_such_number",
    "soft_bounce": "unreachable",
    "refused": "rejected",
}
RECEIPT_PAUSES: Final = (0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 30.0)
"""Seconds before a receipt is brought, and again while nobody takes it."""

Bring = Callable[[bytes], int]
"""Brings the body of receipts to the service; returns the status of the answer, 0 without one."""


def receipt_request(messages: list[dict[str, Any]], *, at: datetime | None = None) -> bytes:
    """The body by which the service is told what became of messages, by their numbers."""
    moment = (at or datetime.now(UTC)).isoformat()
    receipts = [
        {"id": one["id"], "reference": one["reference"], "status": _STATUSES[phone_outcome(one["to"])], "at": moment}
        for one in messages
    ]
    return json.dumps({"receipts": receipts}).encode()


@dataclass(kw_only=True)
class Aggregator:
    """Takes each message once by its Idempotency-Key; nothing is kept over a restart."""

    seconds: float = 0.0
    is_down: bool = False
    messages: list[dict[str, Any]] = field(default_factory=list)
    bring: Bring | None = None
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
            taken = {**message, "id": self._known[key]}
            self.messages.append(taken)
        if self.bring is not None:
            threading.Thread(target=self._tell, args=(self.bring, taken), daemon=True).start()
        return Response.of_json({"id": self._known[key]}, status=HTTPStatus.ACCEPTED)

    def _tell(self, bring: Bring, message: dict[str, Any]) -> None:
        """Bring the receipt of a message until it is taken."""
        for seconds in RECEIPT_PAUSES:
            time.sleep(seconds)
            message["receipt"] = bring(receipt_request([message]))
            if message["receipt"] == HTTPStatus.ACCEPTED:
                return

    def _behave(self, request: Request) -> Response:
        behaviour, seconds = request.json.get("behaviour"), request.json.get("seconds", 4)
        if behaviour not in _BEHAVIOURS or not isinstance(seconds, int | float) or not 0 <= seconds <= 60:  # noqa: PLR2004 — a minute
            raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "unknown_behaviour")
        self.is_down, self.seconds = behaviour == "down", float(seconds) if behaviour == "slow" else 0.0
        return Response.of_json({"behaviour": behaviour})


@cache
def _secret() -> str:
    import boto3  # takes half a second; nobody needs it before the first message

    answer = boto3.client("secretsmanager").get_secret_value(SecretId=os.environ["SMS_SECOND_RECEIPTS_SECRET_ID"])
    return str(answer["SecretString"])


def bring_to(url: str) -> Bring:
    """Bring receipts to an address of this machine."""
    import urllib3

    def bring(body: bytes) -> int:
        now = datetime.now(UTC)
        signed = signed_headers(secrets=[_secret()], event_id=f"receipt-{time.monotonic_ns()}", at=now, body=body)
        headers = {**signed, "Content-Type": "application/json"}
        try:
            return urllib3.request("POST", url, body=body, headers=headers, retries=False, timeout=10).status
        except urllib3.exceptions.HTTPError:
            return 0

    return bring


def main() -> None:
    """Run the stand-in until it is stopped."""
    port, url = int(os.environ.get("TEXTS_PORT", "9300")), os.environ.get("RECEIPTS_URL", "")
    aggregator = Aggregator(bring=bring_to(url) if url else None)
    serve_until_stopped("text aggregator", aggregator, host="127.0.0.1", port=port)


if __name__ == "__main__":
    main()
