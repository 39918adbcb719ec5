"""Birth records that need a person: shown to the fund's operator of the region, and decided there (N1, O1)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from chalicelib.domain.civil_record import CASE_RULES, CivilRecord, RecordState
from chalicelib.domain.errors import FieldError, NotPermitted, RuleRefused, StateConflict, ValidationFailed
from chalicelib.domain.principal import Role
from chalicelib.domain.records import Queue
from chalicelib.domain.regions import local_date
from chalicelib.ports.errors import NotFound
from chalicelib.use_cases.access import actor_of, require_role
from chalicelib.use_cases.journal import notify, send
from chalicelib.use_cases.journal import record as recorded
from chalicelib.use_cases.newborn_scene import settled

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.domain.principal import Principal
    from chalicelib.ports.queries import Slice
    from chalicelib.ports.storage import UnitOfWork
    from chalicelib.ports.toolbox import Toolbox


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseDecision:
    """What the operator decides: let the record be handled, with an insurer where none follows from it, or set aside.

    A record that is set aside says why.
    """

    record_id: str
    proceed: bool
    insurer_code: str = ""
    reason: str = ""


def civil_cases(*, tools: Toolbox, principal: Principal, limit: int, after: str | None) -> Slice[CivilRecord]:
    """List the records of the operator's region that need a person, oldest first (1 AWS call)."""
    require_role(principal, Role.FUND_OPERATOR)
    return tools.store.civil_cases(region=principal.region or "", limit=limit, after=after)


def view_civil_case(*, tools: Toolbox, principal: Principal, record_id: str, at: datetime) -> CivilRecord:
    """Show a record to an operator; the view stands in the journal (2 AWS calls).

    Raises:
        NotFound: it is not of the operator's region.
    """
    record = _in_scope(tools, principal, record_id)
    work = tools.store.work(at=at)
    details = {"record_id": record_id}
    viewed = recorded(
        record,
        work=work,
        tools=tools,
        name="civil_record_viewed",
        at=at,
        actor=actor_of(principal),
        details=details,
    )
    work.update(viewed)
    work.commit()
    return viewed


def decide_civil_case(*, tools: Toolbox, principal: Principal, decision: CaseDecision, at: datetime) -> CivilRecord:
    """Let a record be handled, or set it aside (at most 4 AWS calls).

    Raises:
        NotFound: it is not of the operator's region.
        NotPermitted: nobody decides on one's own child.
        StateConflict: it does not wait for an operator.
        RuleRefused: what is missing no operator can replace.
        ValidationFailed: the insurer cannot be chosen, or a record is set aside without a reason.
    """
    record = _in_scope(tools, principal, decision.record_id)
    if principal.account_id in record.granted:
        raise NotPermitted("Решать по записи о собственном ребёнке нельзя")
    if record.reason is None or not record.needs_operator:
        raise StateConflict("Запись не ждёт решения оператора")
    if decision.proceed and not CASE_RULES[record.reason].may_proceed:
        raise RuleRefused("cannot_proceed", CASE_RULES[record.reason].title)
    errors = _mistakes(tools, record, decision, at)
    if errors:
        raise ValidationFailed(errors)
    decided = replace(record, state=RecordState.SET_ASIDE, decision_note=decision.reason)
    work = tools.store.work(at=at)
    if decision.proceed:
        decided = replace(
            record,
            state=RecordState.RECEIVED,
            released=(*record.released, record.reason),
            chosen_insurer=decision.insurer_code or record.chosen_insurer,
        )
        send(work=work, tools=tools, queue=Queue.ISSUANCE, body={"record_id": record.record_id}, at=at)
    else:
        _tell_parents(tools, work, record, at)
    outcome = "proceed" if decision.proceed else "set_aside"
    decided = settled(tools, work, decided, "operator_decided", at, actor=actor_of(principal), outcome=outcome)
    work.commit()
    return decided


def _tell_parents(tools: Toolbox, work: UnitOfWork, record: CivilRecord, at: datetime) -> None:
    """Who was told that a person is at work learns that an application is needed."""
    if record.policy_id is not None:
        return
    context = {"number": "", "day": str(local_date(at=at, region=record.message.region))}
    for person_id in record.granted:
        notify(work=work, tools=tools, kind="newborn_not_insured", person_id=person_id, at=at, context=context)


def _in_scope(tools: Toolbox, principal: Principal, record_id: str) -> CivilRecord:
    require_role(principal, Role.FUND_OPERATOR)
    record = tools.store.civil_record(record_id=record_id)
    if record is None or principal.region != record.message.region:
        raise NotFound("Запись не найдена")
    return record


def _mistakes(tools: Toolbox, record: CivilRecord, decision: CaseDecision, at: datetime) -> list[FieldError]:
    if not decision.proceed:
        if decision.reason.strip():
            return []
        return [FieldError(field="reason", code="required", message="Напишите, почему запись отложена")]
    if not decision.insurer_code:
        return []
    insurer = tools.store.insurer(code=decision.insurer_code)
    region, on = record.message.region, local_date(at=at, region=record.message.region)
    if insurer is not None and insurer.region == region and insurer.may_be_chosen_on(on):
        return []
    message = "Выберите страховую организацию своего региона с действующей лицензией"
    return [FieldError(field="insurer_code", code="insurer_not_available", message=message)]
