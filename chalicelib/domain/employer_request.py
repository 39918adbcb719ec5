"""A request of an employer about its staff: lists, stages, progress and files (requirement K2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from chalicelib.domain.audit import ChainHead
from chalicelib.domain.errors import FieldError, StateConflict

MAX_ROWS: Final = 100_000
MAX_BYTES: Final = 25 * 1024 * 1024
MAX_LISTS: Final = 50
CHUNK_ROWS: Final = 2_000
"""What is read, checked and kept at once: a killed worker repeats at most so many rows."""

CSV: Final = "text/csv"
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MEDIA_TYPES: Final = (CSV, XLSX)


class RequestStage(StrEnum):
    """Where a request is."""

    AWAITING_LIST = "awaiting_list"
    READING = "reading"
    CHECKING = "checking"
    ASKING = "asking"
    WRITING = "writing"
    READY = "ready"


STAGE_TITLES: Final[Mapping[RequestStage, str]] = MappingProxyType(
    {
        RequestStage.AWAITING_LIST: "Ждёт списка",
        RequestStage.READING: "Список читается",
        RequestStage.CHECKING: "Строки проверяются",
        RequestStage.ASKING: "Сотрудникам отправляются вопросы о согласии",
        RequestStage.WRITING: "Готовятся файлы",
        RequestStage.READY: "Готово к скачиванию",
    }
)

STAGE_TRANSITIONS: Final[Mapping[RequestStage, frozenset[RequestStage]]] = MappingProxyType(
    {
        RequestStage.AWAITING_LIST: frozenset({RequestStage.READING}),
        RequestStage.READING: frozenset({RequestStage.CHECKING, RequestStage.AWAITING_LIST, RequestStage.READY}),
        RequestStage.CHECKING: frozenset({RequestStage.ASKING}),
        RequestStage.ASKING: frozenset({RequestStage.WRITING}),
        RequestStage.WRITING: frozenset({RequestStage.READY}),
        RequestStage.READY: frozenset({RequestStage.READING, RequestStage.CHECKING}),
    }
)
"""From → to: a list that cannot be read leads back to where the request was; a mended one, or a fresh look, goes on."""

RESTING: Final = frozenset({RequestStage.AWAITING_LIST, RequestStage.READY})
"""Nothing is being done: another list may come."""


class OutputFile(StrEnum):
    """What comes of a request; the values are names of files without their ending."""

    PDF = "pdf"
    ZIP = "zip"
    XLSX = "xlsx"
    JSON = "json"
    TO_MEND = "to_mend"


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffList:
    """A file with rows; ``rows`` and ``chunks`` stand once it was read, ``refusals`` if it could not be."""

    list_id: str
    number: int
    media_type: str
    object_key: str
    ordered_at: datetime
    rows: int = 0
    chunks: int = 0
    header: tuple[str, ...] = ()
    columns: Mapping[str, int] = field(default_factory=dict)
    sha256: str = ""
    refusals: tuple[FieldError, ...] = ()

    @property
    def is_read(self) -> bool:
        """Whether its rows count."""
        return self.chunks > 0


@dataclass(frozen=True, slots=True, kw_only=True)
class EmployerRequest:
    """One request about days from ``from_on`` until ``until_on`` (half-open).

    ``cursor`` is the chunk that comes next in the present stage, over all lists, counted from 0; ``counts`` are rows
    by outcome. ``awaited_message`` is the message that goes on with it. ``work_id`` is the random part of the names
    of its files; ``files`` name what is ready.
    """

    request_id: str
    employer_id: str
    account_id: str
    organisation_id: str
    number: str
    from_on: date
    until_on: date
    asked_at: datetime
    utc_offset_hours: int
    work_id: str
    outputs: tuple[OutputFile, ...] = (OutputFile.PDF, OutputFile.XLSX, OutputFile.JSON)
    stage: RequestStage = RequestStage.AWAITING_LIST
    lists: tuple[StaffList, ...] = ()
    cursor: int = 0
    counts: Mapping[str, int] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    awaited_message: str | None = None
    stage_started_at: datetime | None = None
    updated_at: datetime | None = None
    version: int = 1
    chain: ChainHead = field(default_factory=ChainHead)

    @property
    def person_id(self) -> str:
        """In whose journal its entries stand: the one who acts for the employer."""
        return self.account_id

    @property
    def chunks(self) -> int:
        """How many chunks all lists have."""
        return sum(one.chunks for one in self.lists)

    @property
    def rows(self) -> int:
        """How many rows all lists have."""
        return sum(one.rows for one in self.lists)

    def place_of(self, cursor: int) -> tuple[StaffList, int]:
        """The list and the chunk in it that a cursor means; raises StateConflict behind the last one."""
        left = cursor
        for one in self.lists:
            if left < one.chunks:
                return one, left
            left -= one.chunks
        raise StateConflict("Все строки уже обработаны")


def at_stage(request: EmployerRequest, stage: RequestStage, *, at: datetime) -> EmployerRequest:
    """Move a request on; the cursor begins anew.

    Raises:
        StateConflict: nothing leads there from where the request is.
    """
    if stage not in STAGE_TRANSITIONS[request.stage]:
        raise StateConflict(f"Действие невозможно: сейчас «{STAGE_TITLES[request.stage].lower()}»")
    return replace(request, stage=stage, cursor=0, stage_started_at=at, updated_at=at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a request is; ``seconds_left`` is an estimate by what was done so far, None where nobody can tell."""

    rows: int
    rows_done: int
    percent: int
    seconds_left: int | None


def progress_of(request: EmployerRequest, *, at: datetime) -> Progress:
    """Tell how far a request is in its present stage; a stage that is over counts whole."""
    rows, done = request.rows, _rows_done(request)
    if request.stage in RESTING or request.stage is RequestStage.READING:
        finished = request.stage is RequestStage.READY
        left = 0 if request.stage in RESTING else None
        return Progress(rows=rows, rows_done=rows if finished else 0, percent=100 if finished else 0, seconds_left=left)
    percent = done * 100 // rows if rows else 0
    elapsed = (at - request.stage_started_at).total_seconds() if request.stage_started_at else 0.0
    left = round(elapsed * (rows - done) / done) if done else None
    return Progress(rows=rows, rows_done=done, percent=percent, seconds_left=left)


def _rows_done(request: EmployerRequest) -> int:
    left, done = request.cursor, 0
    for one in request.lists:
        if left >= one.chunks:
            done, left = done + one.rows, left - one.chunks
        else:
            return done + left * CHUNK_ROWS
    return done
