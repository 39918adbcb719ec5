"""Keys and extra attributes of messages on their way."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from chalicelib.adapters.dynamodb import dispatch_keys, index_keys, sms_keys
from chalicelib.adapters.dynamodb.attributes import expiry
from chalicelib.domain.dispatch import Dispatch, SentPointer
from chalicelib.domain.sms_route import SmsRoute

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from chalicelib.adapters.dynamodb.keys import Key

DISPATCHES_KEPT_FOR = timedelta(days=365)
POINTERS_KEPT_FOR = timedelta(days=30)
"""Receipts come within days."""

_Item = dict[str, dict[str, Any]]


def _dispatch_item(entity: Dispatch) -> _Item:
    kept: _Item = dict(expiry(entity.ordered_at + DISPATCHES_KEPT_FOR))
    if entity.look_at is None:
        return kept
    return {**kept, **index_keys.due_index("dispatch", entity.reference, entity.look_at)}


KEYS: Mapping[type, Callable[[Any], Key]] = {
    Dispatch: lambda e: dispatch_keys.dispatch(e.order_id, e.channel.value),
    SentPointer: lambda e: dispatch_keys.sent_pointer(e.provider, e.provider_id),
    SmsRoute: lambda _: sms_keys.sms_route(),
}

EXTRAS: Mapping[type, Callable[[Any], _Item]] = {
    Dispatch: _dispatch_item,
    SentPointer: lambda e: dict(expiry(e.at + POINTERS_KEPT_FOR)),
}
