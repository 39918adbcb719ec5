"""Asking employees whether an employer may know of their insurance: each once, by message (requirement K2)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from chalicelib.domain.audit import SYSTEM
from chalicelib.domain.employee_consent import EmployeeConsent
from chalicelib.domain.staff_row import Outcome
from chalicelib.ports.errors import AlreadyExists
from chalicelib.use_cases.journal import notify, record

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from chalicelib.domain.employer_request import EmployerRequest
    from chalicelib.domain.staff_result import RowResult
    from chalicelib.ports.storage import UnitOfWork
    from chalicelib.ports.toolbox import Toolbox

AT_ONCE = 30
"""Three items each: a transaction takes a hundred."""


def ask_staff(
    *, tools: Toolbox, request: EmployerRequest, name: str, results: Sequence[RowResult], at: datetime
) -> None:
    """Ask those who were never asked by this organisation (1 AWS call per 100 rows and 2 per 30 who are asked).

    ``name`` is the organisation's. Who was asked by somebody else at this very moment is not asked again.
    """
    ids = [result.person_id for result in results if result.outcome is Outcome.WAITING]
    known = tools.store.employee_consents(person_ids=ids, organisation_id=request.organisation_id)
    unasked = [person_id for person_id in dict.fromkeys(ids) if person_id not in known]
    for start in range(0, len(unasked), AT_ONCE):
        part = unasked[start : start + AT_ONCE]
        try:
            _ask(tools, request, name, part, at)
        except AlreadyExists:
            for person_id in part:
                _ask_alone(tools, request, name, person_id, at)


def _ask_alone(tools: Toolbox, request: EmployerRequest, name: str, person_id: str, at: datetime) -> None:
    try:
        _ask(tools, request, name, [person_id], at)
    except AlreadyExists:
        return


def _ask(tools: Toolbox, request: EmployerRequest, name: str, person_ids: Sequence[str], at: datetime) -> None:
    work = tools.store.work(at=at)
    for person_id in person_ids:
        _add(work, tools, request, name, person_id, at)
    work.commit()


def _add(work: UnitOfWork, tools: Toolbox, request: EmployerRequest, name: str, person_id: str, at: datetime) -> None:
    consent = EmployeeConsent(
        person_id=person_id, organisation_id=request.organisation_id, organisation_name=name, asked_at=at
    )
    details = {"organisation_id": request.organisation_id}
    entry = "employee_consent_asked"
    work.create(record(consent, work=work, tools=tools, name=entry, at=at, actor=SYSTEM, details=details))
    day = str((at + timedelta(hours=request.utc_offset_hours)).date())
    notify(work=work, tools=tools, kind="employer_asks_consent", person_id=person_id, at=at, context={"day": day})
