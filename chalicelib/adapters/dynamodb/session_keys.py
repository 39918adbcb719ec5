"""The key of a session of the pages."""

from __future__ import annotations

from chalicelib.adapters.dynamodb.keys import Key


def session(session_id: str) -> Key:
    """A session, under the digest of the browser's secret."""
    return Key(f"SESSION#{session_id}", "SESSION")
