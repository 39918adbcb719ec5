"""An import of the insurers' registry: a job with progress, and what became of each row (H1)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from chalicelib.domain.audit import ChainHead
from chalicelib.domain.insurer import Insurer
from chalicelib.domain.registry_check import CheckedRow, check_row
from chalicelib.domain.registry_messages import Finding, Grade, finding

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from chalicelib.domain.registry_file import RawInsurer


class RowOutcome(StrEnum):
    """What became of a row."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    EXCLUDED = "excluded"
    BAD = "bad"


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
class JudgedRow:
    """A row to be written, or only reported; ``leaves_on`` if the insurer is newly known to stop its work."""

    report: RowReport
    insurer: Insurer | None
    is_new: bool = False
    leaves_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistryImport:
    """The job: who ordered it, how far it is, and the counts of rows by outcome.

    ``rows_done`` rows are written and reported, in pages of the report; ``sha256`` is of the file that is read.
    """

    import_id: str
    account_id: str
    organisation: str
    media_type: str
    object_key: str
    state: ImportState
    created_at: datetime
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


def checked_rows(*, rows: Sequence[RawInsurer], on: date, source: str) -> list[CheckedRow]:
    """Check every row, and the rows against each other: codes that repeat, licence numbers of other head offices."""
    checked = [check_row(raw=row, on=on, source=source) for row in rows]
    holders: dict[str, set[str]] = {}
    for row in checked:
        for digits in _licence_digits(row.insurer):
            holders.setdefault(digits, set()).add(row.insurer.ogrn if row.insurer else "")
    seen: set[str] = set()
    return [_compared(row, seen, holders) for row in checked]


def _licence_digits(insurer: Insurer | None) -> set[str]:
    """The digits of the licences of a head office; branches work by the licence of their head."""
    if insurer is None or insurer.organisation != "head" or not insurer.ogrn:
        return set()
    found = {"".join(filter(str.isdigit, licence.number)) for licence in insurer.licences}
    return found - {""}


def _compared(row: CheckedRow, seen: set[str], holders: Mapping[str, set[str]]) -> CheckedRow:
    if row.insurer is None:
        return row
    if row.code in seen:
        return replace(row, insurer=None, findings=(*row.findings, finding(code="F002-99", value=row.code)))
    seen.add(row.code)
    shared = sorted(digits for digits in _licence_digits(row.insurer) if len(holders[digits]) > 1)
    return replace(row, findings=(*row.findings, *(finding(code="F002-87", value=digits) for digits in shared)))


def judge(*, row: CheckedRow, known: Insurer | None, on: date) -> JudgedRow:
    """Compare a row with what is known of the insurer and tell what there is to do."""
    insurer, findings = row.insurer, row.findings
    if insurer is None:
        report = RowReport(number=row.number, code=row.code, outcome=RowOutcome.BAD, findings=findings)
        return JudgedRow(report=report, insurer=None)
    changes = () if known is None else _changes(known, insurer)
    if known is not None and not changes:
        report = _report(row, insurer, RowOutcome.UNCHANGED)
        return JudgedRow(report=report, insurer=None)
    if known is not None and known.edited_on is not None and known.edited_on == insurer.edited_on:
        findings = (*findings, finding(code="F002-30", value=str(insurer.edited_on)))
    leaves_on = insurer.leaves_on(on=on)
    newly = known is not None and leaves_on is not None and leaves_on != known.leaves_on(on=on)
    outcome = RowOutcome.NEW if known is None else RowOutcome.EXCLUDED if newly else RowOutcome.CHANGED
    return JudgedRow(
        report=replace(_report(row, insurer, outcome), changes=changes, findings=findings),
        insurer=insurer if known is None else replace(insurer, version=known.version),
        is_new=known is None,
        leaves_on=leaves_on if newly else None,
    )


def _report(row: CheckedRow, insurer: Insurer, outcome: RowOutcome) -> RowReport:
    return RowReport(number=row.number, code=row.code, outcome=outcome, name=insurer.name[:120], findings=row.findings)


NOT_COMPARED = frozenset({"version", "source"})
MAX_SHOWN = 120


def _changes(known: Insurer, new: Insurer) -> tuple[FieldChange, ...]:
    """What differs, field by field; which file it came from is no difference."""
    names = (item.name for item in fields(Insurer) if item.name not in NOT_COMPARED)
    return tuple(
        FieldChange(field=name, before=_shown(getattr(known, name)), after=_shown(getattr(new, name)))
        for name in names
        if getattr(known, name) != getattr(new, name)
    )


def _shown(value: object) -> str:
    if isinstance(value, tuple):
        return "; ".join(_shown(part) for part in value)[:MAX_SHOWN]
    names = getattr(type(value), "__dataclass_fields__", None)
    if names:
        return ", ".join(str(part) for name in names if (part := getattr(value, name)) not in {None, ""})
    return "" if value is None else str(value)[:MAX_SHOWN]


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
