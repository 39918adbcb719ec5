"""Rows of STOPLIST: whose insurance ends by the fund's word, proposed as a correction for another (P4, F7)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from chalicelib.domain.audit import SYSTEM
from chalicelib.domain.corrections import Correction, CorrectionKind
from chalicelib.domain.errors import RuleRefused, StateConflict
from chalicelib.domain.exchange_logic import row_errors
from chalicelib.domain.exchange_model import FileKind
from chalicelib.domain.exchange_schema import WRONG_CODE, FlkError
from chalicelib.domain.fund_answer import AnswerRow, Outcome
from chalicelib.domain.fund_change import Remark
from chalicelib.domain.fund_stop import STOP_RULES, Stop, correction_values
from chalicelib.domain.policy import STANDING
from chalicelib.domain.regions import local_date
from chalicelib.use_cases.corrections import looked_through
from chalicelib.use_cases.fund_rows import ReadRow, bad_row, errors_by_record
from chalicelib.use_cases.merged_records import followed
from chalicelib.use_cases.plan_correction import case_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from chalicelib.domain.exchange_check import OpenedFile
    from chalicelib.domain.fund_answer import FundAnswer
    from chalicelib.domain.policy import Policy
    from chalicelib.domain.xml_tree import Element
    from chalicelib.ports.folders import PersonFile
    from chalicelib.ports.toolbox import Toolbox


class StopReader:
    """STOPLIST: each row names a person by the ЕНП, and why the insurer insures that person no more."""

    def __init__(self, *, tools: Toolbox, job: FundAnswer, file: OpenedFile, at: datetime) -> None:
        self._tools = tools
        self._job = job
        self._rows = file.records
        self._region = job.insurer_code[:2]
        self._at = at
        self._on = local_date(at=at, region=self._region)
        self._errors = errors_by_record(file)

    @property
    def total(self) -> int:
        """How many there are."""
        return len(self._rows)

    def page(self, *, start: int, size: int) -> Sequence[ReadRow]:
        """Read some of them (6 to 8 AWS calls each)."""
        rows = enumerate(self._rows[start : start + size], start=start + 1)
        return [self._read(number, row) for number, row in rows]

    def _read(self, number: int, row: Element) -> ReadRow:
        record = row.value("ID")
        errors = self._errors.get(record) or row_errors(kind=FileKind.STOPLIST, row=row, on=self._on)
        if errors:
            return bad_row(number, record, *errors)
        stop = _stop(row)
        folder = self._folder(stop)
        policy = _policy(folder, stop, self._job.insurer_code) if folder is not None else None
        if folder is None or folder.person is None or policy is None:
            comment = "Человек с этим ЕНП здесь не застрахован этой организацией"
            return bad_row(
                number, record, FlkError(code=WRONG_CODE, field="ENP", base=row.name, record=record, comment=comment)
            )
        told = AnswerRow(number=number, record=record, outcome=Outcome.UNCHANGED, person_id=folder.person.person_id)
        if _has_ended(folder, policy, self._job.insurer_code):
            return ReadRow(told=told)
        return self._stopped(told, stop, policy)

    def _folder(self, stop: Stop) -> PersonFile | None:
        value_hash = self._tools.secrets.lookup_hash(kind="policy_number", value=stop.policy_number)
        pointer = next(iter(self._tools.store.pointers(kind="policy_number", value_hash=value_hash)), None)
        if pointer is None:
            return None
        return followed(tools=self._tools, file=self._tools.store.person_file(person_id=pointer.person_id))

    def _stopped(self, told: AnswerRow, stop: Stop, policy: Policy) -> ReadRow:
        rule = STOP_RULES[stop.reason]
        if rule.kind is None:
            return _left(told, rule.advice)
        try:
            correction = self._proposed(told.person_id, rule.kind, stop, policy)
        except (RuleRefused, StateConflict) as refusal:
            return _left(told, refusal.detail)
        outcome = Outcome.PROPOSED
        return ReadRow(
            told=replace(told, outcome=outcome, correction_id=correction.correction_id), correction=correction
        )

    def _proposed(self, person_id: str, kind: CorrectionKind, stop: Stop, policy: Policy) -> Correction:
        """Propose what ends the insurance, looked through as if it were carried out.

        It counts as proposed by who brought the file: an operator of the fund who is somebody else decides.

        Raises:
            RuleRefused, StateConflict: it cannot be ended like this.
        """
        proposal = Correction(
            correction_id=self._tools.ids.new_id(at=self._at),
            kind=kind,
            person_id=person_id,
            scope=f"region:{self._region}",
            reason=f"Файл фонда {self._job.name}, запись {stop.record}, причина {stop.reason}",
            values=correction_values(stop=stop, policy=policy, on=self._on),
            proposed_by=self._job.account_id,
            proposed_at=self._at,
        )
        case = case_of(tools=self._tools, correction=proposal, actor=SYSTEM, at=self._at)
        return looked_through(tools=self._tools, correction=proposal, case=case)


def _left(told: AnswerRow, advice: str) -> ReadRow:
    message = "Прекратить страхование само по файлу нельзя"
    remark = Remark(code="", field="REASON", message=message, mend=advice)
    return ReadRow(told=replace(told, outcome=Outcome.ATTENTION, remarks=(remark,)))


def _stop(row: Element) -> Stop:
    policies = row.all("POLIS")
    died_on = row.value("DDEATH")
    last_days = [day for policy in policies if (day := policy.value("DSTOP") or policy.value("DEND"))]
    return Stop(
        record=row.value("ID"),
        reason=row.value("REASON"),
        policy_number=row.value("ENP"),
        died_on=date.fromisoformat(died_on) if died_on else None,
        last_day=date.fromisoformat(min(last_days)) if last_days else None,
    )


def _policy(folder: PersonFile, stop: Stop, insurer_code: str) -> Policy | None:
    """The policy by which the insurer insures or insured: the one that stands, else the newest."""
    theirs = [
        policy
        for policy in folder.policies
        if policy.policy_number == stop.policy_number
        and any(period.insurer_code == insurer_code for period in policy.periods)
    ]
    return max(theirs, key=lambda policy: (policy.state in STANDING, policy.policy_id), default=None)


def _has_ended(folder: PersonFile, policy: Policy, insurer_code: str) -> bool:
    """Whether the insurer insures the person no more: then the file only confirms what is known."""
    died = folder.person is not None and folder.person.death is not None
    return died or policy.state not in STANDING or policy.periods[-1].insurer_code != insurer_code
