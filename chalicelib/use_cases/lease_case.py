"""Taking a case into work and giving it back: one operator at a time, never for ever (requirement O2)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from chalicelib.domain.case_steps import give_back, holder_at, take
from chalicelib.ports.errors import StaleWrite
from chalicelib.use_cases.access import operator_actor, require_operator, require_scope
from chalicelib.use_cases.journal import record

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.domain.application import Application
    from chalicelib.domain.principal import Principal
    from chalicelib.ports.toolbox import Toolbox

TAKE_TRIES = 3
"""What changed meanwhile is read again: perhaps another operator was first, perhaps only a register has answered."""


def take_case(*, tools: Toolbox, principal: Principal, application_id: str, at: datetime) -> Application:
    """Take a case for half an hour, or begin the half hour anew (2 AWS calls); of two operators exactly one gets it.

    Raises:
        NotPermitted: the principal is no operator, or it is the own application.
        NotFound: it is of another insurer or region.
        StateConflict: it waits for no operator.
        CaseTaken: another operator works on it; says until when.
    """
    require_operator(principal)
    for _ in range(TAKE_TRIES):
        application = _read(tools, principal, application_id)
        taken = take(application, operator_id=principal.account_id, at=at)
        is_new = holder_at(application, at=at) is None
        try:
            return _keep(tools, principal, taken, "case_taken" if is_new else None, at)
        except StaleWrite:
            continue
    raise StaleWrite("Заявление меняется прямо сейчас: повторите")


def release_case(*, tools: Toolbox, principal: Principal, application_id: str, at: datetime) -> Application:
    """Let others take the case (2 AWS calls; 1 where nobody holds it).

    Raises:
        NotPermitted: the principal is no operator, or it is the own application.
        NotFound: it is of another insurer or region.
        CaseTaken: another operator works on it.
        StaleWrite: it changed meanwhile.
    """
    require_operator(principal)
    application = _read(tools, principal, application_id)
    released = give_back(application, operator_id=principal.account_id, at=at)
    if holder_at(application, at=at) is None:
        return application
    return _keep(tools, principal, released, "case_released", at)


def _read(tools: Toolbox, principal: Principal, application_id: str) -> Application:
    application = tools.store.application_file(application_id=application_id).application
    require_scope(application, principal)
    return application


def _keep(
    tools: Toolbox, principal: Principal, application: Application, name: str | None, at: datetime
) -> Application:
    """Store the lease; a renewal is no event of its own and leaves no entry in the person's journal."""
    work = tools.store.work(at=at)
    if name is not None:
        details = {"application_id": application.application_id, "number": application.number or ""}
        actor = operator_actor(principal)
        application = record(application, work=work, tools=tools, name=name, at=at, actor=actor, details=details)
    work.update(application)
    work.commit()
    return replace(application, version=application.version + 1)
