"""Sends text messages by an aggregator over HTTP, as Russian ones offer it: JSON, a token, a key against doubling.

``POST <url>/messages`` with ``to``, ``text``, ``sender`` and ``reference``; the reference is also the Idempotency-Key,
so that the same message that is sent again is taken once. 200 to 202 and 409 (known) bring ``id``. Neither number nor
text stands in an address, a log or an error.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from chalicelib.ports.errors import Rejected, Throttled, Unavailable
from chalicelib.ports.notifications import OutcomeUnknown, Taken

if TYPE_CHECKING:
    from collections.abc import Callable

PROVIDER: Final = "aggregator"
CONNECT_SECONDS: Final = 2.0
ANSWER_SECONDS: Final = 8.0
_TAKEN: Final = frozenset({200, 201, 202, 409})
_REJECTED: Final = frozenset({400, 404, 413, 422})
_THROTTLED, _DOWN = 429, 503
_PAUSE: Final = 30
_LONGEST_ANSWER: Final = 16 * 1024


class AggregatorSmsSender:
    """Implements ``SmsSender``; ``token`` is asked for when the first message leaves."""

    def __init__(self, url: str, sender_id: str = "", *, token: Callable[[], str]) -> None:
        self._url = f"{url.rstrip('/')}/messages"
        self._token = token
        self._sender_id = sender_id
        self._pool: Any = None
        self._known_token = ""

    def send(self, *, to: str, text: str, reference: str, urgent: bool = False) -> Taken:  # noqa: ARG002 — of the port
        """See ``SmsSender.send``."""
        message = {"to": to, "text": text, "reference": reference}
        if self._sender_id:
            message["sender"] = self._sender_id
        status, headers, body = self._exchanged(message, reference)
        if status in _TAKEN:
            return Taken(provider=PROVIDER, provider_id=_id_of(body) or reference)
        if status in _REJECTED:
            raise Rejected("Служба доставки отказалась принять сообщение")
        if status == _THROTTLED:
            raise Throttled("Служба доставки перегружена", retry_after=_pause_of(headers.get("Retry-After", "")))
        if status == _DOWN or status < 500:  # noqa: PLR2004 — lost rights and the like are ours to mend
            raise Unavailable("Служба доставки не приняла сообщение")
        # It may have been taken before something broke.
        raise OutcomeUnknown("Служба доставки не подтвердила отправку")

    def _exchanged(self, message: dict[str, str], reference: str) -> tuple[int, Any, bytes]:
        from urllib3 import PoolManager, Timeout  # noqa: PLC0415 — only where messages leave
        from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError  # noqa: PLC0415 — as above

        if self._pool is None:
            self._pool, self._known_token = PoolManager(num_pools=1, maxsize=4), self._token()
        try:
            answer = self._pool.request(
                "POST",
                self._url,
                body=json.dumps(message, ensure_ascii=False).encode(),
                headers={
                    "Authorization": f"Bearer {self._known_token}",
                    "Content-Type": "application/json",
                    "Idempotency-Key": reference,
                },
                timeout=Timeout(connect=CONNECT_SECONDS, read=ANSWER_SECONDS),
                retries=False,
                redirect=False,
                preload_content=False,
            )
            body: bytes = answer.read(_LONGEST_ANSWER)
            answer.release_conn()
        except (NewConnectionError, ConnectTimeoutError):
            raise Unavailable("Служба доставки не отвечает") from None
        except HTTPError:
            # The text of such errors may repeat what was sent.
            raise OutcomeUnknown("Служба доставки не подтвердила отправку") from None
        return answer.status, answer.headers, body


def _id_of(body: bytes) -> str:
    """The provider's own id of the message, "" where the answer tells none that can be kept."""
    try:
        found = json.loads(body)["id"]
    except (ValueError, KeyError, TypeError):
        return ""
    return found if isinstance(found, str) and found.isascii() and found.isprintable() and len(found) <= 100 else ""  # noqa: PLR2004 — a key


def _pause_of(text: str) -> int:
    return min(max(int(text), 1), 3600) if text.isascii() and text.isdigit() and len(text) < 6 else _PAUSE  # noqa: PLR2004 — seconds of a day
