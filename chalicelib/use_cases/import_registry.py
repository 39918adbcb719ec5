"""Takes in a file of the insurers' registry, page by page; it may be killed anywhere and goes on from there (H1)."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING

from chalicelib.domain.errors import InvalidValue
from chalicelib.domain.insurer_departure import InsurerDeparture
from chalicelib.domain.records import Queue
from chalicelib.domain.regions import DEFAULT_REGION, local_date
from chalicelib.domain.registry_file import MAX_FILE_BYTES, read_registry
from chalicelib.domain.registry_import import checked_rows, judge
from chalicelib.domain.registry_job import ImportState, Registry, RegistryImport, moved
from chalicelib.ports.errors import NotFound
from chalicelib.use_cases.import_insurer_table import go_on_with_table
from chalicelib.use_cases.journal import send
from chalicelib.use_cases.registry_imports import PREFIX
from chalicelib.use_cases.registry_pages import PAGE, PAGES_AT_ONCE, failed, page_written

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime

    from chalicelib.domain.insurer import Insurer
    from chalicelib.domain.registry_check import CheckedRow
    from chalicelib.domain.registry_import import JudgedRow
    from chalicelib.ports.storage import UnitOfWork
    from chalicelib.ports.toolbox import Toolbox


def begin_import(*, tools: Toolbox, key: str, version: str | None, at: datetime) -> RegistryImport | None:
    """Begin with a file that has arrived; a repeated or unknown event changes nothing that is done already.

    Only the first file counts: what is uploaded over it is another version of the object, and not read.
    """
    try:
        job = tools.store.registry_import(import_id=key.removeprefix(PREFIX))
    except NotFound:
        return None
    if job.state is ImportState.AWAITING_UPLOAD:
        job = _begun(tools, job, version or "", at)
    return go_on_with_import(tools=tools, import_id=job.import_id, at=at)


def _begun(tools: Toolbox, job: RegistryImport, version: str, at: datetime) -> RegistryImport:
    data = tools.scans.read(key=job.object_key, version=version or None, max_bytes=MAX_FILE_BYTES)
    begun = replace(
        moved(job=job, state=ImportState.RUNNING),
        started_at=at,
        object_version=version,
        sha256=hashlib.sha256(data).hexdigest(),
    )
    work = tools.store.work(at=at)
    work.update(begun)
    work.commit()
    return replace(begun, version=begun.version + 1)


def go_on_with_import(*, tools: Toolbox, import_id: str, at: datetime) -> RegistryImport | None:
    """Take in what is not taken in yet, at most `PAGES_AT_ONCE` pages.

    Raises:
        StaleWrite, AlreadyExists: another delivery of the same message is at it, or the index of insurers lags behind
            what was just written; the message comes again.
        Unavailable, Throttled: the storage did not answer; the message will come again.
    """
    job = tools.store.registry_import(import_id=import_id)
    if job.state is not ImportState.RUNNING:
        return job
    if job.registry is not Registry.INSURERS:
        return go_on_with_table(tools=tools, job=job, at=at)
    data = tools.scans.read(key=job.object_key, version=job.object_version or None, max_bytes=MAX_FILE_BYTES)
    try:
        file = read_registry(data=data)
    except InvalidValue as refusal:
        return failed(tools, job, refusal, at)
    on = local_date(at=job.started_at or at, region=DEFAULT_REGION)
    source = f"Реестр СМО (F002){f', версия {file.release}' if file.release else ''}, загружен {on:%d.%m.%Y}"
    rows = checked_rows(rows=file.rows, on=on, source=source)
    job = replace(job, rows_total=len(rows), release=file.release)
    known = {insurer.code: insurer for insurer in tools.store.insurers(region=None)}
    return _take_in(tools, job, rows, known, on, at)


def _take_in(
    tools: Toolbox,
    job: RegistryImport,
    rows: Sequence[CheckedRow],
    known: Mapping[str, Insurer],
    on: date,
    at: datetime,
) -> RegistryImport:
    for turn in range(PAGES_AT_ONCE):
        page = rows[job.rows_done : job.rows_done + PAGE]
        judged = [judge(row=row, known=known.get(row.code), on=on) for row in page]
        job = _written(tools, job, judged, is_last_turn=turn == PAGES_AT_ONCE - 1, at=at)
        if job.is_over:
            break
    return job


def _written(
    tools: Toolbox, job: RegistryImport, judged: Sequence[JudgedRow], *, is_last_turn: bool, at: datetime
) -> RegistryImport:
    """Write a page: its insurers, its part of the report and how far the job is, all or nothing."""
    work = tools.store.work(at=at)
    for row in judged:
        _write_row(work, tools, row, at)
    reports = tuple(row.report for row in judged)
    return page_written(tools, work, job, reports, is_last_turn=is_last_turn, at=at)


def _write_row(work: UnitOfWork, tools: Toolbox, row: JudgedRow, at: datetime) -> None:
    if row.insurer is None:
        return
    if row.is_new:
        work.create(row.insurer)
    else:
        work.update(row.insurer)
    leaves_on = row.leaves_on or row.stays_after
    if leaves_on is not None:
        code, is_revoked = row.insurer.code, row.leaves_on is None
        work.put(InsurerDeparture(insurer_code=code, leaves_on=leaves_on, known_at=at, is_revoked=is_revoked))
        body = {"step": "departure", "insurer_code": code, "leaves_on": str(leaves_on), "page": "0"}
        send(work=work, tools=tools, queue=Queue.EXCHANGE, body=body, at=at)
