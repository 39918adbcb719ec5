"""The daily round of change files (requirement P4)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class ExchangeRound:
    """The change files of a day were begun."""

    on: date
