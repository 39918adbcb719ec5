"""An export of everything that is held of a person, as ZIP files (requirement P2; 152-ФЗ, art. 14 and 20)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from chalicelib.domain.audit import ChainHead

EXPORT_KEPT_FOR = timedelta(days=7)
"""So long the files can be downloaded; then they are destroyed."""

PART_BYTES = 48 * 1024 * 1024
"""How much one ZIP holds at most before the next begins: what a function can hold in memory twice."""

PARTS_AT_ONCE = 4
"""How many parts one message makes; the next message goes on."""

EXPORTS_PER_DAY = 5
"""How many exports one person may order in a day."""


class ExportState(StrEnum):
    """Where an export is."""

    MAKING = "making"
    READY = "ready"


EXPORT_STATE_TITLES = {ExportState.MAKING: "Готовится", ExportState.READY: "Готово к скачиванию"}


@dataclass(frozen=True, slots=True, kw_only=True)
class DataExport:
    """One export; ``files_id`` is the random part of the names of its files, ``sizes`` are the bytes of each part.

    ``after`` is the last file that is in one of the parts: files are packed in the order of their names.
    """

    export_id: str
    person_id: str
    ordered_at: datetime
    files_id: str
    state: ExportState = ExportState.MAKING
    made_at: datetime | None = None
    sizes: tuple[int, ...] = ()
    after: str = ""
    version: int = 1
    chain: ChainHead = field(default_factory=ChainHead)

    @property
    def kept_until(self) -> datetime | None:
        """The first moment at which it cannot be downloaded any more."""
        return None if self.made_at is None else self.made_at + EXPORT_KEPT_FOR

    def is_open(self, at: datetime) -> bool:
        """Whether its files can be downloaded at a moment."""
        return self.kept_until is not None and at < self.kept_until

    def part_key(self, part: int) -> str:
        """The key of a part, counted from 1."""
        return f"exports/{self.files_id}/{part}.zip"
