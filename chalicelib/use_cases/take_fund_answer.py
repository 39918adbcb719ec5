"""Takes in a file of the fund, page by page; it may be killed anywhere and goes on from there (P4).

A file whose head or shape as a whole is wrong is refused whole; of another each good row is taken in, each bad one
told. A page is one transaction with its part of the report; the error report FLK_P is written when all is done.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING

from chalicelib.domain.audit import SYSTEM
from chalicelib.domain.change_file import FileState, moved
from chalicelib.domain.errors import InvalidValue, RuleRefused
from chalicelib.domain.exchange_check import MAX_XML_BYTES, OpenedFile, flk_report, open_exchange_file
from chalicelib.domain.exchange_model import RECORDS, FileKind
from chalicelib.domain.exchange_schema import ORDER, FlkError
from chalicelib.domain.fund_answer import AnswerPage, AnswerState, FundAnswer, Outcome, TakenFile, counted
from chalicelib.domain.fund_answer import moved as answer_moved
from chalicelib.domain.records import Queue
from chalicelib.domain.xml_tree import write_xml
from chalicelib.ports.errors import AlreadyExists, NotFound
from chalicelib.use_cases.change_files import find_change_file
from chalicelib.use_cases.fund_answers import PREFIX, REPORTS_PREFIX
from chalicelib.use_cases.journal import record, send
from chalicelib.use_cases.read_fund_rows import reader_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from chalicelib.ports.storage import UnitOfWork
    from chalicelib.ports.toolbox import Toolbox
    from chalicelib.use_cases.fund_rows import ReadRow

PAGE = 25
"""Rows of one transaction: each moves a record or proposes a correction, with a line in a journal."""

PAGES_AT_ONCE = 10
"""After so many pages the rest is left to a message of its own: a Lambda has a minute."""

ANSWERS_FOR_A_STOP = 4
"""An answer to a record of ours takes two calls a page; of a stop list each row is looked for. Each message reads the
whole file anew, so the fewer there are the less a long file costs."""


def begin_answer(*, tools: Toolbox, key: str, version: str | None, at: datetime) -> FundAnswer | None:
    """Begin with a file that has arrived; a repeated or unknown event changes nothing that is done already."""
    try:
        job = tools.store.fund_answer(answer_id=key.removeprefix(PREFIX))
    except NotFound:
        return None
    if job.state is AnswerState.AWAITING_UPLOAD:
        job = _begun(tools, job, version or "", at)
    return go_on_with_answer(tools=tools, answer_id=job.answer_id, at=at)


def _begun(tools: Toolbox, job: FundAnswer, version: str, at: datetime) -> FundAnswer:
    data = tools.scans.read(key=job.key, version=version or None, max_bytes=MAX_XML_BYTES)
    digest = hashlib.sha256(data).hexdigest()
    running = answer_moved(job=job, state=AnswerState.RUNNING)
    begun = replace(running, started_at=at, object_version=version, sha256=digest)
    work = tools.store.work(at=at)
    work.create(TakenFile(insurer_code=job.insurer_code, name=job.name, sha256=digest, answer_id=job.answer_id))
    work.update(begun)
    try:
        work.commit()
    except AlreadyExists:
        return _known(tools, begun, at)
    return begun


def _known(tools: Toolbox, job: FundAnswer, at: datetime) -> FundAnswer:
    """A file of this name is taken in already: the same one changes nothing, another one is refused."""
    taken = tools.store.taken_file(insurer_code=job.insurer_code, name=job.name)
    if taken is None or taken.answer_id == job.answer_id:
        return job  # Given up or begun in the meantime: the next look at the job tells.
    if taken.sha256 == job.sha256:
        repeated = answer_moved(job=job, state=AnswerState.REPEATED)
        over = replace(repeated, finished_at=at, repeats=taken.answer_id)
        return _over(tools, over, "fund_file_repeated", at)
    over = replace(
        answer_moved(job=job, state=AnswerState.FAILED),
        finished_at=at,
        failure="name_taken",
        failure_message="Файл с этим именем уже принят, а содержание другое: попросите у фонда файл с новым номером",
    )
    return _over(tools, over, "fund_file_failed", at)


def _over(tools: Toolbox, job: FundAnswer, name: str, at: datetime) -> FundAnswer:
    work = tools.store.work(at=at)
    work.update(_noted(tools, work, job, name, at))
    work.commit()
    return job


def go_on_with_answer(*, tools: Toolbox, answer_id: str, at: datetime) -> FundAnswer:
    """Take in what is not taken in yet, at most `PAGES_AT_ONCE` pages.

    Raises:
        StaleWrite: another delivery of the same message is at it; the message comes again.
        Unavailable, Throttled: the storage did not answer; the message will come again.
    """
    job = tools.store.fund_answer(answer_id=answer_id)
    if job.state is not AnswerState.RUNNING:
        return job
    data = tools.scans.read(key=job.key, version=job.object_version or None, max_bytes=MAX_XML_BYTES)
    try:
        file = open_exchange_file(name=job.name, data=data)
    except InvalidValue as refusal:
        return _failed(tools, job, refusal.reason, refusal.detail, (), at)
    whole = tuple(error for error in file.errors if not error.record)
    if whole:
        detail = f"Ошибок в файле в целом: {len(whole)}. Они перечислены в протоколе {job.report_name}"
        return _failed(tools, job, "file_wrong", detail, whole, at)
    return _take_in(tools, job, file, at)


def _take_in(tools: Toolbox, job: FundAnswer, file: OpenedFile, at: datetime) -> FundAnswer:
    try:
        reader = reader_of(tools=tools, job=job, file=file, at=at)
    except RuleRefused as refusal:
        return _failed(tools, job, refusal.reason, refusal.detail, (), at)
    job = replace(job, rows_total=reader.total)
    turns = PAGES_AT_ONCE * (1 if job.kind is FileKind.STOPLIST else ANSWERS_FOR_A_STOP)
    for turn in range(turns):
        if job.rows_done >= job.rows_total:
            return _finished(tools, job, at)
        rows = reader.page(start=job.rows_done, size=PAGE)
        job = _page_written(tools, job, rows, is_last_turn=turn == turns - 1, at=at)
    return job


def _page_written(
    tools: Toolbox, job: FundAnswer, rows: Sequence[ReadRow], *, is_last_turn: bool, at: datetime
) -> FundAnswer:
    """Write a page: what its rows change, its part of the report and how far the job is, all or nothing."""
    work = tools.store.work(at=at)
    for row in rows:
        _write_row(tools, work, job, row, at)
    told = tuple(row.told for row in rows)
    work.create(AnswerPage(answer_id=job.answer_id, page=job.pages, rows=told))
    job = counted(job=job, rows=told)
    if is_last_turn:
        body = {"step": "fund_answer", "answer_id": job.answer_id}
        send(work=work, tools=tools, queue=Queue.EXCHANGE, body=body, at=at)
    work.update(job)
    work.commit()
    return replace(job, version=job.version + 1)


def _write_row(tools: Toolbox, work: UnitOfWork, job: FundAnswer, row: ReadRow, at: datetime) -> None:
    if row.change is not None:
        details = {"change_id": row.change.change_id, "file": job.name, "policy_id": row.change.policy_id}
        name = f"fund_{row.change.state.value}"
        work.update(record(row.change, work=work, tools=tools, name=name, at=at, actor=SYSTEM, details=details))
    if row.correction is not None:
        correction = row.correction
        details = {"correction_id": correction.correction_id, "kind": correction.kind.value, "file": job.name}
        name = "correction_proposed"
        work.create(record(correction, work=work, tools=tools, name=name, at=at, actor=SYSTEM, details=details))


def _finished(tools: Toolbox, job: FundAnswer, at: datetime) -> FundAnswer:
    """Write the error report; the change file that is answered is answered now."""
    pages = tools.store.answer_pages(answer_id=job.answer_id)
    bad = (row for page in pages for row in page.rows if row.outcome is Outcome.BAD)
    base = RECORDS[job.kind]
    errors = tuple(
        FlkError(code=found.code, field=found.field, base=base, record=row.record, comment=found.message)
        for row in bad
        for found in row.remarks
    )
    taken = answer_moved(job=job, state=AnswerState.DONE)
    done = replace(taken, finished_at=at, report_key=_reported(tools, job, errors))
    work = tools.store.work(at=at)
    work.update(_noted(tools, work, done, "fund_file_taken", at))
    if job.about:
        _answer_file(tools, work, job, at)
    work.commit()
    return done


def _answer_file(tools: Toolbox, work: UnitOfWork, job: FundAnswer, at: datetime) -> None:
    file = find_change_file(tools=tools, name=job.about)
    answered = replace(
        moved(file=file, state=FileState.ANSWERED),
        answered_at=at,
        accepted=file.accepted + job.counts.get(Outcome.ACCEPTED.value, 0),
        refused=file.refused + job.counts.get(Outcome.REFUSED.value, 0),
    )
    details = {"file": file.name, "answer": job.name}
    name = "change_file_answered"
    work.update(record(answered, work=work, tools=tools, name=name, at=at, actor=SYSTEM, details=details))


def _reported(tools: Toolbox, job: FundAnswer, errors: tuple[FlkError, ...]) -> str:
    """Store the error report, always of the same content; returns where it lies."""
    key = f"{REPORTS_PREFIX}{job.answer_id}.xml"
    root = flk_report(name=job.report_name, about=job.name, errors=errors)
    tools.documents.write(key=key, data=write_xml(root=root), media_type="application/xml")
    return key


def _failed(
    tools: Toolbox, job: FundAnswer, reason: str, detail: str, errors: tuple[FlkError, ...], at: datetime
) -> FundAnswer:
    """The file as a whole is wrong: nothing of it is taken in, and its name may be used again."""
    whole = (FlkError(code=ORDER, field=job.kind.value, base=job.kind.value, record="", comment=detail[:250]),)
    failed = replace(
        answer_moved(job=job, state=AnswerState.FAILED),
        finished_at=at,
        failure=reason,
        failure_message=detail,
        report_key=_reported(tools, job, errors or whole),
    )
    work = tools.store.work(at=at)
    work.remove(TakenFile(insurer_code=job.insurer_code, name=job.name, sha256="", answer_id=""))
    work.update(_noted(tools, work, failed, "fund_file_failed", at))
    work.commit()
    return failed


def _noted(tools: Toolbox, work: UnitOfWork, job: FundAnswer, name: str, at: datetime) -> FundAnswer:
    details = {"answer_id": job.answer_id, "file": job.name, "rows": str(job.rows_total), "sha256": job.sha256}
    details |= {outcome: str(count) for outcome, count in sorted(job.counts.items())}
    return record(job, work=work, tools=tools, name=name, at=at, actor=SYSTEM, details=details)
