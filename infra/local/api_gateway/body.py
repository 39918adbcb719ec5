"""Reads a request body within its limits of size and time."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from infra.local.api_gateway.problems import BODY_TOO_SLOW, TOO_LARGE, Refused

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, MutableMapping

_DRAINED = 3


class ClientGone(Exception):
    """The client closed the connection before its request was whole."""


async def read_body(receive: Callable[[], Awaitable[MutableMapping[str, Any]]], *, limit: int, seconds: float) -> bytes:
    """Return the body (at most ``limit`` bytes, within ``seconds``).

    Of a body that is too large some more is read and dropped: a client that is still sending when
    the connection closes would see a reset instead of the answer.

    Raises:
        Refused: 413 too large, 408 too slow.
        ClientGone: the connection was lost.
    """
    chunks: list[bytes] = []
    try:
        async with asyncio.timeout(seconds):
            size, more = 0, True
            while more and size <= limit * _DRAINED:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise ClientGone
                size += len(message.get("body", b""))
                more = message.get("more_body", False)
                if size <= limit:
                    chunks.append(message.get("body", b""))
                else:
                    chunks.clear()
    except TimeoutError:
        raise Refused(BODY_TOO_SLOW) from None
    if size > limit:
        raise Refused(TOO_LARGE)
    return b"".join(chunks)
