"""Reads of corrections, and of what was known of policies and certificates before them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.adapters.dynamodb import correction_keys, index_keys, items, keys
from chalicelib.domain.corrections import Correction
from chalicelib.domain.insurance_history import CertificateVersion, PolicyVersion, Version
from chalicelib.domain.records import Pointer
from chalicelib.ports.corrections import CorrectionFile
from chalicelib.ports.errors import NotFound
from chalicelib.ports.queries import Slice

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from chalicelib.adapters.dynamodb.table import Table
    from chalicelib.domain.corrections import CorrectionState

_VERSIONS: Mapping[str, type[Version]] = {"PolicyVersion": PolicyVersion, "CertificateVersion": CertificateVersion}


class CorrectionReads:
    """The part of the store that corrections use."""

    _table: Table

    def correction_file(self, *, correction_id: str) -> CorrectionFile:
        """Read a correction with what it changed; raises NotFound."""
        by_type = {
            item["type"]["S"]: item
            for item in self._table.query_all(correction_keys.correction(correction_id).partition)
        }
        if "Correction" not in by_type:
            raise NotFound("Исправление не найдено")
        kept = by_type.get("CorrectionChanges")
        return CorrectionFile(
            correction=items.from_item(Correction, by_type["Correction"]),
            changes=items.changes_from_item(kept).changes if kept else (),
        )

    def corrections(self, *, scope: str, state: CorrectionState, limit: int, after: str | None) -> Slice[Correction]:
        """List the corrections of a scope in one state, newest first; ``after`` is the last id seen."""
        found, following = self._table.query_index(
            index_keys.OWNER_INDEX,
            correction_keys.correction_partition(scope, state.value),
            limit=limit,
            after=_start(scope, state, after) if after else None,
        )
        corrections = tuple(items.from_item(Correction, item) for item in found)
        return Slice(items=corrections, after=corrections[-1].correction_id if following else None)

    def proof_versions(self, *, person_id: str) -> Sequence[Version]:
        """Read everything that was ever known of a person's policies and certificates."""
        found = self._table.query_all(keys.person(person_id).partition, prefix=correction_keys.VERSION_PREFIX)
        return [items.from_item(_VERSIONS[item["type"]["S"]], item) for item in found]

    def pointers_of(self, *, person_id: str) -> Sequence[Pointer]:
        """List every identifier that leads to a person."""
        found: list[Pointer] = []
        after: str | None = None
        while True:
            page, after = self._table.query_index(
                index_keys.OWNER_INDEX, correction_keys.pointers_partition(person_id), after=after
            )
            found.extend(items.from_item(Pointer, item) for item in page)
            if after is None:
                return found


def _start(scope: str, state: CorrectionState, correction_id: str) -> str:
    return index_keys.index_start(
        correction_keys.correction(correction_id), correction_keys.correction_index(scope, state.value, correction_id)
    )
