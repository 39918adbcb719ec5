"""The files of a request: one PDF, PDFs in a ZIP, XLSX, JSON, and the workbook of what is to be mended (K2)."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import islice
from typing import TYPE_CHECKING

from chalicelib.domain.asked_period import AskedPeriod
from chalicelib.domain.coverage import insured
from chalicelib.domain.documents import StaffDocument, StaffLine
from chalicelib.domain.employer_request import XLSX, EmployerRequest, OutputFile
from chalicelib.domain.staff_columns import COLUMN_TITLES, Column
from chalicelib.domain.staff_row import OUTCOME_MESSAGES, OUTCOME_TITLES, STATED, TO_MEND, Outcome
from chalicelib.ports.errors import NotFound
from chalicelib.ports.sheets import SheetRow
from chalicelib.use_cases.insurance_certificate_document import LAW
from chalicelib.use_cases.staff_rows import present_rows, present_rows_of_chunk, settle_repeats
from chalicelib.use_cases.zip_staff_pdfs import zip_part

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date, datetime

    from chalicelib.domain.employer_request import StaffList
    from chalicelib.domain.staff_result import RowResult
    from chalicelib.domain.staff_row import StaffRow
    from chalicelib.ports.toolbox import Toolbox

PREFIX = "employers/"
MENDING = ("Что исправить", "Подсказка")
TITLES = ("№ строки", "ФИО", "Дата рождения", "ИНН", "Должность", "Номер полиса", "Итог", "Кто страховал", "Перерывы")


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A file to write, or a part of one, from 0."""

    output: OutputFile
    part: int = 0

    @property
    def name(self) -> str:
        """Under which name the request tells of it."""
        return f"{self.output.value}-{self.part + 1}" if self.output is OutputFile.ZIP else self.output.value


def jobs_of(request: EmployerRequest) -> list[Job]:
    """What is written, in this order: first what is to be mended, which also counts; a ZIP has a part per chunk."""
    jobs = [Job(output=OutputFile.TO_MEND)]
    for output in request.outputs:
        parts = request.chunks if output is OutputFile.ZIP else 1
        jobs += [Job(output=output, part=part) for part in range(parts)]
    return jobs


def write_job(*, tools: Toolbox, request: EmployerRequest, job: Job, at: datetime) -> EmployerRequest:
    """Write one file; returns the request that names it. Written again, it is the same file."""
    return _WRITERS[job.output](tools, request, job, at)


def _named(tools: Toolbox, request: EmployerRequest, job: Job, data: bytes, media_type: str) -> EmployerRequest:
    key = f"{PREFIX}{request.work_id}/files/{job.name}"
    tools.documents.write(key=key, data=data, media_type=media_type)
    return replace(request, files={**request.files, job.name: key})


def _write_to_mend(tools: Toolbox, request: EmployerRequest, job: Job, _: datetime) -> EmployerRequest:
    """Count everything, and write the corrected workbook: the columns of the list, what to mend, what may be meant."""
    settle_repeats(tools=tools, request=request)
    counts: Counter[str] = Counter()
    columns = _columns(request)
    rows = _rows_to_mend(tools, request, counts, columns)
    first = next(rows, None)
    if first is None:
        files = {name: key for name, key in request.files.items() if name != job.name}
        return replace(request, counts=dict(counts), files=files)
    header = (COLUMN_TITLES[Column.ROW_KEY], *columns, *MENDING)
    data = tools.sheets.workbook(header=header, rows=_and(first, rows))
    return replace(_named(tools, request, job, data, XLSX), counts=dict(counts))


def _and(first: SheetRow, others: Iterator[SheetRow]) -> Iterator[SheetRow]:
    yield first
    yield from others


def _columns(request: EmployerRequest) -> tuple[str, ...]:
    """The titles of all lists, each once, in their order; what the workbook itself adds is not among them."""
    added = {COLUMN_TITLES[Column.ROW_KEY], *MENDING}
    return tuple(dict.fromkeys(title for one in request.lists for title in one.header if title not in added))


def _rows_to_mend(
    tools: Toolbox, request: EmployerRequest, counts: Counter[str], columns: tuple[str, ...]
) -> Iterator[SheetRow]:
    for one, row, result in present_rows(tools=tools, request=request):
        counts[result.outcome.value] += 1
        if result.outcome in TO_MEND:
            yield _to_mend(one, row, result, columns)


def _to_mend(one: StaffList, row: StaffRow, result: RowResult, columns: tuple[str, ...]) -> SheetRow:
    by_title = dict(zip(one.header, row.cells, strict=False))
    messages = [mistake.message for mistake in row.mistakes] or [OUTCOME_MESSAGES[result.outcome]]
    suggestions = [
        f"{COLUMN_TITLES[Column(mistake.column)]}: {mistake.suggestion}"
        for mistake in row.mistakes
        if mistake.suggestion
    ]
    wrong = {one.header[place] for name, place in one.columns.items() if name in _wrong_columns(row, result)}
    cells = (row.key, *(by_title.get(title, "") for title in columns), "; ".join(messages), "; ".join(suggestions))
    marked = {place for place, title in enumerate(columns, start=1) if title in wrong}
    return SheetRow(cells=cells, marked=frozenset({*marked, len(columns) + 1}))


def _wrong_columns(row: StaffRow, result: RowResult) -> set[str]:
    if result.outcome is Outcome.NOT_FOUND:
        return {Column.POLICY_NUMBER, Column.BORN_ON}
    return {mistake.column for mistake in row.mistakes}


def _write_xlsx(tools: Toolbox, request: EmployerRequest, job: Job, _: datetime) -> EmployerRequest:
    rows = (
        SheetRow(
            cells=(
                str(row.line),
                row.full_name,
                row.born_on,
                row.inn,
                row.position,
                row.policy_number,
                OUTCOME_TITLES[result.outcome],
                _insurers(result),
                _gaps(result),
            )
        )
        for _, row, result in present_rows(tools=tools, request=request)
    )
    return _named(tools, request, job, tools.sheets.workbook(header=TITLES, rows=rows), XLSX)


def _write_json(tools: Toolbox, request: EmployerRequest, job: Job, at: datetime) -> EmployerRequest:
    period = AskedPeriod(from_on=request.from_on, until_on=request.until_on)
    head = {
        "number": request.number,
        "from_on": str(period.from_on),
        "to_on": str(period.last_day),
        "issued_on": str(_today(request, at)),
        "counts": dict(request.counts),
    }
    parts = [json.dumps(head, ensure_ascii=False)[:-1].encode(), b', "rows": [\n']
    lines = (_json(row, result) for _, row, result in present_rows(tools=tools, request=request))
    separator = b""
    while some := list(islice(lines, 1_000)):
        parts += [separator, ",\n".join(some).encode()]
        separator = b",\n"
    data = b"".join([*parts, b"\n]}\n"])
    return _named(tools, request, job, data, "application/json")


def _json(row: StaffRow, result: RowResult) -> str:
    told = {
        "row": row.key,
        "line": row.line,
        "name": row.full_name,
        "born_on": row.born_on or None,
        "policy_number": row.policy_number or None,
        "outcome": result.outcome.value,
        "stretches": [
            {"from_on": str(s.from_on), "to_on": str(s.last_day), "insurer_code": s.insurer_code or None}
            for s in result.stretches
        ],
        "mistakes": [
            {"column": m.column, "code": m.code, "message": m.message, "suggestion": m.suggestion} for m in row.mistakes
        ],
    }
    return json.dumps(told, ensure_ascii=False)


def _write_pdf(tools: Toolbox, request: EmployerRequest, job: Job, at: datetime) -> EmployerRequest:
    employer = tools.store.employer(account_id=request.account_id, employer_id=request.employer_id)
    if employer is None:
        raise NotFound("Организация не найдена")
    document = StaffDocument(
        number=request.number,
        organisation=employer.name,
        inn=employer.details.inn,
        ogrn=employer.details.ogrn,
        from_on=request.from_on,
        to_on=AskedPeriod(from_on=request.from_on, until_on=request.until_on).last_day,
        issued_on=_today(request, at),
        totals=tuple((title, request.counts.get(outcome, 0)) for outcome, title in OUTCOME_TITLES.items()),
        lines=_lines(tools, request),
        legal_reference=LAW,
    )
    return _named(tools, request, job, tools.renderer.staff(document=document), "application/pdf")


def _lines(tools: Toolbox, request: EmployerRequest) -> Iterator[StaffLine]:
    """Those of whom the employer may know, and those who have not answered; the others are only counted."""
    for _, row, result in present_rows(tools=tools, request=request):
        if result.outcome in STATED or result.outcome is Outcome.WAITING:
            yield StaffLine(
                name=row.full_name,
                born_on=f"{row.born_on[8:]}.{row.born_on[5:7]}.{row.born_on[:4]}",
                policy_number=row.policy_number,
                outcome=OUTCOME_TITLES[result.outcome],
                insurers=_insurers(result),
            )


def _write_zip(tools: Toolbox, request: EmployerRequest, job: Job, at: datetime) -> EmployerRequest:
    rows = present_rows_of_chunk(tools=tools, request=request, number=job.part)
    part = [(row, result) for _, row, result in rows]
    data = zip_part(tools=tools, request=request, rows=part, on=_today(request, at), at=at)
    return _named(tools, request, job, data, "application/zip")


def _insurers(result: RowResult) -> str:
    return ", ".join(dict.fromkeys(stretch.insurer_code for stretch in insured(result.stretches)))


def _gaps(result: RowResult) -> str:
    return ", ".join(f"{s.from_on:%d.%m.%Y}–{s.last_day:%d.%m.%Y}" for s in result.stretches if not s.insurer_code)


def _today(request: EmployerRequest, at: datetime) -> date:
    return (at + timedelta(hours=request.utc_offset_hours)).date()


_WRITERS: dict[OutputFile, Callable[[Toolbox, EmployerRequest, Job, datetime], EmployerRequest]] = {
    OutputFile.TO_MEND: _write_to_mend,
    OutputFile.XLSX: _write_xlsx,
    OutputFile.JSON: _write_json,
    OutputFile.PDF: _write_pdf,
    OutputFile.ZIP: _write_zip,
}
