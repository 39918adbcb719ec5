"""New identifiers and chance."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

ID_LENGTH = 26
MOMENT_LENGTH = 10
"""How much of an id is its moment, in milliseconds."""


def first_id_at(at: datetime) -> str:
    """The lowest id of a moment: those made earlier sort before it, those made then and later do not."""
    from ulid import ULID  # noqa: PLC0415 — as below

    return str(ULID.from_datetime(at))[:MOMENT_LENGTH] + "0" * (ID_LENGTH - MOMENT_LENGTH)


class UlidSource:
    """Implements the IdSource port with the operating system's randomness."""

    def new_id(self, *, at: datetime) -> str:
        """Make a ULID of the moment (https://github.com/ulid/spec)."""
        from ulid import ULID  # noqa: PLC0415 — a Lambda that makes no ids does not pay for it

        return str(ULID.from_datetime(at))

    def below(self, limit: int) -> int:
        """Draw a number from 0 to limit - 1."""
        return secrets.randbelow(limit)
