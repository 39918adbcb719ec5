"""What every step of an operator's work on a case has in common: the right to it, the lease, one commit (O2)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from chalicelib.domain.audit import Actor
from chalicelib.domain.case_steps import require_lease
from chalicelib.domain.errors import StateConflict
from chalicelib.ports.errors import AlreadyExists, StaleWrite
from chalicelib.ports.folders import ApplicationFile
from chalicelib.ports.toolbox import Toolbox
from chalicelib.ports.unit_of_work import UnitOfWork
from chalicelib.use_cases import idempotency
from chalicelib.use_cases.access import operator_actor, require_operator, require_scope
from chalicelib.use_cases.journal import record

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from chalicelib.domain.application import Application
    from chalicelib.domain.principal import Principal


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step on a case: when it is made, and how the client may repeat it.

    ``name`` is the entry of the journal.
    """

    application_id: str
    name: str
    at: datetime
    request: idempotency.RequestKey | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What a step works with."""

    tools: Toolbox
    work: UnitOfWork
    file: ApplicationFile
    actor: Actor
    at: datetime


def work_on_case(
    *, tools: Toolbox, principal: Principal, step: Step, act: Callable[[Desk], tuple[Application, Mapping[str, str]]]
) -> Application:
    """Make one step on a case that the operator holds; a repeated Idempotency-Key returns what the first one did.

    ``act`` changes the application and adds to the unit of work; it returns the changed application and the details
    of its journal entry.

    Raises:
        NotPermitted: the principal is no operator, or it is the own application.
        NotFound: it is of another insurer or region.
        StateConflict: it waits for no operator, or the operator has not taken it.
        CaseTaken: another operator works on it.
        StaleWrite: it changed meanwhile.
    """
    require_operator(principal)
    file = tools.store.application_file(application_id=step.application_id)
    require_scope(file.application, principal)
    try:
        require_lease(file.application, operator_id=principal.account_id, at=step.at)
    except StateConflict:
        if (earlier := _earlier(tools, principal, step)) is None:
            raise
        return earlier
    desk = Desk(tools=tools, work=tools.store.work(at=step.at), file=file, actor=operator_actor(principal), at=step.at)
    changed, details = act(desk)
    try:
        return _commit(desk, principal, step, changed, details)
    except (AlreadyExists, StaleWrite):
        # The same request may have come twice at the same moment.
        if (earlier := _earlier(tools, principal, step)) is None:
            raise
        return earlier


def _earlier(tools: Toolbox, principal: Principal, step: Step) -> Application | None:
    if step.request is None:
        return None
    found = idempotency.earlier_result(request=step.request, account_id=principal.account_id, tools=tools)
    return None if found is None else tools.store.application_file(application_id=found).application


def _commit(
    desk: Desk, principal: Principal, step: Step, application: Application, details: Mapping[str, str]
) -> Application:
    work, tools = desk.work, desk.tools
    named = {"application_id": application.application_id, "number": application.number or "", **details}
    changed = record(application, work=work, tools=tools, name=step.name, at=step.at, actor=desk.actor, details=named)
    work.update(changed)
    if step.request is not None:
        account_id, result = principal.account_id, application.application_id
        work.create(
            idempotency.record_of(request=step.request, account_id=account_id, result=result, tools=tools, at=step.at)
        )
    work.commit()
    return replace(changed, version=changed.version + 1)
