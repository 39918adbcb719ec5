"""A person's applications by state, kind and number (requirement B8)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.domain.errors import FieldError, InvalidValue, ValidationFailed
from chalicelib.domain.numbers import parse_application_number
from chalicelib.ports.queries import Slice
from chalicelib.use_cases.access import require_citizen
from chalicelib.use_cases.merged_records import applications_about

if TYPE_CHECKING:
    from chalicelib.domain.application import Application
    from chalicelib.domain.principal import Principal
    from chalicelib.ports.queries import ApplicationFilter
    from chalicelib.ports.toolbox import Toolbox


def list_applications(
    *, tools: Toolbox, principal: Principal, wanted: ApplicationFilter, limit: int, after: str | None
) -> Slice[Application]:
    """List the person's applications that are wanted, newest first (1 AWS call; with a filter at most 5).

    Where none is found, 1 call more tells whether the record was merged: then those of the main record are listed.
    """
    person_id = require_citizen(principal)
    return applications_about(tools=tools, person_id=person_id, limit=limit, after=after, wanted=wanted)


def find_by_number(
    *, tools: Toolbox, principal: Principal, number: str, wanted: ApplicationFilter
) -> Slice[Application]:
    """Find the person's application of a number, among however many (2 AWS calls); another's is not found.

    Raises:
        ValidationFailed: it is no number of an application.
    """
    require_citizen(principal)
    try:
        parsed = parse_application_number(text=number)
    except InvalidValue as refusal:
        raise ValidationFailed([FieldError(field="number", code=refusal.reason, message=refusal.detail)]) from None
    value_hash = tools.secrets.lookup_hash(kind="application", value=parsed)
    pointers = tools.store.pointers(kind="application", value_hash=value_hash)
    if not pointers:
        return Slice(items=())
    application = tools.store.application_file(application_id=pointers[0].target).application
    is_own = application.account_id == principal.account_id
    return Slice(items=(application,) if is_own and wanted.fits(application) else ())
