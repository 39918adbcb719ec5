"""Registering an employer that one acts for: the details are checked, the register is asked (requirement K2)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from chalicelib.domain.employer import Employer, EmployerDetails, EmployerMoment, EmployerState, read_details
from chalicelib.domain.errors import RuleRefused
from chalicelib.domain.records import Queue
from chalicelib.domain.regions import find_region, home_region
from chalicelib.ports.errors import NotFound
from chalicelib.ports.queries import Limit
from chalicelib.use_cases import idempotency
from chalicelib.use_cases.access import actor_of, require_citizen, require_confirmed
from chalicelib.use_cases.journal import record, send

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from chalicelib.domain.principal import Principal
    from chalicelib.ports.storage import UnitOfWork
    from chalicelib.ports.toolbox import Toolbox

TRIES_PER_DAY = 20
DAY_SECONDS = 24 * 60 * 60
ID_LENGTH = 26


def register_employer(
    *,
    tools: Toolbox,
    principal: Principal,
    details: EmployerDetails,
    at: datetime,
    request: idempotency.RequestKey | None = None,
) -> Employer:
    """Register an employer; the register of organisations is asked from a queue. A repeated key registers no other.

    Raises:
        AccountNotConfirmed: requirement A1.
        ValidationFailed: with every mistake in the details.
        RuleRefused: there is no profile yet, in whose name the register is asked.
        RateLimited: too many were registered today.
    """
    require_confirmed(principal)
    return idempotency.once(
        request=request,
        principal=principal,
        tools=tools,
        create=lambda: _registered(tools, principal, details, request, at),
        recall=lambda employer_id: find_employer(tools=tools, principal=principal, employer_id=employer_id),
    )


def _registered(
    tools: Toolbox,
    principal: Principal,
    details: EmployerDetails,
    request: idempotency.RequestKey | None,
    at: datetime,
) -> Employer:
    read = read_details(given=details)
    known = tools.store.person_file(person_id=principal.account_id).person
    if known is None or known.consent is None:
        raise RuleRefused("consent_required", "Сначала дайте согласие на обработку персональных данных")
    region = home_region(form={"registration_address": known.address})
    employer = Employer(
        employer_id=tools.ids.new_id(at=at),
        account_id=principal.account_id,
        organisation_id=tools.secrets.lookup_hash(kind="organisation", value=read.ogrn)[:ID_LENGTH].upper(),
        details=read,
        registered_at=at,
        utc_offset_hours=find_region(code=region).utc_offset_hours,
        history=(EmployerMoment(state=EmployerState.PENDING, at=at),),
    )
    work = tools.store.work(at=at)
    limit = Limit(name="employers", subject=principal.account_id, times=TRIES_PER_DAY, seconds=DAY_SECONDS)
    work.count(limit)
    employer = replace(employer, awaited_message=ask_register_later(work=work, tools=tools, employer=employer, at=at))
    details_of_entry = {"employer_id": employer.employer_id}
    actor = actor_of(principal)
    employer = record(
        employer, work=work, tools=tools, name="employer_registered", at=at, actor=actor, details=details_of_entry
    )
    work.create(employer)
    result = employer.employer_id
    idempotency.remember(work=work, request=request, principal=principal, result=result, tools=tools, at=at)
    work.commit()
    return employer


def ask_register_later(
    *, work: UnitOfWork, tools: Toolbox, employer: Employer, at: datetime, delay_seconds: int = 0
) -> str:
    """Queue the question to the register; returns the id of the message."""
    body = {"account_id": employer.account_id, "employer_id": employer.employer_id}
    return send(work=work, tools=tools, queue=Queue.VERIFICATION, body=body, at=at, delay_seconds=delay_seconds)


def list_employers(*, tools: Toolbox, principal: Principal) -> Sequence[Employer]:
    """List the employers that one acts or wanted to act for (1 AWS call)."""
    return tools.store.employers_of(account_id=require_citizen(principal))


def find_employer(*, tools: Toolbox, principal: Principal, employer_id: str) -> Employer:
    """Read one employer of one's own (1 AWS call); raises NotFound."""
    found = tools.store.employer(account_id=require_citizen(principal), employer_id=employer_id)
    if found is None:
        raise NotFound("Организация не найдена")
    return found


def confirmed_employer(*, tools: Toolbox, principal: Principal, employer_id: str) -> Employer:
    """Read an employer that one may act for (1 AWS call).

    Raises:
        NotFound: it is not one's own.
        RuleRefused: it is not confirmed.
    """
    found = find_employer(tools=tools, principal=principal, employer_id=employer_id)
    if found.state is not EmployerState.CONFIRMED:
        detail = "Организация не подтверждена: дождитесь проверки или исправьте то, что названо в отказе"
        raise RuleRefused("employer_not_confirmed", detail)
    return found
