"""How much of each proof is played: little among the other tests, all of it by `make security`; and its figures."""

from __future__ import annotations

import json
import os
from pathlib import Path

WHOLE = os.environ.get("SECURITY_WHOLE") == "yes"
"""Whether `make security` asks for everything."""


def whole_or(everything: int, little: int) -> int:
    """How many of something are tried."""
    return everything if WHOLE else little


def note(**figures: float | str) -> None:
    """Keep figures for the report of `make security`."""
    path = os.environ.get("SECURITY_FIGURES")
    if path:
        with Path(path).open("a", encoding="utf-8") as target:
            target.write(json.dumps(figures) + "\n")
