"""The part of the store that corrections need: their reads, and the writes that take back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from chalicelib.domain.changes import Change
from chalicelib.domain.corrections import Correction

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chalicelib.domain.corrections import CorrectionState
    from chalicelib.domain.insurance_history import Version
    from chalicelib.domain.records import Pointer
    from chalicelib.ports.queries import Slice


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionFile:
    """A correction, and what it changed once it is carried out."""

    correction: Correction
    changes: tuple[Change, ...] = ()


class CorrectingWork(Protocol):
    """Writes that only corrections make."""

    @property
    def size(self) -> int:
        """How many items are written so far; at most 100 fit into a unit of work."""
        ...

    def discard(self, entity: object) -> None:
        """Take an entity of the version read away; the commit raises StaleWrite if it moved on."""
        ...

    def remove_card(self, *, kind: str, value_hash: str, shared_by: str = "") -> None:
        """Remove the validity card of a number that stands for nothing any more, or stands for it elsewhere."""
        ...

    def repoint(self, pointer: Pointer, *, owner: str) -> None:
        """Point an identifier at its person; the commit raises StaleWrite unless it is the ``owner``'s now."""
        ...

    def release(self, pointer: Pointer) -> None:
        """Take a pointer away; the commit raises StaleWrite unless it leads to its person."""
        ...


class CorrectionReads(Protocol):
    """Reads of corrections, and of what was known before them."""

    def correction_file(self, *, correction_id: str) -> CorrectionFile:
        """Read a correction with what it changed (1 call); raises NotFound."""
        ...

    def corrections(self, *, scope: str, state: CorrectionState, limit: int, after: str | None) -> Slice[Correction]:
        """List the corrections of a scope in one state, newest first (1 call)."""
        ...

    def pointers_of(self, *, person_id: str) -> Sequence[Pointer]:
        """List every identifier that leads to a person (1 call per 1 MB; what was claimed just now may be missing)."""
        ...

    def proof_versions(self, *, person_id: str) -> Sequence[Version]:
        """Read everything that was ever known of a person's policies and certificates (1 call per 1 MB)."""
        ...
