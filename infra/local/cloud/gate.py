"""The ASGI layer before the emulator: guards its administration and holds answers back."""

from __future__ import annotations

import hmac
import json
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from typing import Any

from infra.local.cloud.calls import describe
from infra.local.cloud.commit import GroupCommit
from infra.local.cloud.journal import Journal
from infra.local.cloud.queues import QueueJournal
from infra.local.cloud.states import ServiceStates
from infra.local.cloud.tables import TableJournal

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[MutableMapping[str, Any], Receive, Send], Awaitable[None]]

_ADMINISTRATION = ("/_ministack", "/_localstack")
_TEXTS = "/control/failing-text-messages"
_SECRET_HEADER = b"x-polis-administrator"
_START_OF_BODY = 4096
# Nothing leaves the machine on the loopback interface: for policies that refuse unencrypted
# connections it counts as an encrypted one.
_SECURE_CHANNEL = (b"x-forwarded-proto", b"https")


@dataclass(frozen=True, slots=True, kw_only=True)
class Durability:
    """The parts that make a call durable."""

    journal: Journal
    commit: GroupCommit
    tables: TableJournal
    queues: QueueJournal
    states: ServiceStates


class Gate:
    """Wraps the emulator's application.

    Any web page could POST to the emulator's administration across sites and wipe the data, or
    read text messages from it: calls that change need the administrator's secret in the header
    `X-Polis-Administrator`, and no call with an Origin is answered there.
    """

    def __init__(self, emulator: Application, durability: Durability, secret: str) -> None:
        self._emulator = emulator
        self._durability = durability
        self._secret = secret.encode()
        self._texts_fail = False

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        """Serve one connection of the ASGI server."""
        if scope["type"] != "http":
            await self._emulator(scope, receive, send)
        elif scope["path"] == "/health":
            await _answer(send, 200, {"status": "ok"})
        elif scope["path"] == _TEXTS:
            await self._let_texts_fail(scope, send)
        elif self._texts_fail and _sends_texts(scope):
            await _fail(send)
        elif scope["path"].startswith(_ADMINISTRATION):
            await self._administer(scope, receive, send)
        else:
            await self._serve(scope, receive, send)

    async def _let_texts_fail(self, scope: MutableMapping[str, Any], send: Send) -> None:
        """Let SNS fail for those who try the service, or work again; no web page may."""
        if b"origin" in dict(scope["headers"]) or scope["method"] not in {"POST", "DELETE"}:
            await _answer(send, 403, {"message": "POST lets text messages fail, DELETE lets them go."})
            return
        self._texts_fail = scope["method"] == "POST"
        await _answer(send, 200, {"text_messages": "fail" if self._texts_fail else "go"})

    async def _administer(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        headers = dict(scope["headers"])
        presented = headers.get(_SECRET_HEADER, b"")
        known = bool(self._secret) and hmac.compare_digest(presented, self._secret)
        if b"origin" in headers or not (known or scope["method"] == "GET"):
            await _answer(send, 403, {"message": "Only the administrator may do this."})
            return

        async def erasing_send(message: Message) -> None:
            if message["type"] == "http.response.start" and scope["path"].endswith("/reset"):
                await self._erase()
            await send(message)

        await self._emulator(scope, receive, erasing_send)

    async def _erase(self) -> None:
        """Erase what the emulator has just reset in memory, before that is acknowledged."""
        await self._durability.commit.barrier()
        self._durability.journal.erase()
        self._durability.states.forget_digests()

    async def _serve(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        start = bytearray()

        async def observed_receive() -> Message:
            message = await receive()
            if len(start) < _START_OF_BODY:
                start.extend(message.get("body", b"")[:_START_OF_BODY])
            return message

        async def durable_send(message: Message) -> None:
            if message["type"] == "http.response.start":
                await self._make_durable(scope, bytes(start))
            await send(message)

        secure = {**scope, "headers": [*scope["headers"], _SECURE_CHANNEL]}
        await self._emulator(secure, observed_receive, durable_send)

    async def _make_durable(self, scope: MutableMapping[str, Any], start: bytes) -> None:
        parts = self._durability
        call = describe(scope, start)
        if call.service == "dynamodb":
            parts.tables.after(call.action)
        states = call.states(ordered_queues=parts.queues.has_ordered_queues())
        if states is None:
            parts.states.save_all()
        else:
            parts.states.save(states)
        await parts.commit.barrier()


def _sends_texts(scope: MutableMapping[str, Any]) -> bool:
    return describe(scope, b"").service == "sns" and scope["method"] == "POST"


async def _fail(send: Send) -> None:
    """Answer as SNS does while it cannot serve."""
    text = b"<ErrorResponse><Error><Type>Receiver</Type><Code>ServiceUnavailable</Code></Error></ErrorResponse>"
    await _send(send, 503, b"text/xml", text)


async def _answer(send: Send, status: int, body: dict[str, str]) -> None:
    await _send(send, status, b"application/json", json.dumps(body).encode())


async def _send(send: Send, status: int, media_type: bytes, content: bytes) -> None:
    headers = [
        (b"content-type", media_type),
        (b"content-length", str(len(content)).encode()),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": content})
