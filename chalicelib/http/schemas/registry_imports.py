"""Imports of the insurers' registry as JSON: progress, counts and the report (H1)."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from pydantic import Field

from chalicelib.domain.registry_job import (
    IMPORT_STATE_TITLES,
    REGISTRY_TITLES,
    Grade,
    ImportState,
    Registry,
    RowOutcome,
)
from chalicelib.domain.registry_messages import texts
from chalicelib.http.models import In, Out, Query
from chalicelib.http.schemas.scans import UploadFormOut

if TYPE_CHECKING:
    from chalicelib.domain.registry_job import Finding, RegistryImport, RowReport


class RegistryImportIn(In):
    """What is going to be uploaded."""

    media_type: str = Field(
        max_length=80,
        description="application/xml или application/json; пункты и рейтинги – также text/csv и XLSX",
        examples=["text/xml"],
    )
    registry: Registry = Field(
        default=Registry.INSURERS,
        strict=False,
        description="insurers – страховые организации (F002); issue_points – пункты выдачи (F013); ratings – рейтинги",
    )


class RegistryImportOut(Out):
    """How far an import is; ``percent`` and ``counts`` grow page by page."""

    id: str
    registry: Registry
    registry_title: str
    state: ImportState
    state_title: str
    media_type: str
    release: str
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    rows_total: int
    rows_done: int
    percent: int
    counts: dict[RowOutcome, int]
    rows_with_warnings: int
    report_pages: int
    failure: str
    failure_message: str
    version: int


class RegistryImportOrderOut(Out):
    """The import that was ordered, and the form by which its file is uploaded."""

    registry_import: RegistryImportOut
    upload: UploadFormOut


class FieldChangeOut(Out):
    """A field of an insurer before and after."""

    field: str
    before: str
    after: str


class FindingOut(Out):
    """What is wrong with a cell, in the federal words, and how to mend it."""

    code: str
    grade: Grade
    field: str
    message: str
    mend: str
    value: str


class RowReportOut(Out):
    """What became of a row of the file."""

    row: int
    code: str
    name: str
    outcome: RowOutcome
    changes: list[FieldChangeOut]
    findings: list[FindingOut]


class ReportQuery(Query):
    """Which page of the report, from 0."""

    cursor: str | None = Field(default=None, max_length=2048, description="Значение next_cursor предыдущей страницы")


def import_out(job: RegistryImport) -> RegistryImportOut:
    """Present an import."""
    return RegistryImportOut(
        id=job.import_id,
        registry=job.registry,
        registry_title=REGISTRY_TITLES[job.registry],
        state=job.state,
        state_title=IMPORT_STATE_TITLES[job.state],
        media_type=job.media_type,
        release=job.release,
        created_at=job.created_at,
        started_at=job.started_at,
        finished_at=job.finished_at,
        rows_total=job.rows_total,
        rows_done=job.rows_done,
        percent=job.rows_done * 100 // job.rows_total if job.rows_total else 0,
        counts={outcome: job.counts.get(outcome.value, 0) for outcome in RowOutcome},
        rows_with_warnings=job.warnings,
        report_pages=job.pages,
        failure=job.failure,
        failure_message=job.failure_message,
        version=job.version,
    )


def report_out(row: RowReport) -> RowReportOut:
    """Present a row of the report."""
    return RowReportOut(
        row=row.number,
        code=row.code,
        name=row.name,
        outcome=row.outcome,
        changes=[FieldChangeOut.model_validate(change) for change in row.changes],
        findings=[_finding_out(found) for found in row.findings],
    )


def _finding_out(found: Finding) -> FindingOut:
    text = texts()[found.code]
    return FindingOut(code=found.code, grade=found.grade, value=found.value, **text._asdict())
