"""Idempotency-Key: the same key answers as the first time, another body under it is an error (requirement B12)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from chalicelib.domain.errors import RuleRefused
from chalicelib.domain.records import IdempotencyRecord

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.ports.toolbox import Toolbox


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestKey:
    """A client's key together with the digest of what was asked under it."""

    key: str
    request_digest: str


def request_key(key: str | None, *parts: str) -> RequestKey | None:
    """Make the request key of a client's Idempotency-Key, if it sent one."""
    if key is None:
        return None
    return RequestKey(key=key, request_digest=hashlib.sha256("\x1f".join(parts).encode()).hexdigest())


def record_of(*, request: RequestKey, account_id: str, result: str, tools: Toolbox, at: datetime) -> IdempotencyRecord:
    """Make the record to write in the transaction that the key belongs to."""
    return IdempotencyRecord(
        account_id=account_id,
        key_hash=tools.secrets.lookup_hash(kind="idempotency", value=request.key),
        request_digest=request.request_digest,
        result=result,
        created_at=at,
    )


def earlier_result(*, request: RequestKey, account_id: str, tools: Toolbox) -> str | None:
    """Return what the key created before, or None if it is new.

    Raises:
        RuleRefused: the key was used for another request.
    """
    key_hash = tools.secrets.lookup_hash(kind="idempotency", value=request.key)
    found = tools.store.idempotency_record(account_id=account_id, key_hash=key_hash)
    if found is None:
        return None
    if found.request_digest != request.request_digest:
        raise RuleRefused(
            "idempotency_key_reused",
            "Этот Idempotency-Key уже использован для другого запроса: возьмите новый",
        )
    return found.result
