"""A new draft from a refused application: prefilled and linked to it (requirement B10)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.domain.application import Application, Moment
from chalicelib.domain.application_states import ApplicationState
from chalicelib.domain.errors import StateConflict
from chalicelib.use_cases.access import actor_of, own, require_confirmed
from chalicelib.use_cases.demands import row_of
from chalicelib.use_cases.drafts import create_draft

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.domain.principal import Principal
    from chalicelib.ports.toolbox import Toolbox
    from chalicelib.use_cases.idempotency import RequestKey

_MAY_BE_FILED_AGAIN = frozenset({ApplicationState.REFUSED, ApplicationState.WITHDRAWN, ApplicationState.EXPIRED})


def file_again(
    *, tools: Toolbox, principal: Principal, application_id: str, at: datetime, request: RequestKey | None = None
) -> Application:
    """Create a draft with the form of an application that ended without its effect (2 AWS calls).

    Scans belong to the application that they were made for and are uploaded anew.

    Raises:
        NotFound: there is no such application of this account.
        StateConflict: it has not ended, or was carried out.
        RuleRefused: the kind cannot be filed by the category any more.
    """
    require_confirmed(principal)
    ended = own(tools.store.application_file(application_id=application_id), principal)
    if ended.state not in _MAY_BE_FILED_AGAIN:
        raise StateConflict("Подать снова можно отказанное, отозванное или истёкшее заявление")
    moment = Moment(
        state=ApplicationState.DRAFT, at=at, actor=actor_of(principal, acts_for=ended.person_id), reason="filed_again"
    )
    draft = Application(
        application_id=tools.ids.new_id(at=at),
        person_id=ended.person_id,
        account_id=ended.account_id,
        kind=ended.kind,
        category=ended.category,
        relation=ended.relation,
        previous_id=ended.application_id,
        state=ApplicationState.DRAFT,
        created_at=at,
        updated_at=at,
        form=ended.form,
        history=(moment,),
    )
    row_of(draft, at=at)
    return create_draft(tools=tools, principal=principal, application=draft, at=at, request=request)
