"""Drafts: created prefilled, saved at any step, checked as one types (requirements B1-B4, A6)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from chalicelib.domain.application import (
    ApplicantCategory,
    Application,
    ApplicationKind,
    Moment,
    advance,
)
from chalicelib.domain.application_states import ApplicationEvent, ApplicationState
from chalicelib.domain.errors import FieldError, RuleRefused, StateConflict, ValidationFailed
from chalicelib.domain.matrix import MatrixRow, matrix_row
from chalicelib.domain.person import CONSENT_VERSION
from chalicelib.domain.regions import DEFAULT_REGION, local_date
from chalicelib.domain.representation import Relation
from chalicelib.ports.errors import PreconditionFailed
from chalicelib.ports.queries import DraftChange
from chalicelib.use_cases import idempotency
from chalicelib.use_cases.access import (
    actor_of,
    own,
    require_citizen,
    require_confirmed,
    standing_representation,
)
from chalicelib.use_cases.demands import local_day, row_of
from chalicelib.use_cases.forms import form_errors, prefilled, tidy
from chalicelib.use_cases.journal import record
from chalicelib.use_cases.merged_records import followed, redirected
from chalicelib.use_cases.prefilling import prefilled_for, present_insurer

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.domain.principal import Principal
    from chalicelib.ports.toolbox import Toolbox
    from chalicelib.use_cases.forms import Form


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What is applied for, about whom: ``person_id`` names a represented person, None the principal."""

    kind: ApplicationKind
    category: ApplicantCategory = ApplicantCategory.CITIZEN_14_PLUS
    person_id: str | None = None


def create_application(
    *,
    tools: Toolbox,
    principal: Principal,
    wish: Wish,
    at: datetime,
    request: idempotency.RequestKey | None = None,
) -> Application:
    """Create a draft, prefilled from what is known; a repeated key returns the first draft.

    Raises:
        AccountNotConfirmed: requirement A1.
        NotFound: the person is not represented by the principal.
        ValidationFailed: the category is one that needs a representative.
        RuleRefused: consent is not given (A4), the pair cannot be filed, or the key was used for something else.
    """
    require_confirmed(principal)
    application = _new_draft(tools, principal, wish, at)
    return create_draft(tools=tools, principal=principal, application=application, at=at, request=request)


def create_draft(
    *,
    tools: Toolbox,
    principal: Principal,
    application: Application,
    at: datetime,
    request: idempotency.RequestKey | None = None,
) -> Application:
    """Store a new draft, with its journal entry and what makes the request repeatable (1 AWS call).

    A draft under a merged record becomes one about the main record (2 to 3 calls more).
    """
    return idempotency.once(
        request=request,
        principal=principal,
        tools=tools,
        create=lambda: _stored(tools, principal, application, request, at),
        recall=lambda application_id: tools.store.application_file(application_id=application_id).application,
    )


def _stored(
    tools: Toolbox,
    principal: Principal,
    draft: Application,
    request: idempotency.RequestKey | None,
    at: datetime,
) -> Application:
    work = tools.store.work(at=at)
    work.require_consent(person_id=draft.person_id, version=CONSENT_VERSION)
    application = record(
        draft,
        work=work,
        tools=tools,
        name="application_created",
        at=at,
        actor=actor_of(principal, acts_for=draft.person_id),
        details={"application_id": draft.application_id, "kind": draft.kind.value},
    )
    work.create(application)
    result = application.application_id
    idempotency.remember(work=work, request=request, principal=principal, result=result, tools=tools, at=at)
    try:
        work.commit()
    except RuleRefused as refusal:
        moved = redirected(tools=tools, application=draft, refusal=refusal)
        return _stored(tools, principal, moved, request, at)
    return application


def _new_draft(tools: Toolbox, principal: Principal, wish: Wish, at: datetime) -> Application:
    on = local_date(at=at, region=DEFAULT_REGION)
    row = matrix_row(category=wish.category, kind=wish.kind, on=on)
    base = Application(
        application_id=tools.ids.new_id(at=at),
        person_id=wish.person_id or principal.account_id,
        account_id=principal.account_id,
        kind=wish.kind,
        category=wish.category,
        state=ApplicationState.DRAFT,
        created_at=at,
        updated_at=at,
    )
    if base.person_id == principal.account_id:
        if row.needs_representative:
            message = "Сначала добавьте ребёнка в «Кого я представляю» и подайте заявление о нём"
            raise ValidationFailed([FieldError(field="person_id", code="representative_required", message=message)])
        form = prefilled(principal.person, citizenship=_citizenship(row))
        known = None if row.chooses_insurer else tools.store.person_file(person_id=base.person_id)
    else:
        own_file = tools.store.person_file(person_id=principal.account_id)
        found = standing_representation(own_file, person_id=base.person_id, on=on)
        known = followed(tools=tools, file=tools.store.person_file(person_id=base.person_id))
        form = prefilled_for(known=known, principal=principal, representation=found, citizenship=_citizenship(row))
        base = replace(base, relation=found.relation)
    form = {**form, **present_insurer(known, row, on)}
    moment = Moment(state=base.state, at=at, actor=actor_of(principal, acts_for=base.person_id), reason="created")
    return replace(base, form=tidy(form, contacts=tools.contacts), history=(moment,))


def _citizenship(row: MatrixRow) -> str | None:
    """The citizenship, where the category leaves only one."""
    return next(iter(row.citizenships)) if len(row.citizenships) == 1 else None


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
    actor = actor_of(principal, acts_for=application.person_id)
    edited = advance(application=application, event=ApplicationEvent.EDIT, at=change.at, actor=actor)
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


@dataclass(frozen=True, slots=True, kw_only=True)
class FormToCheck:
    """A form that is checked without being saved; ``complete`` asks for what is missing too.

    ``relation`` is the ground on which somebody acts for the person, None where the person acts.
    """

    wish: Wish
    form: Mapping[str, Mapping[str, str]]
    complete: bool = False
    relation: Relation | None = None


def check_partial_form(
    *, tools: Toolbox, principal: Principal, checked: FormToCheck, at: datetime
) -> tuple[FieldError, ...]:
    """Check a form without saving it; makes no AWS call (requirement B4)."""
    require_citizen(principal)
    tidied: Form = tidy(checked.form, contacts=tools.contacts)
    draft = Application(
        application_id="",
        person_id=principal.account_id,
        account_id=principal.account_id,
        kind=checked.wish.kind,
        category=checked.wish.category,
        relation=checked.relation,
        state=ApplicationState.DRAFT,
        created_at=at,
        updated_at=at,
        form=tidied,
    )
    return form_errors(
        form=tidied,
        row=row_of(draft, at=at),
        on=local_day(draft, at=at),
        complete=checked.complete,
        contacts=tools.contacts,
    )
