"""What retention needs of items: when each is kept no more, and the items of demands, exports and what is left."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chalicelib.adapters.dynamodb import index_keys, privacy_keys
from chalicelib.adapters.dynamodb.attributes import expiry
from chalicelib.domain.data_export import DataExport
from chalicelib.domain.erased import Erased
from chalicelib.domain.erasure import ErasureRequest, ErasureState
from chalicelib.domain.records import CabinetMessage
from chalicelib.domain.retention_terms import Kept

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from chalicelib.adapters.dynamodb.keys import Key

Item = dict[str, dict[str, Any]]


def _message_item(entity: CabinetMessage) -> Item:
    from chalicelib.domain.retention import retention_of  # noqa: PLC0415 — only where a message is written

    row = retention_of(Kept.MESSAGE, on=entity.created_at.date())
    return dict(expiry(row.until(entity.created_at)))


KEYS: Mapping[type, Callable[[Any], Key]] = {
    ErasureRequest: lambda e: privacy_keys.erasure_request(e.person_id, e.request_id),
    DataExport: lambda e: privacy_keys.data_export(e.person_id, e.export_id),
    Erased: lambda e: privacy_keys.erased(e.person_id, e.name),
}
EXTRAS: Mapping[type, Callable[[Any], Item]] = {CabinetMessage: _message_item}


def _looked_at(entity: object) -> datetime | None:
    """When the schedule has to look at an entity for its retention; a demand that waits at once."""
    from chalicelib.domain.held import HELD, kept_until  # noqa: PLC0415 — it knows every kind: only where one is written

    if type(entity) not in HELD:
        return None
    if isinstance(entity, ErasureRequest) and entity.state is ErasureState.ACCEPTED:
        return entity.asked_at
    return kept_until(entity)


def retained(entity: object, key: Key) -> Item:
    """Index keys by which what is kept too long is found; what has a step ahead before that is not among them."""
    at = _looked_at(entity)
    return {} if at is None else dict(index_keys.due_index(privacy_keys.RETENTION, f"{key.partition}#{key.sort}", at))
