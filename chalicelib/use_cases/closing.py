"""What every ending of an application without a policy has in common (requirements B10, B11)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.domain.application import Application, advance
from chalicelib.domain.application_states import TELLS, ApplicationEvent
from chalicelib.domain.records import LiveMarker
from chalicelib.use_cases.access import actor_of, own, require_citizen
from chalicelib.use_cases.certificates import revoke_certificate
from chalicelib.use_cases.demands import local_day
from chalicelib.use_cases.journal import notify, record

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.domain.audit import Actor
    from chalicelib.domain.principal import Principal
    from chalicelib.ports.storage import UnitOfWork
    from chalicelib.ports.toolbox import Toolbox


def free_place(work: UnitOfWork, application: Application) -> None:
    """Let the person file another application of the kind (requirement B11)."""
    work.remove(
        LiveMarker(
            person_id=application.person_id,
            kind=application.kind.value,
            application_id=application.application_id,
        )
    )


def close_unfavorably(
    *,
    work: UnitOfWork,
    tools: Toolbox,
    application: Application,
    event: ApplicationEvent,
    actor: Actor,
    at: datetime,
    reason: str = "",
) -> Application:
    """End an application: its place becomes free, its certificate is revoked, the person is told."""
    closed = advance(application=application, event=event, at=at, actor=actor, reason=reason)
    free_place(work, application)
    if application.certificate_number is not None:
        _revoke(work, tools, application, event, at)
    context = {"number": application.number or "", "day": str(local_day(application, at=at))}
    notify(work=work, tools=tools, kind=TELLS[event], person_id=application.account_id, at=at, context=context)
    return closed


def _revoke(work: UnitOfWork, tools: Toolbox, application: Application, event: ApplicationEvent, at: datetime) -> None:
    certificate = tools.store.person_file(person_id=application.person_id).active_certificate
    if certificate is not None and certificate.application_id == application.application_id:
        revoke_certificate(work=work, tools=tools, certificate=certificate, reason=event.value, at=at)


def withdraw_application(*, tools: Toolbox, principal: Principal, application_id: str, at: datetime) -> Application:
    """Withdraw an application until its policy is issued (requirement B11).

    Raises:
        NotFound: there is no such application of this person.
        StateConflict: it has ended, or the policy is issued.
    """
    require_citizen(principal)
    application = own(tools.store.application_file(application_id=application_id), principal)
    actor = actor_of(principal, acts_for=application.person_id)
    work = tools.store.work(at=at)
    if application.submitted_at is None:
        closed = advance(application=application, event=ApplicationEvent.WITHDRAW, at=at, actor=actor)
    else:
        closed = close_unfavorably(
            work=work,
            tools=tools,
            application=application,
            event=ApplicationEvent.WITHDRAW,
            actor=actor,
            at=at,
        )
    details = {"application_id": application_id, "number": application.number or ""}
    closed = record(closed, work=work, tools=tools, name="application_withdrawn", at=at, actor=actor, details=details)
    work.update(closed)
    work.commit()
    return closed
