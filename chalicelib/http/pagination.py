"""Opaque cursors of lists."""

from __future__ import annotations

import base64
import binascii
import json
from typing import TYPE_CHECKING

from chalicelib.domain.errors import FieldError, ValidationFailed

if TYPE_CHECKING:
    from collections.abc import Mapping

_MAX_LENGTH = 2048


def encode_cursor(key: Mapping[str, str] | None) -> str | None:
    """Hide the key of the last item in a cursor; None (no more items) stays None."""
    if key is None:
        return None
    compact = json.dumps(dict(key), separators=(",", ":"), sort_keys=True, ensure_ascii=False)
    return base64.urlsafe_b64encode(compact.encode()).rstrip(b"=").decode()


def decode_cursor(cursor: str | None) -> dict[str, str] | None:
    """Read the key back from a cursor; None (the first page) stays None.

    Raises:
        ValidationFailed: the cursor was not made by ``encode_cursor``.
    """
    if cursor is None:
        return None
    try:
        key = _key(cursor)
    except (ValueError, binascii.Error, RecursionError):
        key = None
    if key is None:
        message = "Передайте значение next_cursor предыдущей страницы без изменений"
        raise ValidationFailed([FieldError(field="cursor", code="invalid_cursor", message=message)])
    return key


def _key(cursor: str) -> dict[str, str] | None:
    if len(cursor) > _MAX_LENGTH:
        return None
    padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
    found = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    if not isinstance(found, dict) or not found:
        return None
    return found if all(isinstance(value, str) for value in found.values()) else None
