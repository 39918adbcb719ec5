"""A request as somebody sends it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Step:
    """A request as the person sends it."""

    path: str
    person: str | None = "citizen"
    body: Any = None
    options: dict[str, Any] = field(default_factory=dict)

    def sent(self) -> dict[str, Any]:
        """What a client is told to send besides the path."""
        return self.options if self.body is None else {"json": self.body, **self.options}
