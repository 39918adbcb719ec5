"""Takes in a table of issue points (F013) or of ratings by year, page by page, from where it stopped (H1, H2)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from chalicelib.domain.audit import SYSTEM
from chalicelib.domain.errors import InvalidValue
from chalicelib.domain.insurer_records import InsurerOffices, InsurerRating
from chalicelib.domain.regions import DEFAULT_REGION, local_date
from chalicelib.domain.registry_file import MAX_FILE_BYTES
from chalicelib.domain.registry_job import Registry, RegistryImport
from chalicelib.domain.registry_table import is_sheet, rows_of_sheet, rows_of_tree
from chalicelib.domain.registry_table_check import judge_point, judge_rating, read_points, read_ratings
from chalicelib.use_cases.journal import record
from chalicelib.use_cases.registry_pages import PAGE, PAGES_AT_ONCE, failed, page_written

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from chalicelib.domain.registry_job import RowReport
    from chalicelib.domain.registry_table import TableRow
    from chalicelib.domain.registry_table_check import ReadRow
    from chalicelib.ports.storage import UnitOfWork
    from chalicelib.ports.toolbox import Toolbox

Kept = TypeVar("Kept", InsurerRating, InsurerOffices)


def go_on_with_table(*, tools: Toolbox, job: RegistryImport, at: datetime) -> RegistryImport:
    """Take in what is not taken in yet, at most `PAGES_AT_ONCE` pages; each page writes all of it or nothing.

    Raises:
        StaleWrite, AlreadyExists: another delivery of the same message is at it, or somebody changed an insurer's
            points or ratings at this very moment; the message comes again.
        Unavailable, Throttled: the storage did not answer; the message will come again.
    """
    data = tools.scans.read(key=job.object_key, version=job.object_version or None, max_bytes=MAX_FILE_BYTES)
    try:
        rows = _table(tools, job.registry, data)
    except InvalidValue as refusal:
        return failed(tools, job, refusal, at)
    known = {insurer.code: insurer for insurer in tools.store.insurers(region=None)}
    if job.registry is Registry.ISSUE_POINTS:
        read = read_points(rows=rows, known=known, region=job.region)
    else:
        on = local_date(at=job.started_at or at, region=DEFAULT_REGION)
        read = read_ratings(rows=rows, known=known, region=job.region, on=on)
    job = replace(job, rows_total=len(read))
    for turn in range(PAGES_AT_ONCE):
        page = read[job.rows_done : job.rows_done + PAGE]
        job = _written(tools, job, page, is_last_turn=turn == PAGES_AT_ONCE - 1, at=at)
        if job.is_over:
            break
    return job


def _table(tools: Toolbox, registry: Registry, data: bytes) -> list[TableRow]:
    if is_sheet(data=data):
        return rows_of_sheet(registry=registry, rows=tools.sheets.rows(data=data))
    return rows_of_tree(registry=registry, data=data)


def _written(
    tools: Toolbox, job: RegistryImport, page: Sequence[ReadRow], *, is_last_turn: bool, at: datetime
) -> RegistryImport:
    work = tools.store.work(at=at)
    write = _write_points if job.registry is Registry.ISSUE_POINTS else _write_ratings
    reports = write(tools, work, job, page, at)
    return page_written(tools, work, job, reports, is_last_turn=is_last_turn, at=at)


def _write_points(
    tools: Toolbox, work: UnitOfWork, job: RegistryImport, page: Sequence[ReadRow], at: datetime
) -> list[RowReport]:
    codes = list(dict.fromkeys(row.insurer.code for row in page if row.insurer))
    before = tools.store.offices_of(insurer_codes=codes)
    after = {code: before.get(code) or InsurerOffices(insurer_code=code) for code in codes}
    reports: list[RowReport] = []
    for row in page:
        kept = after[row.insurer.code] if row.insurer else InsurerOffices(insurer_code="")
        report, changed = judge_point(row=row, kept=kept)
        reports.append(report)
        after |= {row.insurer.code: changed} if row.insurer else {}
    for code in codes:
        if after[code] != (before.get(code) or InsurerOffices(insurer_code=code)):
            _write(tools, work, job, after[code], at, is_new=code not in before)
    return reports


def _write_ratings(
    tools: Toolbox, work: UnitOfWork, job: RegistryImport, page: Sequence[ReadRow], at: datetime
) -> list[RowReport]:
    wanted = list(dict.fromkeys((row.rating.insurer_code, row.rating.year) for row in page if row.rating))
    before = tools.store.ratings_at(wanted=wanted)
    after = dict(before)
    reports: list[RowReport] = []
    for row in page:
        place = (row.rating.insurer_code, row.rating.year) if row.rating else ("", 0)
        kept = after.get(place) or InsurerRating(insurer_code=place[0], region="", year=place[1], values={})
        report, changed = judge_rating(row=row, kept=kept)
        reports.append(report)
        after |= {place: changed} if row.rating else {}
    for place in wanted:
        if after[place] != before.get(place):
            _write(tools, work, job, after[place], at, is_new=place not in before)
    return reports


_ENTRIES = {InsurerRating: "insurer_rated", InsurerOffices: "issue_points_kept"}


def _write(tools: Toolbox, work: UnitOfWork, job: RegistryImport, entity: Kept, at: datetime, *, is_new: bool) -> None:
    details = {"insurer_code": entity.insurer_code, "import_id": job.import_id}
    if isinstance(entity, InsurerRating):
        details |= {"year": str(entity.year)}
    name = _ENTRIES[type(entity)]
    noted = record(entity, work=work, tools=tools, name=name, at=at, actor=SYSTEM, details=details)
    if is_new:
        work.create(replace(noted, version=1))
    else:
        work.update(noted)
