"""The access log: one JSON line a request, nothing in it that tells who asked or for whom."""

from __future__ import annotations

import hmac
import json
import sys
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from typing import TextIO


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessLog:
    """Writes lines to ``stream``; clients appear as a hash under ``key`` only."""

    key: bytes
    stream: TextIO = field(default_factory=lambda: sys.stdout)

    def client(self, address: str) -> str:
        """A short keyed hash of the address: the same client looks the same until the key changes."""
        return hmac.digest(self.key, address.encode(), sha256).hex()[:12]

    def write(self, **members: object) -> None:
        """Write one line; the moment is added."""
        moment = datetime.now(UTC).isoformat(timespec="milliseconds")
        line = json.dumps({"at": moment, "event": "request", **members})
        self.stream.write(line + "\n")
        self.stream.flush()
