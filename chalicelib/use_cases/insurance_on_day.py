"""What was true of a person's insurance on a day, as known now or as known on an earlier day (requirement D4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.domain.errors import FieldError, ValidationFailed
from chalicelib.domain.insurance_history import InsuredOn, end_of_known_day, insured_on, known_proofs
from chalicelib.domain.principal import Role
from chalicelib.domain.regions import local_date
from chalicelib.use_cases.access import require_role
from chalicelib.use_cases.correction_case import check_scope, offset_of, read_case
from chalicelib.use_cases.views import note_view

if TYPE_CHECKING:
    from datetime import date, datetime

    from chalicelib.domain.principal import Principal
    from chalicelib.ports.folders import PersonFile
    from chalicelib.ports.toolbox import Toolbox


def insurance_now_known(file: PersonFile, *, on: date) -> InsuredOn:
    """What insures or insured on a day, by what is known now (0 AWS calls)."""
    return insured_on(proofs=(*file.policies, *file.certificates), on=on)


def insurance_on_day(
    *, tools: Toolbox, principal: Principal, person_id: str, on: date | None, known_on: date | None, at: datetime
) -> InsuredOn:
    """Tell an operator what insured a person on a day (today, if none is named), as known at the end of ``known_on``.

    Raises:
        NotFound: the person is not of the operator's insurer or region.
        ValidationFailed: nobody knows yet what will be known on a day to come.
    """
    require_role(principal, Role.INSURER_OPERATOR, Role.FUND_OPERATOR)
    case = read_case(tools=tools, person_id=person_id, at=at)
    check_scope(case, principal)
    details = {"by": "insurance"}
    file = note_view(
        tools=tools, principal=principal, person_id=person_id, name="person_viewed", details=details, at=at
    )
    today = local_date(at=at, region=case.place.region)
    day = on or today
    if known_on is None:
        return insurance_now_known(file, on=day)
    if known_on > today:
        message = "Укажите сегодняшний или прошедший день: что станет известно потом, пока никто не знает"
        raise ValidationFailed([FieldError(field="known_on", code="date_in_future", message=message)])
    versions = tools.store.proof_versions(person_id=person_id)
    before = end_of_known_day(known_on=known_on, utc_offset_hours=offset_of(case.place))
    return insured_on(proofs=known_proofs(versions=versions, before=before), on=day)
