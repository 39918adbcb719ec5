"""Drafts: created prefilled, saved at any step, checked as one types (requirements B1-B4)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from chalicelib.domain.application import (
    ApplicantCategory,
    Application,
    ApplicationKind,
    Moment,
    advance,
)
from chalicelib.domain.application_states import ApplicationEvent, ApplicationState
from chalicelib.domain.errors import StateConflict
from chalicelib.domain.matrix import MatrixRow, matrix_row
from chalicelib.domain.person import CONSENT_VERSION
from chalicelib.ports.errors import AlreadyExists, PreconditionFailed
from chalicelib.ports.storage import DraftChange
from chalicelib.use_cases import idempotency
from chalicelib.use_cases.access import actor_of, own, require_citizen, require_confirmed
from chalicelib.use_cases.forms import form_errors, local_day, prefilled, tidy
from chalicelib.use_cases.journal import record

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from chalicelib.domain.errors import FieldError
    from chalicelib.domain.principal import Principal
    from chalicelib.ports.toolbox import Toolbox

CATEGORY = ApplicantCategory.CITIZEN_14_PLUS


def row_of(application: Application, *, at: datetime) -> MatrixRow:
    """The demands on an application on its local day."""
    on = local_day(application, at=at)
    return matrix_row(category=application.category, kind=application.kind, on=on)


def create_application(
    *,
    tools: Toolbox,
    principal: Principal,
    kind: ApplicationKind,
    at: datetime,
    request: idempotency.RequestKey | None = None,
) -> Application:
    """Create a draft, prefilled from the confirmed account; a repeated key returns the first draft.

    Raises:
        AccountNotConfirmed: requirement A1.
        RuleRefused: consent is not given (A4), or the key was used for something else.
    """
    person_id = require_confirmed(principal)
    application = _new_draft(tools, principal, person_id, kind, at)
    work = tools.store.work(at=at)
    work.require_consent(person_id=person_id, version=CONSENT_VERSION)
    application = record(
        application,
        work=work,
        tools=tools,
        name="application_created",
        at=at,
        actor=actor_of(principal),
        details={"application_id": application.application_id, "kind": kind.value},
    )
    work.create(application)
    if request is not None:
        result = application.application_id
        work.create(
            idempotency.record_of(request=request, account_id=principal.account_id, result=result, tools=tools, at=at)
        )
    try:
        work.commit()
    except AlreadyExists:
        return _created_before(tools, principal, request)
    return application


def _new_draft(
    tools: Toolbox, principal: Principal, person_id: str, kind: ApplicationKind, at: datetime
) -> Application:
    return Application(
        application_id=tools.ids.new_id(at=at),
        person_id=person_id,
        account_id=principal.account_id,
        kind=kind,
        category=CATEGORY,
        state=ApplicationState.DRAFT,
        created_at=at,
        updated_at=at,
        form=tidy(prefilled(principal.person), contacts=tools.contacts),
        history=(Moment(state=ApplicationState.DRAFT, at=at, actor=actor_of(principal)),),
    )


def _created_before(tools: Toolbox, principal: Principal, request: idempotency.RequestKey | None) -> Application:
    if request is None:
        raise AlreadyExists("Черновик уже создан")
    earlier = idempotency.earlier_result(request=request, account_id=principal.account_id, tools=tools)
    if earlier is None:
        raise AlreadyExists("Черновик уже создан")
    return tools.store.application_file(application_id=earlier).application


def save_draft(
    *,
    tools: Toolbox,
    principal: Principal,
    application_id: str,
    sections: Mapping[str, Mapping[str, str]],
    at: datetime,
    if_version: int | None = None,
) -> tuple[Application, tuple[FieldError, ...]]:
    """Replace whole sections of the form (1 AWS call) and return the draft with the mistakes in it.

    What waits for a signature or a clarification takes two calls: its state and its deadline stay right.

    Raises:
        NotFound: there is no such draft of this person.
        PreconditionFailed: somebody saved it since ``if_version``.
        StateConflict: it is submitted or over.
    """
    require_citizen(principal)
    change = DraftChange(
        application_id=application_id,
        account_id=principal.account_id,
        at=at,
        sections=tidy(sections, contacts=tools.contacts),
        if_version=if_version,
    )
    try:
        saved = tools.store.save_draft(change=change)
    except StateConflict:
        saved = _reopen(tools, principal, change)
    return saved, draft_errors(tools=tools, application=saved, at=at)


def _reopen(tools: Toolbox, principal: Principal, change: DraftChange) -> Application:
    file = tools.store.application_file(application_id=change.application_id)
    application = own(file, principal)
    if change.if_version is not None and application.version != change.if_version:
        raise PreconditionFailed("Заявление изменили в другом окне: обновите страницу")
    edited = advance(application=application, event=ApplicationEvent.EDIT, at=change.at, actor=actor_of(principal))
    edited = replace(edited, form={**application.form, **change.sections})
    work = tools.store.work(at=change.at)
    work.update(edited)
    work.commit()
    return replace(edited, version=edited.version + 1)


def draft_errors(*, tools: Toolbox, application: Application, at: datetime) -> tuple[FieldError, ...]:
    """Find the mistakes in what is filled so far."""
    return form_errors(
        form=application.form,
        row=row_of(application, at=at),
        on=local_day(application, at=at),
        complete=False,
        contacts=tools.contacts,
    )


def check_partial_form(
    *,
    tools: Toolbox,
    principal: Principal,
    kind: ApplicationKind,
    form: Mapping[str, Mapping[str, str]],
    at: datetime,
    complete: bool,
) -> tuple[FieldError, ...]:
    """Check a form without saving it; makes no AWS call (requirement B4)."""
    require_citizen(principal)
    draft = _new_draft(tools, principal, principal.account_id, kind, at)
    tidied = tidy(form, contacts=tools.contacts)
    draft = replace(draft, form=tidied)
    return form_errors(
        form=tidied,
        row=row_of(draft, at=at),
        on=local_day(draft, at=at),
        complete=complete,
        contacts=tools.contacts,
    )
