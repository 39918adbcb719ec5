"""Demands to be forgotten: what would happen, the demand, the answers (P2; 152-ФЗ, art. 9, part 2; art. 21)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.domain.erasure import ErasureCause, ErasureRequest, ErasureState
from chalicelib.domain.errors import FieldError, ValidationFailed
from chalicelib.use_cases import idempotency
from chalicelib.use_cases.access import actor_of, require_citizen
from chalicelib.use_cases.answer_erasure import Plan, plan_erasure
from chalicelib.use_cases.merged_records import holdings_of, records_of
from chalicelib.use_cases.open_erasure import open_erasure
from chalicelib.use_cases.people import stored_person
from chalicelib.use_cases.turns import in_turn, take_turn

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from chalicelib.domain.person import Person
    from chalicelib.domain.principal import Principal
    from chalicelib.ports.toolbox import Toolbox


def preview_erasure(*, tools: Toolbox, principal: Principal, at: datetime) -> Plan:
    """Tell what a demand would destroy now and what would stay (1 AWS call, and 1 per 100 things elsewhere)."""
    person_id = require_citizen(principal)
    return plan_erasure(holdings=holdings_of(tools=tools, person_id=person_id), at=at)


def ask_for_erasure(
    *,
    tools: Toolbox,
    principal: Principal,
    is_sure: bool,
    at: datetime,
    request: idempotency.RequestKey | None = None,
) -> ErasureRequest:
    """Demand that one's data are destroyed; while a demand waits, asking again gives that one (3 AWS calls).

    Raises:
        ValidationFailed: the person did not say to be sure.
        NotFound: there is no profile.
    """
    require_citizen(principal)
    if not is_sure:
        message = "Подтвердите, что понимаете: уничтоженное восстановить нельзя"
        raise ValidationFailed([FieldError(field="is_sure", code="confirmation_required", message=message)])
    return idempotency.once(
        request=request,
        principal=principal,
        tools=tools,
        create=lambda: in_turn(lambda: _asked(tools, principal, request, at)),
        recall=lambda found: _recalled(tools, principal, found),
    )


def _asked(
    tools: Toolbox, principal: Principal, request: idempotency.RequestKey | None, at: datetime
) -> ErasureRequest:
    person = stored_person(tools, principal)
    known = tools.store.erasure_requests_of(person_id=principal.account_id)
    waiting = next((one for one in known if one.state is ErasureState.ACCEPTED), None)
    if waiting is not None:
        idempotency.remember_alone(request=request, principal=principal, result=waiting.request_id, tools=tools, at=at)
        return waiting
    work = tools.store.work(at=at)
    take_turn(work=work, name="erasure", folder=principal.account_id, seen=[one.request_id for one in known])
    demand, *_ = [
        open_erasure(work=work, tools=tools, person=one, cause=ErasureCause.DEMAND, actor=actor_of(principal), at=at)
        for one in (person, *_other_records(tools, person))
    ]
    idempotency.remember(work=work, request=request, principal=principal, result=demand.request_id, tools=tools, at=at)
    work.commit()
    return demand


def _other_records(tools: Toolbox, person: Person) -> list[Person]:
    """The other records of the same person, which operators merged: each is answered for itself."""
    if person.merged is None and not person.merged_from:
        return []
    ids = records_of(tools=tools, person_id=person.person_id)[1:]
    found = (tools.store.person_file(person_id=one).person for one in ids)
    return [one for one in found if one is not None]


def _recalled(tools: Toolbox, principal: Principal, request_id: str) -> ErasureRequest:
    known = tools.store.erasure_requests_of(person_id=principal.account_id)
    return next(one for one in known if one.request_id == request_id)


def own_erasures(*, tools: Toolbox, principal: Principal) -> Sequence[ErasureRequest]:
    """List the person's demands with their answers, newest first (2 AWS calls, 1 more for each merged record)."""
    records = records_of(tools=tools, person_id=require_citizen(principal))
    found = [one for record in records for one in tools.store.erasure_requests_of(person_id=record)]
    return sorted(found, key=lambda one: (one.asked_at, one.request_id), reverse=True)
