"""What a correction changed, as text: each thing before, and after it only the fields that differ."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, get_args

import msgspec

from chalicelib.domain.changes import Change, Thing
from chalicelib.domain.corrections import CorrectionChanges

if TYPE_CHECKING:
    from collections.abc import Mapping

_KINDS: Mapping[str, type[Thing]] = {kind.__name__: kind for kind in get_args(Thing)}


def encoded_changes(entity: CorrectionChanges) -> str:
    """Write changes as JSON."""
    rows = [_row(change) for change in entity.changes]
    return msgspec.json.encode({"correction_id": entity.correction_id, "changes": rows}, order="sorted").decode()


def decoded_changes(text: str) -> CorrectionChanges:
    """Read changes back."""
    found = msgspec.json.decode(text)
    changes = tuple(_change(row) for row in found["changes"])
    return CorrectionChanges(correction_id=found["correction_id"], changes=changes)


def _row(change: Change) -> dict[str, Any]:
    before = None if change.before is None else msgspec.to_builtins(change.before)
    after = None if change.after is None else msgspec.to_builtins(change.after)
    if before is not None and after is not None:
        after = {name: value for name, value in after.items() if value != before[name]}
    return {"type": type(change.thing).__name__, "before": before, "after": after}


def _change(row: Mapping[str, Any]) -> Change:
    kind, before, after = _KINDS[row["type"]], row["before"], row["after"]
    if before is not None and after is not None:
        after = {**before, **after}
    return Change(
        before=None if before is None else msgspec.convert(before, kind),
        after=None if after is None else msgspec.convert(after, kind),
    )
