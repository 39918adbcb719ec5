"""What employees let employers know: listed, given, refused, revoked by the employee alone (requirement K2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.domain.employee_consent import ConsentState, EmployeeConsent, decide_consent
from chalicelib.ports.errors import NotFound
from chalicelib.use_cases.access import actor_of, require_citizen, require_confirmed
from chalicelib.use_cases.journal import record
from chalicelib.use_cases.merged_records import followed

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from chalicelib.domain.principal import Principal
    from chalicelib.ports.toolbox import Toolbox


def list_consents(*, tools: Toolbox, principal: Principal) -> Sequence[EmployeeConsent]:
    """List what organisations asked, and what one let them know (2 AWS calls)."""
    return tools.store.employee_consents_of(person_id=_whose(tools, require_citizen(principal)))


def decide_employee_consent(
    *, tools: Toolbox, principal: Principal, organisation_id: str, state: ConsentState, at: datetime
) -> EmployeeConsent:
    """Give, refuse or revoke; the same decision again changes nothing (3 AWS calls).

    Raises:
        AccountNotConfirmed: requirement A1.
        NotFound: this organisation never asked.
        StateConflict: what was not given cannot be revoked, what was given is revoked and not refused.
    """
    person_id = _whose(tools, require_confirmed(principal))
    found = tools.store.employee_consent(person_id=person_id, organisation_id=organisation_id)
    if found is None:
        raise NotFound("Такой организации нет: она ничего не спрашивала о вас")
    if found.state is state:
        return found
    decided = decide_consent(consent=found, state=state, at=at)
    work = tools.store.work(at=at)
    name = f"employee_consent_{state.value}"
    details = {"organisation_id": organisation_id}
    actor = actor_of(principal)
    decided = record(decided, work=work, tools=tools, name=name, at=at, actor=actor, details=details)
    work.update(decided)
    work.commit()
    return decided


def _whose(tools: Toolbox, account_id: str) -> str:
    """The record of the person by which employers find it: the main one, where records were merged."""
    person = followed(tools=tools, file=tools.store.person_file(person_id=account_id)).person
    return person.person_id if person is not None else account_id
