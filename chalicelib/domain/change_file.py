"""The change file of an insurer, OPLIST: its number, its life, and its bytes (P4; order 79, appendix Г)."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from chalicelib.domain.audit import ChainHead
from chalicelib.domain.errors import StateConflict
from chalicelib.domain.exchange_model import RECORDS, VERSION, FileKind
from chalicelib.domain.exchange_name import LETTERS, MAX_NUMBER, ExchangeName
from chalicelib.domain.xml_tree import CYRILLIC, Element, write_part

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST_RECORDS = 5_000
"""Records of one file: what is left goes into the next one."""


class FileState(StrEnum):
    """Where a change file is."""

    MAKING = "making"
    MADE = "made"
    SENT = "sent"
    ANSWERED = "answered"


FILE_STATE_TITLES = {
    FileState.MAKING: "Составляется",
    FileState.MADE: "Составлен: передайте его фонду",
    FileState.SENT: "Передан, ответа ещё нет",
    FileState.ANSWERED: "Получен ответ фонда",
}

FILE_TRANSITIONS = {
    FileState.MAKING: frozenset({FileState.MADE}),
    FileState.MADE: frozenset({FileState.SENT, FileState.ANSWERED}),
    FileState.SENT: frozenset({FileState.ANSWERED}),
    FileState.ANSWERED: frozenset({FileState.ANSWERED}),
}
"""From → to; a file is answered by its error report and then by its protocol."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeFile:
    """A change file: its number within the month, how far it is, and what the fund answered.

    ``after`` is the place behind the last record looked at, ``told`` to ``settled`` what became of them. ``until`` is
    up to when it tells. ``key`` is random: where the file lies says nothing. ``account_id`` is who asked for it, "" if
    the schedule did.
    """

    insurer_code: str
    year: int
    month: int
    number: int
    key: str
    until: datetime
    created_at: datetime
    account_id: str = ""
    state: FileState = FileState.MAKING
    after: str = ""
    pages: int = 0
    told: int = 0
    held: int = 0
    settled: int = 0
    sha256: str = ""
    size: int = 0
    made_at: datetime | None = None
    sent_at: datetime | None = None
    answered_at: datetime | None = None
    accepted: int = 0
    refused: int = 0
    version: int = 1
    chain: ChainHead = field(default_factory=ChainHead)

    @property
    def name(self) -> str:
        """The name without its extension."""
        letter = LETTERS[FileKind.OPLIST]
        return str(
            ExchangeName(
                letter=letter,
                insurer_code=self.insurer_code,
                year=self.year,
                month=self.month,
                number=self.number,
            )
        )

    @property
    def person_id(self) -> str:
        """Whose journal tells of the file: that of who asked for it, else the insurer's own."""
        return self.account_id or f"insurer-{self.insurer_code}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeFilePage:
    """Records of one transaction in their order, and where their text lies; ``first`` numbers the first one."""

    insurer_code: str
    file: str
    page: int
    first: int
    change_ids: tuple[str, ...]
    part_key: str


def next_file(*, insurer_code: str, last: ChangeFile | None, year: int, month: int) -> tuple[int, int, int]:
    """Year, month and number of the next file: numbers begin anew with each month; a file of a later month stays last.

    Raises:
        StateConflict: the numbers of the month are used up.
    """
    if last is None or (last.year, last.month) < (year, month):
        return year, month, 1
    if last.number >= MAX_NUMBER:
        raise StateConflict(f"Номера файлов {insurer_code} в этом месяце закончились: дождитесь следующего")
    return last.year, last.month, last.number + 1


def moved(*, file: ChangeFile, state: FileState) -> ChangeFile:
    """Move a file along one arrow; raises StateConflict if there is none."""
    if state not in FILE_TRANSITIONS[file.state]:
        raise StateConflict(f"Действие невозможно: файл — «{FILE_STATE_TITLES[file.state]}»")
    return replace(file, state=state)


def file_bytes(*, file: ChangeFile, parts: Sequence[bytes]) -> bytes:
    """Put a file together: the same parts give the same bytes."""
    head = {
        "VERS": VERSION,
        "FILENAME": file.name,
        "SMOCOD": file.insurer_code,
        "NRECORDS": str(file.told),
    }
    root = FileKind.OPLIST.value
    opening = f'<?xml version="1.0" encoding="{CYRILLIC}"?>\n<{root}>\n'.encode(CYRILLIC)
    heading = b"".join(write_part(element=Element(name, text=text), depth=1) for name, text in head.items())
    return b"".join((opening, heading, *parts, f"</{root}>\n".encode(CYRILLIC)))


RECORD = RECORDS[FileKind.OPLIST]
