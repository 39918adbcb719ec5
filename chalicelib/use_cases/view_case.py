"""One case as an operator sees it; the look is noted in the person's journal before anything is shown (O2, A7)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from chalicelib.domain.audit import Action, append
from chalicelib.domain.case_steps import renewed
from chalicelib.domain.errors import FieldError
from chalicelib.domain.records import ViewLog
from chalicelib.domain.supporting_documents import DocumentKind
from chalicelib.ports.errors import AlreadyExists, StaleWrite
from chalicelib.ports.folders import ApplicationFile
from chalicelib.use_cases.access import operator_actor, require_operator, require_scope
from chalicelib.use_cases.demands import local_day, row_of
from chalicelib.use_cases.forms import form_errors
from chalicelib.use_cases.sign_application import documents_to_upload

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.domain.application import Application
    from chalicelib.domain.principal import Principal
    from chalicelib.ports.storage import UnitOfWork
    from chalicelib.ports.toolbox import Toolbox

VIEW_TRIES = 4
"""Looks at one person's data at the very same moment are chained one after another."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """An application with its scans, what is wrong or missing in it, and the documents still to be uploaded."""

    file: ApplicationFile
    errors: tuple[FieldError, ...]
    missing_documents: tuple[DocumentKind, ...]


def view_case(*, tools: Toolbox, principal: Principal, application_id: str, at: datetime) -> Case:
    """Show a case of the own insurer or region (3 AWS calls); looking renews the lease of who holds it.

    Raises:
        NotPermitted: the principal is no operator, or it is the own application.
        NotFound: it is of another insurer or region, or not submitted yet.
        StaleWrite: too many look at this person at this very moment.
    """
    require_operator(principal)
    for _ in range(VIEW_TRIES):
        file = tools.store.application_file(application_id=application_id)
        require_scope(file.application, principal)
        work = tools.store.work(at=at)
        _note(tools, work, principal, file.application, at)
        application = _renewed(work, principal, file.application, at)
        try:
            work.commit()
        except (StaleWrite, AlreadyExists):
            continue
        return _case(tools, replace(file, application=application), at)
    raise StaleWrite("Данные этого человека сейчас запрашивают другие: повторите")


def _note(tools: Toolbox, work: UnitOfWork, principal: Principal, application: Application, at: datetime) -> None:
    person_id = application.person_id
    known = tools.store.person_file(person_id=person_id).views
    log = known or ViewLog(person_id=person_id)
    details = {"application_id": application.application_id, "number": application.number or ""}
    action = Action(name="application_viewed", at=at, actor=operator_actor(principal), details=details)
    entry_id = tools.ids.new_id(at=at)
    entry, head = append(head=log.chain, chain=f"views:{person_id}", entry_id=entry_id, action=action)
    work.record(person_id=person_id, entry=entry)
    if known is None:
        work.create(replace(log, chain=head))
    else:
        work.update(replace(log, chain=head))


def _renewed(work: UnitOfWork, principal: Principal, application: Application, at: datetime) -> Application:
    held = renewed(application, operator_id=principal.account_id, at=at)
    if held is application:
        return application
    work.update(held)
    return replace(held, version=held.version + 1)


def _case(tools: Toolbox, file: ApplicationFile, at: datetime) -> Case:
    application = file.application
    row, on = row_of(application, at=at), local_day(application, at=at)
    return Case(
        file=file,
        errors=form_errors(form=application.form, row=row, on=on, complete=True, contacts=tools.contacts),
        missing_documents=documents_to_upload(file, row),
    )
