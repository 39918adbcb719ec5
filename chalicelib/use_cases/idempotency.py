"""Idempotency-Key: the same key answers as the first time, another body under it is an error (requirement B12)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from chalicelib.domain.errors import DomainError, NotPermitted, RuleRefused
from chalicelib.domain.records import IdempotencyRecord
from chalicelib.ports.errors import DependencyFailed, PortError

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from chalicelib.domain.principal import Principal
    from chalicelib.ports.storage import UnitOfWork
    from chalicelib.ports.toolbox import Toolbox

T = TypeVar("T")


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


def once(
    *,
    request: RequestKey | None,
    principal: Principal,
    tools: Toolbox,
    create: Callable[[], T],
    recall: Callable[[str], T],
) -> T:
    """Create, or recall what the same request created before; a call more only where the creation is refused.

    ``create`` remembers the request in its own transaction. So a copy of the request is always refused, be it for
    the record or for what the first one has made, and then ``recall`` gets the result that was remembered.

    Raises:
        RuleRefused: the key was used for another request.
        DomainError, PortError: what ``create`` raises, if the request is new.
    """
    try:
        return create()
    except (NotPermitted, DependencyFailed):
        raise
    except (DomainError, PortError):
        if request is None:
            raise
        earlier = earlier_result(request=request, account_id=principal.account_id, tools=tools)
        if earlier is None:
            raise
    return recall(earlier)


def remember(
    *,
    work: UnitOfWork,
    request: RequestKey | None,
    principal: Principal,
    result: str,
    tools: Toolbox,
    at: datetime,
) -> None:
    """Let the transaction that creates something also remember the client's key, if there is one."""
    if request is not None:
        account_id = principal.account_id
        work.create(record_of(request=request, account_id=account_id, result=result, tools=tools, at=at))


def remember_alone(
    *, request: RequestKey | None, principal: Principal, result: str, tools: Toolbox, at: datetime
) -> None:
    """Remember the client's key where nothing else is written (1 AWS call, none without a key).

    Raises:
        AlreadyExists: the key was used before.
    """
    if request is None:
        return
    work = tools.store.work(at=at)
    remember(work=work, request=request, principal=principal, result=result, tools=tools, at=at)
    work.commit()


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
