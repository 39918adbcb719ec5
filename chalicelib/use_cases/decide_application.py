"""An operator's decision where the registers could not decide (requirements D2, O2)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from chalicelib.domain.application import Application, Refusal, advance
from chalicelib.domain.application_states import ApplicationEvent, ApplicationState
from chalicelib.domain.errors import FieldError, StateConflict, ValidationFailed
from chalicelib.domain.principal import Role
from chalicelib.domain.records import Queue
from chalicelib.use_cases.access import actor_of, require_role, require_scope
from chalicelib.use_cases.closing import close_unfavorably
from chalicelib.use_cases.journal import record, send

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.domain.principal import Principal
    from chalicelib.ports.toolbox import Toolbox


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What the operator decides; a refusal says why and how to mend it."""

    application_id: str
    approve: bool
    reason: str
    mend: str = ""


def decide_application(*, tools: Toolbox, principal: Principal, decision: Decision, at: datetime) -> Application:
    """Approve or refuse an application that was left to an operator.

    Raises:
        NotFound: it is not of the operator's insurer and region.
        NotPermitted: nobody decides on one's own application.
        ValidationFailed: a refusal without its reason.
        StateConflict: it does not wait for an operator.
    """
    require_role(principal, Role.INSURER_OPERATOR, Role.FUND_OPERATOR)
    application = tools.store.application_file(application_id=decision.application_id).application
    require_scope(application, principal)
    if not application.needs_operator:
        raise StateConflict("Заявление не ждёт решения оператора")
    if not decision.approve and not decision.reason.strip():
        message = "Напишите заявителю причину отказа"
        raise ValidationFailed([FieldError(field="reason", code="required", message=message)])
    work = tools.store.work(at=at)
    decided = replace(application, needs_operator=False)
    actor = actor_of(principal)
    if decision.approve:
        if decided.state is ApplicationState.IN_PROCESSING:
            decided = advance(application=decided, event=ApplicationEvent.APPROVE, at=at, actor=actor)
        body = {"application_id": application.application_id}
        send(work=work, tools=tools, queue=Queue.ISSUANCE, body=body, at=at)
    else:
        refusal = Refusal(code="operator_refused", message=decision.reason, mend=decision.mend)
        decided = close_unfavorably(
            work=work,
            tools=tools,
            application=replace(decided, refusals=(refusal,), next_look_at=None),
            event=ApplicationEvent.REFUSE,
            actor=actor,
            at=at,
        )
    outcome = "approved" if decision.approve else "refused"
    decided = record(
        decided,
        work=work,
        tools=tools,
        name="operator_decided",
        at=at,
        actor=actor,
        details={"application_id": application.application_id, "outcome": outcome},
    )
    work.update(decided)
    work.commit()
    return replace(decided, version=decided.version + 1)
