"""The data of a document as JSON, embedded in its PDF for machines."""

from __future__ import annotations

import dataclasses
import json
from datetime import date
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


def embedded_data(document: DataclassInstance, *, kind: str) -> bytes:
    """The document's own fields as JSON; moments and dates in ISO 8601."""
    fields: dict[str, Any] = {"document": kind, **dataclasses.asdict(document)}
    return json.dumps(fields, ensure_ascii=False, indent=1, default=_iso).encode()


def _iso(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(type(value).__name__)
