"""What a new form already knows: from the profile, the representation and the present policy (requirement B1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.use_cases.forms import filled, prefilled

if TYPE_CHECKING:
    from datetime import date

    from chalicelib.domain.matrix import MatrixRow
    from chalicelib.domain.person import Person
    from chalicelib.domain.principal import Principal
    from chalicelib.domain.representation import Representation
    from chalicelib.ports.folders import PersonFile
    from chalicelib.use_cases.forms import Form


def prefilled_for(
    *, known: PersonFile, principal: Principal, representation: Representation, citizenship: str | None
) -> Form:
    """Fill a form about a represented person: the profile's data, the representative's own, and contacts."""
    account = prefilled(principal.person, citizenship=citizenship)
    own, document = account.get("person", {}), account.get("identity_document", {})
    issued_on, until_on = representation.powers_issued_on, representation.until_on
    has_paper = bool(representation.powers_number)
    form: Form = {
        "person": _person(known.person, citizenship),
        "representative": filled(
            family_name=own.get("family_name"),
            given_name=own.get("given_name"),
            middle_name=own.get("middle_name"),
            document_type=document.get("type"),
            document_series=document.get("series"),
            document_number=document.get("number"),
            powers_number=representation.powers_number,
            powers_issuer=representation.powers_issuer,
            powers_issued_on=issued_on.isoformat() if issued_on else None,
            powers_valid_until=_last_day(until_on) if until_on and has_paper else None,
        ),
        "contacts": account.get("contacts", {}),
        "registration_address": account.get("registration_address", {}),
    }
    return {name: section for name, section in form.items() if section}


def _last_day(until_on: date) -> str:
    return until_on.fromordinal(until_on.toordinal() - 1).isoformat()


def _person(person: Person | None, citizenship: str | None) -> dict[str, str]:
    if person is None:
        return {}
    return filled(
        family_name=person.family_name,
        given_name=person.given_name,
        middle_name=person.middle_name,
        born_on=person.born_on,
        sex=person.sex,
        snils=person.snils,
        citizenship=citizenship,
    )


def present_insurer(known: PersonFile | None, row: MatrixRow, on: date) -> Form:
    """The insurer of the policy that stands, for applications that do not choose one."""
    policy = known.standing_policy if known is not None else None
    if row.chooses_insurer or policy is None:
        return {}
    period = policy.insurer_on(on) or policy.periods[-1]
    return {"insurer": {"code": period.insurer_code}}
