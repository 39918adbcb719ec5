"""An operator's decision where the registers could not decide (requirements B10, D2, D4, O2)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from chalicelib.domain.application import Application, advance
from chalicelib.domain.application_states import ApplicationEvent
from chalicelib.domain.case_steps import check_anew, off_the_queue, wait_reason
from chalicelib.domain.checks import CheckKind
from chalicelib.domain.errors import FieldError, RuleRefused, ValidationFailed
from chalicelib.domain.operator_case import WaitReason
from chalicelib.domain.records import Queue
from chalicelib.domain.refusal_catalogue import Reason, refusals_of
from chalicelib.use_cases.case_work import Desk, Step, work_on_case
from chalicelib.use_cases.closing import close_unfavorably
from chalicelib.use_cases.identity import SHARED_KIND, identity_values
from chalicelib.use_cases.journal import send

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.domain.principal import Principal
    from chalicelib.ports.toolbox import Toolbox
    from chalicelib.use_cases.idempotency import RequestKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What the operator decides: an approval, with a note for colleagues, or a refusal with its reasons."""

    application_id: str
    approve: bool
    reasons: tuple[Reason, ...] = ()
    note: str = ""


def decide_application(
    *, tools: Toolbox, principal: Principal, decision: Decision, at: datetime, request: RequestKey | None = None
) -> Application:
    """Approve or refuse an application that the operator has taken (3 AWS calls; a clash costs one per identifier).

    Raises:
        NotPermitted, NotFound, StateConflict, CaseTaken: as `work_on_case`.
        ValidationFailed: a refusal without its reason, or with one that is not in the catalogue; an approval with some.
        RuleRefused: approving would only meet the same obstacle again; says what to do first.
    """
    step = Step(application_id=decision.application_id, name="operator_decided", at=at, request=request)

    def act(desk: Desk) -> tuple[Application, dict[str, str]]:
        if decision.approve:
            return _approved(desk, decision), {"outcome": "approved"}
        refused = _refused(desk, decision)
        return refused, {"outcome": "refused", "reasons": " ".join(refusal.code for refusal in refused.refusals)}

    return work_on_case(tools=tools, principal=principal, step=step, act=act)


def _approved(desk: Desk, decision: Decision) -> Application:
    application = desk.file.application
    if decision.reasons:
        message = "Причины называют при отказе: уберите их или откажите"
        raise ValidationFailed([FieldError(field="reasons", code="not_allowed", message=message)])
    _refuse_in_vain(desk.tools, application)
    approved = advance(
        application=application,
        event=ApplicationEvent.APPROVE,
        at=desk.at,
        actor=desk.actor,
        reason="operator_approved",
        note=decision.note,
    )
    body = {"application_id": application.application_id}
    send(work=desk.work, tools=desk.tools, queue=Queue.ISSUANCE, body=body, at=desk.at)
    return replace(off_the_queue(approved), delay=None)


def _refused(desk: Desk, decision: Decision) -> Application:
    refusals = refusals_of(decision.reasons)
    return close_unfavorably(
        work=desk.work,
        tools=desk.tools,
        application=replace(desk.file.application, refusals=refusals, next_look_at=None, delay=None),
        event=ApplicationEvent.REFUSE,
        actor=desk.actor,
        at=desk.at,
        reason="operator_refused",
    )


def _refuse_in_vain(tools: Toolbox, application: Application) -> None:
    """Refuse an approval that would meet the same obstacle again, instead of trying it."""
    reason = wait_reason(application)
    if reason is WaitReason.REGISTER_NUMBER_WRONG:
        raise RuleRefused(
            reason.value,
            "Номер полиса в реестре не сходится с датой рождения и полом: пусть реестр исправят, затем отправьте "
            "заявление на повторную проверку; или уточните данные у заявителя",
        )
    if reason is WaitReason.IDENTITY_CLASH and _still_clashes(tools, application):
        raise RuleRefused(
            reason.value,
            "СНИЛС, документ или номер полиса принадлежит другой записи. Если это один человек — сначала объедините "
            "записи, затем одобрите; если разные люди — запросите документ или откажите",
        )


def _still_clashes(tools: Toolbox, application: Application) -> bool:
    """Whether an identifier still leads to somebody else: merging the records ends it (D4)."""
    known = application.check(CheckKind.INSURED_PERSON)
    values = {**identity_values(application.form), "policy_number": known.data.get("enp", "") if known else ""}
    owners = (
        pointer.person_id
        for kind, value in values.items()
        if value and kind != SHARED_KIND
        for pointer in tools.store.pointers(kind=kind, value_hash=tools.secrets.lookup_hash(kind=kind, value=value))
    )
    return any(owner != application.person_id for owner in owners)


def send_back(
    *,
    tools: Toolbox,
    principal: Principal,
    application_id: str,
    note: str,
    at: datetime,
    request: RequestKey | None = None,
) -> Application:
    """Let the registers be asked anew, after a technical failure or once they were mended (3 AWS calls).

    Raises:
        NotPermitted, NotFound, StateConflict, CaseTaken: as `work_on_case`.
    """
    step = Step(application_id=application_id, name="sent_back_to_verification", at=at, request=request)

    def act(desk: Desk) -> tuple[Application, dict[str, str]]:
        application = desk.file.application
        reason = wait_reason(application)
        sent = advance(application=application, event=ApplicationEvent.SEND_BACK, at=at, actor=desk.actor, note=note)
        body = {"application_id": application_id}
        message_id = send(work=desk.work, tools=tools, queue=Queue.VERIFICATION, body=body, at=at)
        sent = replace(off_the_queue(check_anew(sent)), awaited_message=message_id)
        return sent, {"reason": reason.value}

    return work_on_case(tools=tools, principal=principal, step=step, act=act)
