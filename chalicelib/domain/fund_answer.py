"""A file of the fund that is taken in: REPLIST, STOPLIST or FLK_P, its progress and what became of each row (P4)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from chalicelib.domain.audit import ChainHead
from chalicelib.domain.errors import StateConflict
from chalicelib.domain.exchange_model import FileKind
from chalicelib.domain.exchange_name import LETTERS
from chalicelib.domain.fund_change import Remark

if TYPE_CHECKING:
    from collections.abc import Iterable

ANSWER_KINDS = frozenset({FileKind.REPLIST, FileKind.STOPLIST, FileKind.FLK_P})


class AnswerState(StrEnum):
    """Where a file of the fund is."""

    AWAITING_UPLOAD = "awaiting_upload"
    RUNNING = "running"
    DONE = "done"
    REPEATED = "repeated"
    FAILED = "failed"


ANSWER_STATE_TITLES = {
    AnswerState.AWAITING_UPLOAD: "Ожидает файл",
    AnswerState.RUNNING: "Выполняется",
    AnswerState.DONE: "Принят",
    AnswerState.REPEATED: "Этот файл уже принят: ничего не изменилось",
    AnswerState.FAILED: "Файл не принят",
}

ANSWER_TRANSITIONS = {
    AnswerState.AWAITING_UPLOAD: frozenset({AnswerState.RUNNING}),
    AnswerState.RUNNING: frozenset({AnswerState.DONE, AnswerState.REPEATED, AnswerState.FAILED}),
    AnswerState.DONE: frozenset[AnswerState](),
    AnswerState.REPEATED: frozenset[AnswerState](),
    AnswerState.FAILED: frozenset[AnswerState](),
}
"""From → to."""


class Outcome(StrEnum):
    """What became of a row."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    PROPOSED = "proposed"
    ATTENTION = "attention"
    UNCHANGED = "unchanged"
    BAD = "bad"


OUTCOME_TITLES = {
    Outcome.ACCEPTED: "Фонд принял запись",
    Outcome.REFUSED: "Фонд отклонил запись: исправьте и передайте снова",
    Outcome.PROPOSED: "Прекращение предложено, ждёт второго оператора",
    Outcome.ATTENTION: "Решает оператор",
    Outcome.UNCHANGED: "Ничего не изменилось",
    Outcome.BAD: "Строка не принята",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerRow:
    """What is told of a row: its place in the file, the record that it names, what became of it and what is wrong."""

    number: int
    record: str
    outcome: Outcome
    remarks: tuple[Remark, ...] = ()
    change_id: str = ""
    correction_id: str = ""
    person_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FundAnswer:
    """The job: who brought the file, how far it is taken in, and the counts of rows by outcome.

    ``key`` is where the file is uploaded, ``report_key`` where the error report on it lies once it is over.
    ``repeats`` is the earlier job that took in the same file.
    """

    answer_id: str
    account_id: str
    organisation: str
    insurer_code: str
    name: str
    kind: FileKind
    media_type: str
    key: str
    created_at: datetime
    state: AnswerState = AnswerState.AWAITING_UPLOAD
    started_at: datetime | None = None
    finished_at: datetime | None = None
    object_version: str = ""
    sha256: str = ""
    rows_total: int = 0
    rows_done: int = 0
    pages: int = 0
    counts: Mapping[str, int] = field(default_factory=dict)
    report_key: str = ""
    repeats: str = ""
    failure: str = ""
    failure_message: str = ""
    version: int = 1
    chain: ChainHead = field(default_factory=ChainHead)

    @property
    def person_id(self) -> str:
        """Whose journal tells of the file: the operator's own."""
        return self.account_id

    @property
    def about(self) -> str:
        """The change file that it answers, "" if it answers none: insurer, month and number are the same."""
        return "" if self.kind is FileKind.STOPLIST else f"{LETTERS[FileKind.OPLIST]}{self.name[1:]}"

    @property
    def report_name(self) -> str:
        """The name of the error report on the file."""
        return f"{LETTERS[FileKind.FLK_P]}{self.name[1:]}"


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerPage:
    """A part of the report; pages are numbered from 0."""

    answer_id: str
    page: int
    rows: tuple[AnswerRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenFile:
    """A file of this name is taken in: the same one again changes nothing, another one is refused."""

    insurer_code: str
    name: str
    sha256: str
    answer_id: str


def moved(*, job: FundAnswer, state: AnswerState) -> FundAnswer:
    """Move a file of the fund to another state; raises StateConflict where no arrow leads there."""
    if state not in ANSWER_TRANSITIONS[job.state]:
        raise StateConflict(f"Действие невозможно: файл — «{ANSWER_STATE_TITLES[job.state]}»")
    return replace(job, state=state)


def counted(*, job: FundAnswer, rows: Iterable[AnswerRow]) -> FundAnswer:
    """Add a page of the report to the counts of the job."""
    told = tuple(rows)
    counts = Counter(job.counts) + Counter(row.outcome.value for row in told)
    return replace(job, counts=dict(counts), rows_done=job.rows_done + len(told), pages=job.pages + 1)
