"""The pump's log: JSON lines without message bodies and without texts of exceptions."""

from __future__ import annotations

import json
import sys
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TextIO


@dataclass(frozen=True, slots=True, kw_only=True)
class Journal:
    """Writes one line per event to ``stream``."""

    stream: TextIO = field(default_factory=lambda: sys.stdout)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def write(self, event: str, **members: object) -> None:
        """Write a line; the moment is added."""
        moment = datetime.now(UTC).isoformat(timespec="milliseconds")
        line = json.dumps({"at": moment, "event": event, **members})
        with self.lock:
            self.stream.write(line + "\n")
            self.stream.flush()
