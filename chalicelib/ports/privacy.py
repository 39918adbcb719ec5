"""Reads of what is held of a person, and of what is kept too long (requirement P2)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from chalicelib.domain.records import CabinetMessage

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from chalicelib.domain.data_export import DataExport
    from chalicelib.domain.erasure import ErasureRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class Holdings:
    """All that is held of a person: things that have a term, and the messages in the cabinet.

    What the journal names is among them, wherever it lies: each thing about a person left an entry there.
    """

    things: tuple[object, ...] = ()
    messages: tuple[CabinetMessage, ...] = ()


class PrivacyReads(Protocol):
    """The part of the store that retention, erasure and exports use."""

    def holdings(self, *, person_id: str) -> Holdings:
        """Read all that is held of a person (1 call per 1 MB of the folder, 1 per 100 things outside it)."""
        ...

    def belongings(self, *, thing: object) -> Sequence[object]:
        """Read what belongs to a thing and ends with it: scans, messages, versions, documents (0 to 2 calls)."""
        ...

    def due_retained(self, *, until: datetime, page: int) -> Iterator[Sequence[object]]:
        """Page through what is kept too long, and demands that wait, earliest first (1 call per page)."""
        ...

    def erasure_requests_of(self, *, person_id: str) -> Sequence[ErasureRequest]:
        """List a person's demands, newest first (1 call)."""
        ...

    def data_export(self, *, person_id: str, export_id: str) -> DataExport | None:
        """Read an export of one's own data (1 call)."""
        ...

    def data_exports_of(self, *, person_id: str) -> Sequence[DataExport]:
        """List a person's exports, newest first (1 call)."""
        ...
