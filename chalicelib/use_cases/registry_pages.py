"""Imports page by page: what a page writes is committed with its part of the report and how far the job is (H1)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from chalicelib.domain.audit import SYSTEM
from chalicelib.domain.records import Queue
from chalicelib.domain.registry_job import ImportReportPage, ImportState, RegistryImport, counted, moved
from chalicelib.use_cases.journal import record, send

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from chalicelib.domain.errors import InvalidValue
    from chalicelib.domain.registry_job import RowReport
    from chalicelib.ports.storage import UnitOfWork
    from chalicelib.ports.toolbox import Toolbox

PAGE = 25
"""Rows of one transaction: each writes an entity and perhaps a message or an entry; a page of the report."""

PAGES_AT_ONCE = 40
"""After so many pages the rest is left to a message of its own: a Lambda has a minute."""


def page_written(
    tools: Toolbox,
    work: UnitOfWork,
    job: RegistryImport,
    reports: Sequence[RowReport],
    *,
    is_last_turn: bool,
    at: datetime,
) -> RegistryImport:
    """Commit what a page wrote, all or nothing; the last one ends the job, the last of a turn leaves a message."""
    work.create(ImportReportPage(import_id=job.import_id, page=job.pages, rows=tuple(reports)))
    job = counted(job=job, reports=reports)
    if job.rows_done >= job.rows_total:
        job = _finished(tools, work, replace(moved(job=job, state=ImportState.DONE), finished_at=at), at)
    elif is_last_turn:
        send(work=work, tools=tools, queue=Queue.EXCHANGE, body={"step": "import", "import_id": job.import_id}, at=at)
    work.update(job)
    work.commit()
    return replace(job, version=job.version + 1)


def _finished(tools: Toolbox, work: UnitOfWork, job: RegistryImport, at: datetime) -> RegistryImport:
    details = {"import_id": job.import_id, "rows": str(job.rows_total), "sha256": job.sha256}
    details |= {"registry": job.registry.value}
    details |= {name: str(count) for name, count in sorted(job.counts.items())}
    name = "registry_imported" if job.state is ImportState.DONE else "registry_import_failed"
    return record(job, work=work, tools=tools, name=name, at=at, actor=SYSTEM, details=details)


def failed(tools: Toolbox, job: RegistryImport, refusal: InvalidValue, at: datetime) -> RegistryImport:
    """End a job whose file as a whole cannot be read: nothing of it is taken in."""
    work = tools.store.work(at=at)
    ended = moved(job=job, state=ImportState.FAILED)
    ended = replace(ended, finished_at=at, failure=refusal.reason, failure_message=refusal.detail)
    ended = _finished(tools, work, ended, at)
    work.update(ended)
    work.commit()
    return ended
