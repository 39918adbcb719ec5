"""Attributes that several modules write beside the bodies of items."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


def expiry(at: datetime) -> dict[str, dict[str, str]]:
    """The attribute by which DynamoDB forgets an item in its own time, within days of the moment."""
    return {"expires_epoch": {"N": str(int(at.timestamp()))}}
