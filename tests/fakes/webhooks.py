"""A receiver of webhooks that keeps what came, and answers as told."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from chalicelib.ports.webhooks import HookAnswer


@dataclass(frozen=True, kw_only=True)
class Received:
    url: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.body)
        return found


@dataclass(kw_only=True)
class FakeHookSender:
    """Keeps each try in ``tried`` and what was taken in ``taken``; ``answers`` decides, by the message."""

    tried: list[Received] = field(default_factory=list)
    taken: list[Received] = field(default_factory=list)
    answers: Callable[[Received], HookAnswer] = lambda _: HookAnswer.TAKEN
    refused: Mapping[str, str] = field(default_factory=dict)

    def refusal(self, *, url: str) -> str:
        return self.refused.get(url, "")

    def send(self, *, url: str, headers: Mapping[str, str], body: bytes) -> HookAnswer:
        received = Received(url=url, headers=dict(headers), body=body)
        self.tried.append(received)
        answer = self.answers(received)
        if answer is HookAnswer.TAKEN:
            self.taken.append(received)
        return answer
