"""Asking the register whether an organisation exists and whom it lets act for it (requirement K2)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from chalicelib.domain.audit import SYSTEM
from chalicelib.domain.checks import CheckKind
from chalicelib.domain.employer import Employer, EmployerState, judge_employer
from chalicelib.ports.errors import NotFound
from chalicelib.use_cases.employers import ask_register_later
from chalicelib.use_cases.journal import notify, record
from chalicelib.use_cases.register_questions import Question, ask_register, delay_seconds

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from chalicelib.domain.application import CheckRecord
    from chalicelib.domain.person import Person
    from chalicelib.ports.toolbox import Toolbox


def verify_employer(
    *, tools: Toolbox, account_id: str, employer_id: str, at: datetime, message_id: str | None = None
) -> Employer:
    """Ask the register and decide (4 AWS calls); a register that is down only delays.

    Repeating it for what is decided changes nothing, nor does ``message_id`` of a message whose successor is on its
    way.

    Raises:
        NotFound: there is no such employer, or no profile of who acts.
    """
    employer = tools.store.employer(account_id=account_id, employer_id=employer_id)
    if employer is None:
        raise NotFound("Организация не найдена")
    if employer.state is not EmployerState.PENDING:
        return employer
    if message_id is not None and employer.awaited_message not in {message_id, None}:
        return employer
    person = tools.store.person_file(person_id=account_id).person
    if person is None:
        raise NotFound("Профиль не найден")
    question = Question(
        entity_id=employer.employer_id,
        kind=CheckKind.ORGANISATION,
        subject=_subject(employer, person),
        known=employer.check,
    )
    check = ask_register(tools=tools, question=question, at=at)
    return _decided(tools, employer, check, at) if check.status.is_final else _waiting(tools, employer, check, at)


def _subject(employer: Employer, person: Person) -> Mapping[str, str]:
    details = employer.details
    asked = {
        "inn": details.inn,
        "ogrn": details.ogrn,
        "kpp": details.kpp,
        "powers_number": details.powers_number,
        "family_name": person.family_name,
        "given_name": person.given_name,
        "middle_name": person.middle_name,
        "born_on": person.born_on,
        "snils": person.snils,
    }
    return {name: value for name, value in asked.items() if value}


def _waiting(tools: Toolbox, employer: Employer, check: CheckRecord, at: datetime) -> Employer:
    work = tools.store.work(at=at)
    seconds = delay_seconds((check,))
    next_id = ask_register_later(work=work, tools=tools, employer=employer, at=at, delay_seconds=seconds)
    waiting = replace(employer, check=check, awaited_message=next_id)
    work.update(waiting)
    work.commit()
    return waiting


def _decided(tools: Toolbox, employer: Employer, check: CheckRecord, at: datetime) -> Employer:
    decided = judge_employer(employer=employer, check=check, at=at)
    name = f"employer_{decided.state.value}"
    details = {"employer_id": decided.employer_id}
    if decided.refusals:
        details["reason"] = ",".join(decided.refusals)
    work = tools.store.work(at=at)
    decided = record(decided, work=work, tools=tools, name=name, at=at, actor=SYSTEM, details=details)
    work.update(decided)
    day = (at + timedelta(hours=decided.utc_offset_hours)).date()
    notify(work=work, tools=tools, kind=name, person_id=decided.account_id, at=at, context={"day": str(day)})
    work.commit()
    return decided
