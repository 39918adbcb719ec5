"""What each row of a file of the fund comes to: of a protocol or an error report what became of our record (P4)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from chalicelib.domain.change_file import FileState
from chalicelib.domain.errors import RuleRefused
from chalicelib.domain.exchange_logic import remark_of, row_errors
from chalicelib.domain.exchange_model import RESULTS, FileKind
from chalicelib.domain.exchange_schema import WRONG_CODE, FlkError
from chalicelib.domain.fund_answer import AnswerRow, FundAnswer, Outcome
from chalicelib.domain.fund_change import ChangeState, FundChange, Remark, moved
from chalicelib.domain.regions import local_date
from chalicelib.ports.errors import NotFound
from chalicelib.use_cases.change_files import find_change_file
from chalicelib.use_cases.fund_rows import ReadRow, bad_row, errors_by_record
from chalicelib.use_cases.read_stop_list import StopReader

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from chalicelib.domain.exchange_check import OpenedFile
    from chalicelib.domain.xml_tree import Element
    from chalicelib.ports.toolbox import Toolbox
    from chalicelib.use_cases.fund_rows import RowReader

ACCEPTED = "0"
"""Classifier R004."""

_OUTCOMES = {ChangeState.ACCEPTED: Outcome.ACCEPTED, ChangeState.REFUSED: Outcome.REFUSED}
_MEND = "Исправьте сведения и передайте запись снова"


def reader_of(*, tools: Toolbox, job: FundAnswer, file: OpenedFile, at: datetime) -> RowReader:
    """Make the reader of a file.

    Raises:
        RuleRefused: it answers a change file that was not made here, or that is not made yet.
    """
    if job.kind is FileKind.STOPLIST:
        return StopReader(tools=tools, job=job, file=file, at=at)
    ours = _our_records(tools, job)
    if job.kind is FileKind.REPLIST:
        return _Protocol(tools=tools, job=job, file=file, ours=ours, at=at)
    return _ErrorReport(tools=tools, job=job, file=file, ours=ours)


def _our_records(tools: Toolbox, job: FundAnswer) -> dict[str, str]:
    """The records of the file that is answered: number → id (2 AWS calls)."""
    try:
        file = find_change_file(tools=tools, name=job.about)
    except NotFound:
        raise RuleRefused("not_ours", f"Файл {job.about} здесь не составляли: проверьте имя") from None
    if file.state is FileState.MAKING:
        raise RuleRefused("not_made_yet", f"Файл {job.about} ещё составляется: ответа на него быть не может")
    pages = tools.store.change_file_pages(insurer_code=file.insurer_code, file=file.name)
    return {str(page.first + place): name for page in pages for place, name in enumerate(page.change_ids)}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answered:
    """What the fund says of one record of ours."""

    number: int
    record: str
    change_id: str
    state: ChangeState
    remarks: tuple[Remark, ...] = ()


def _records(tools: Toolbox, wanted: Sequence[str]) -> Mapping[str, FundChange]:
    places = [name.rpartition("-") for name in wanted]
    found = tools.store.fund_changes_by_id(wanted=[(policy_id, int(version)) for policy_id, _, version in places])
    return {change.change_id: change for change in found}


def _answered(row: _Answered, change: FundChange, file: str) -> ReadRow:
    """Move the record; an answer that came before, or to an earlier file, changes nothing."""
    told = AnswerRow(
        number=row.number,
        record=row.record,
        outcome=_OUTCOMES[row.state],
        remarks=row.remarks,
        change_id=row.change_id,
        person_id=change.person_id,
    )
    if change.file != file or change.state is row.state:
        return ReadRow(told=replace(told, outcome=Outcome.UNCHANGED))
    if change.state is not ChangeState.TOLD:
        return ReadRow(told=replace(told, outcome=Outcome.ATTENTION))
    remarks = row.remarks if row.state is ChangeState.REFUSED else ()
    return ReadRow(told=told, change=replace(moved(change=change, state=row.state), remarks=remarks))


class _Protocol:
    """REPLIST: each record of ours was accepted, or refused with a comment."""

    def __init__(
        self, *, tools: Toolbox, job: FundAnswer, file: OpenedFile, ours: Mapping[str, str], at: datetime
    ) -> None:
        self._tools = tools
        self._about = job.about
        self._rows = file.records
        self._ours = ours
        self._on = local_date(at=at, region=job.insurer_code[:2])
        self._errors = errors_by_record(file)

    @property
    def total(self) -> int:
        return len(self._rows)

    def page(self, *, start: int, size: int) -> Sequence[ReadRow]:
        rows = list(enumerate(self._rows[start : start + size], start=start + 1))
        wanted = [self._ours[row.value("N_REC")] for _, row in rows if row.value("N_REC") in self._ours]
        changes = _records(self._tools, wanted)
        return [self._read(number, row, changes) for number, row in rows]

    def _read(self, number: int, row: Element, changes: Mapping[str, FundChange]) -> ReadRow:
        record = row.value("N_REC")
        errors = self._errors.get(record) or row_errors(kind=FileKind.REPLIST, row=row, on=self._on)
        errors = errors or self._unknown(row)
        if errors:
            return bad_row(number, record, *errors)
        change = changes[self._ours[record]]
        code = row.value("CODE_ERP")
        state = ChangeState.ACCEPTED if code == ACCEPTED else ChangeState.REFUSED
        remarks = _number_remarks(row, change)
        if state is ChangeState.REFUSED:
            said = f"{RESULTS[code]}: {row.value('COMMENT')}"
            remarks = (Remark(code=code, field="CODE_ERP", message=said, mend=_MEND), *remarks)
        answered = _Answered(number=number, record=record, change_id=change.change_id, state=state, remarks=remarks)
        return _answered(answered, change, self._about)

    def _unknown(self, row: Element) -> tuple[FlkError, ...]:
        record = row.value("N_REC")
        ours = self._ours.get(record)
        if ours is None:
            return (_wrong("N_REC", row, f"В файле {self._about} нет такой записи"),)
        if ours != row.value("ID"):
            return (_wrong("ID", row, "Под этим номером передана другая запись"),)
        return ()


def _number_remarks(row: Element, change: FundChange) -> tuple[Remark, ...]:
    insurance = row.first("INSURANCE")
    number = insurance.value("ENP") if insurance is not None else ""
    if number in {"", change.facts.policy_number}:
        return ()
    mend = "Сверьте номера и предложите исправление «У человека два ЕНП»"
    return (Remark(code=WRONG_CODE, field="ENP", message="Фонд ведёт человека под другим ЕНП", mend=mend),)


def _wrong(field: str, row: Element, comment: str) -> FlkError:
    return FlkError(code=WRONG_CODE, field=field, base=row.name, record=row.value("N_REC"), comment=comment)


class _ErrorReport:
    """FLK_P: the records that the fund's control refused; a mistake of the whole file refuses them all."""

    def __init__(self, *, tools: Toolbox, job: FundAnswer, file: OpenedFile, ours: Mapping[str, str]) -> None:
        self._tools = tools
        self._about = job.about
        self._ours = ours
        said = file.root.value("FNAME_I").removesuffix(".xml").removesuffix(".XML")
        if said != job.about:
            raise RuleRefused("not_about_ours", f"Отчёт об ошибках говорит о другом файле, не о {job.about}")
        errors = errors_by_record(file)
        whole = tuple(_told(row) for row in file.records if not row.value("N_REC"))
        named: dict[str, tuple[Remark, ...]] = dict.fromkeys(ours, whole) if whole else {}
        for row in file.records:
            record = row.value("N_REC")
            if record:
                named[record] = (*named.get(record, ()), _told(row))
        self._rows = [(record, remarks, errors.get(record, ())) for record, remarks in named.items()]

    @property
    def total(self) -> int:
        return len(self._rows)

    def page(self, *, start: int, size: int) -> Sequence[ReadRow]:
        rows = self._rows[start : start + size]
        changes = _records(self._tools, [self._ours[record] for record, _, _ in rows if record in self._ours])
        return [
            self._read(number, record, remarks, errors, changes)
            for number, (record, remarks, errors) in enumerate(rows, start=start + 1)
        ]

    def _read(
        self,
        number: int,
        record: str,
        remarks: tuple[Remark, ...],
        errors: tuple[FlkError, ...],
        changes: Mapping[str, FundChange],
    ) -> ReadRow:
        if record not in self._ours:
            comment = f"В файле {self._about} нет такой записи"
            errors = (*errors, FlkError(code=WRONG_CODE, field="N_REC", base="PR", record=record, comment=comment))
        if errors:
            return bad_row(number, record, *errors)
        change = changes[self._ours[record]]
        refused = _Answered(
            number=number, record=record, change_id=change.change_id, state=ChangeState.REFUSED, remarks=remarks
        )
        return _answered(refused, change, self._about)


def _told(row: Element) -> Remark:
    error = FlkError(
        code=row.value("OSHIB"),
        field=row.value("IM_POL"),
        base=row.value("BAS_EL"),
        record=row.value("N_REC"),
        comment=row.value("COMMENT"),
    )
    return remark_of(error)
