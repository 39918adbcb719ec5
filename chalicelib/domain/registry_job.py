"""The job that takes in the insurers' registry: its progress, and what became of each row (H1)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from chalicelib.domain.audit import ChainHead
from chalicelib.domain.errors import StateConflict

if TYPE_CHECKING:
    from collections.abc import Iterable


class Grade(StrEnum):
    """Whether a row can be taken in."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What is wrong with a cell of a row, by its federal code; ``value`` is the cell as it stood."""

    code: str
    grade: Grade
    value: str = ""


class RowOutcome(StrEnum):
    """What became of a row."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    EXCLUDED = "excluded"
    BAD = "bad"


class Registry(StrEnum):
    """What a file is of: insurers (F002), their issue points (F013), or their ratings by year."""

    INSURERS = "insurers"
    ISSUE_POINTS = "issue_points"
    RATINGS = "ratings"


REGISTRY_TITLES = {
    Registry.INSURERS: "Реестр страховых организаций (F002)",
    Registry.ISSUE_POINTS: "Пункты выдачи полисов (F013)",
    Registry.RATINGS: "Рейтинги страховых организаций",
}


class ImportState(StrEnum):
    """Where an import is."""

    AWAITING_UPLOAD = "awaiting_upload"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


IMPORT_STATE_TITLES = {
    ImportState.AWAITING_UPLOAD: "Ожидает файл",
    ImportState.RUNNING: "Выполняется",
    ImportState.DONE: "Завершена",
    ImportState.FAILED: "Файл не принят",
}

IMPORT_TRANSITIONS = {
    ImportState.AWAITING_UPLOAD: frozenset({ImportState.RUNNING}),
    ImportState.RUNNING: frozenset({ImportState.DONE, ImportState.FAILED}),
    ImportState.DONE: frozenset[ImportState](),
    ImportState.FAILED: frozenset[ImportState](),
}
"""From → to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldChange:
    """A field of an insurer before and after."""

    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RowReport:
    """What is told of a row: its place in the file, its code, what became of it, what changed and what is wrong."""

    number: int
    code: str
    outcome: RowOutcome
    name: str = ""
    changes: tuple[FieldChange, ...] = ()
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistryImport:
    """The job: who ordered it, how far it is, and the counts of rows by outcome.

    ``region`` is the only one whose insurers may be touched, "" where all may. ``rows_done`` rows are written and
    reported, in pages of the report; ``sha256`` is of the file that is read.
    """

    import_id: str
    account_id: str
    organisation: str
    media_type: str
    object_key: str
    state: ImportState
    created_at: datetime
    registry: Registry = Registry.INSURERS
    region: str = ""
    started_at: datetime | None = None
    finished_at: datetime | None = None
    object_version: str = ""
    sha256: str = ""
    release: str = ""
    rows_total: int = 0
    rows_done: int = 0
    pages: int = 0
    counts: Mapping[str, int] = field(default_factory=dict)
    warnings: int = 0
    failure: str = ""
    failure_message: str = ""
    version: int = 1
    chain: ChainHead = field(default_factory=ChainHead)

    @property
    def person_id(self) -> str:
        """Whose journal tells of the import: the operator's own."""
        return self.account_id

    @property
    def is_over(self) -> bool:
        """Whether nothing more will happen."""
        return self.state in {ImportState.DONE, ImportState.FAILED}


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportReportPage:
    """A part of the report; pages are numbered from 0."""

    import_id: str
    page: int
    rows: tuple[RowReport, ...]


def moved(*, job: RegistryImport, state: ImportState) -> RegistryImport:
    """Move an import to another state; raises StateConflict where no arrow leads there."""
    if state not in IMPORT_TRANSITIONS[job.state]:
        raise StateConflict(f"Действие невозможно: загрузка — «{IMPORT_STATE_TITLES[job.state]}»")
    return replace(job, state=state)


def counted(*, job: RegistryImport, reports: Iterable[RowReport]) -> RegistryImport:
    """Add a page of the report to the counts of the job."""
    told = tuple(reports)
    counts = Counter(job.counts) + Counter(report.outcome.value for report in told)
    warnings = sum(any(f.grade is Grade.WARNING for f in report.findings) for report in told)
    return replace(
        job,
        counts=dict(counts),
        warnings=job.warnings + warnings,
        rows_done=job.rows_done + len(told),
        pages=job.pages + 1,
    )
