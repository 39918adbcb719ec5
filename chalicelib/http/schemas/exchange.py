"""The exchange with the fund as JSON: change files, their records, the fund's files (P4)."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from chalicelib.domain.change_file import FILE_STATE_TITLES, FileState
from chalicelib.domain.exchange_model import FileKind
from chalicelib.domain.fund_answer import ANSWER_STATE_TITLES, OUTCOME_TITLES, AnswerState, Outcome
from chalicelib.domain.fund_change import CHANGE_STATE_TITLES, ChangeState
from chalicelib.http.models import In, IsoDate, Out, PageQuery
from chalicelib.http.schemas.scans import UploadFormOut

if TYPE_CHECKING:
    from chalicelib.domain.change_file import ChangeFile
    from chalicelib.domain.fund_answer import AnswerRow, FundAnswer
    from chalicelib.domain.fund_change import FundChange, Remark

INSURER = Field(
    default=None,
    pattern="^[0-9]{2}[0-9A-ZА-Я]{3}$",
    description="Код страховой организации: нужен оператору фонда; оператор организации видит свою",
    examples=["77012"],
)


class ExchangeQuery(PageQuery):
    """Whose exchange, and which page."""

    insurer: str | None = INSURER


class RecordsQuery(ExchangeQuery):
    """Whose records, in which state, and which page."""

    state: Literal[ChangeState.WAITING, ChangeState.REFUSED, ChangeState.HELD] = Field(
        default=ChangeState.REFUSED, description="refused — отклонены фондом, held — не вошли в файл, waiting — ждут"
    )


class ChangeFileIn(In):
    """Up to which day the file tells."""

    until: IsoDate | None = Field(
        default=None, description="Последний день, о котором говорит файл; без него — всё по этот момент"
    )


class ChangeFileOut(Out):
    """A change file; the counts grow while it is made."""

    name: str
    insurer_code: str
    state: FileState
    state_title: str
    records: int
    held: int
    size: int
    sha256: str
    accepted: int
    refused: int
    unanswered: int
    created_at: datetime
    made_at: datetime | None
    sent_at: datetime | None
    answered_at: datetime | None
    version: int


class RemarkOut(Out):
    """What is wrong: the federal code, the element, in words, and how to mend it."""

    code: str
    field: str
    message: str
    mend: str


class ExchangeRecordOut(Out):
    """A record: a version of a policy on its way to the fund."""

    id: str
    state: ChangeState
    state_title: str
    person_id: str
    policy_id: str
    reason: str
    file: str
    record: int
    known_at: datetime
    remarks: list[RemarkOut]
    version: int


class FundAnswerIn(In):
    """Which file of the fund is going to be uploaded."""

    name: str = Field(max_length=60, description="Имя файла, как его дал фонд", examples=["p77012_0_11261.xml"])
    media_type: str = Field(max_length=40, description="application/xml или application/zip", examples=["text/xml"])


class FundAnswerOut(Out):
    """How far a file of the fund is taken in; ``percent`` and ``counts`` grow page by page."""

    id: str
    name: str
    kind: FileKind
    insurer_code: str
    state: AnswerState
    state_title: str
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    rows_total: int
    rows_done: int
    percent: int
    counts: dict[Outcome, int]
    report_pages: int
    report_name: str
    has_report: bool
    repeats: str
    failure: str
    failure_message: str
    version: int


class FundAnswerOrderOut(Out):
    """The job that was ordered, and the form by which its file is uploaded."""

    fund_answer: FundAnswerOut
    upload: UploadFormOut


class AnswerRowOut(Out):
    """What became of a row of the file."""

    row: int
    record: str
    outcome: Outcome
    outcome_title: str
    change_id: str
    correction_id: str
    person_id: str
    remarks: list[RemarkOut]


def file_out(file: ChangeFile) -> ChangeFileOut:
    """Present a change file."""
    return ChangeFileOut(
        name=file.name,
        insurer_code=file.insurer_code,
        state=file.state,
        state_title=FILE_STATE_TITLES[file.state],
        records=file.told,
        held=file.held,
        size=file.size,
        sha256=file.sha256,
        accepted=file.accepted,
        refused=file.refused,
        unanswered=file.told - file.accepted - file.refused,
        created_at=file.created_at,
        made_at=file.made_at,
        sent_at=file.sent_at,
        answered_at=file.answered_at,
        version=file.version,
    )


def record_out(change: FundChange) -> ExchangeRecordOut:
    """Present a record; what the fund was told of the person is not shown: it stands in the file."""
    return ExchangeRecordOut(
        id=change.change_id,
        state=change.state,
        state_title=CHANGE_STATE_TITLES[change.state],
        person_id=change.person_id,
        policy_id=change.policy_id,
        reason=change.reason,
        file=change.file,
        record=change.record,
        known_at=change.known_at,
        remarks=[_remark_out(remark) for remark in change.remarks],
        version=change.version,
    )


def answer_out(job: FundAnswer) -> FundAnswerOut:
    """Present a file of the fund."""
    return FundAnswerOut(
        id=job.answer_id,
        name=job.name,
        kind=job.kind,
        insurer_code=job.insurer_code,
        state=job.state,
        state_title=ANSWER_STATE_TITLES[job.state],
        created_at=job.created_at,
        started_at=job.started_at,
        finished_at=job.finished_at,
        rows_total=job.rows_total,
        rows_done=job.rows_done,
        percent=job.rows_done * 100 // job.rows_total if job.rows_total else 0,
        counts={outcome: job.counts.get(outcome.value, 0) for outcome in Outcome},
        report_pages=job.pages,
        report_name=f"{job.report_name}.xml",
        has_report=bool(job.report_key),
        repeats=job.repeats,
        failure=job.failure,
        failure_message=job.failure_message,
        version=job.version,
    )


def row_out(row: AnswerRow) -> AnswerRowOut:
    """Present a row of the report."""
    return AnswerRowOut(
        row=row.number,
        record=row.record,
        outcome=row.outcome,
        outcome_title=OUTCOME_TITLES[row.outcome],
        change_id=row.change_id,
        correction_id=row.correction_id,
        person_id=row.person_id,
        remarks=[_remark_out(remark) for remark in row.remarks],
    )


def _remark_out(remark: Remark) -> RemarkOut:
    return RemarkOut(code=remark.code, field=remark.field, message=remark.message, mend=remark.mend)
