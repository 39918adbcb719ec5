"""Appeals as items: their keys, and what their indexes need beside the body."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from chalicelib.adapters.dynamodb import appeal_keys, index_keys
from chalicelib.domain.appeal import Appeal, AppealedRefusal, AppealNumber
from chalicelib.domain.appeal_summary import AppealSummary, appeal_summary_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from chalicelib.adapters.dynamodb.keys import Key

_encoder = msgspec.json.Encoder(order="deterministic")
_summaries = msgspec.json.Decoder(AppealSummary)


def _appeal_item(entity: Appeal) -> dict[str, dict[str, Any]]:
    item: dict[str, dict[str, Any]] = dict(appeal_keys.appeals_index(entity.account_id, entity.appeal_id))
    summary = appeal_summary_of(entity)
    if summary is not None:
        item |= {"summary": {"S": _encoder.encode(summary).decode()}, **appeal_keys.appeal_cases_index(summary)}
    at = entity.next_step_at
    return item if at is None else {**item, **index_keys.due_index("appeal", entity.appeal_id, at)}


KEYS: Mapping[type, Callable[[Any], Key]] = {
    Appeal: lambda e: appeal_keys.appeal(e.appeal_id),
    AppealedRefusal: lambda e: appeal_keys.appealed_refusal(e.name),
    AppealNumber: lambda e: appeal_keys.appeal_number(e.number_hash),
}
EXTRAS: Mapping[type, Callable[[Any], dict[str, dict[str, Any]]]] = {Appeal: _appeal_item}


def summary_of_item(item: Mapping[str, Mapping[str, Any]]) -> AppealSummary:
    """Read what an operators' index holds of an appeal."""
    return _summaries.decode(item["summary"]["S"])
