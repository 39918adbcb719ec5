"""Records that may be of the same person: found by СНИЛС, document, and name with birth date (requirement D4)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from chalicelib.domain.duplicates import Comparison, Portrait, compare
from chalicelib.domain.person import Person
from chalicelib.domain.principal import Role
from chalicelib.use_cases.access import require_role
from chalicelib.use_cases.correction_case import check_scope, read_case
from chalicelib.use_cases.identity import SHARED_KIND
from chalicelib.use_cases.lookup_pointers import values_of
from chalicelib.use_cases.views import note_view

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.domain.principal import Principal
    from chalicelib.ports.toolbox import Toolbox
    from chalicelib.use_cases.correction_case import Case

IDENTITY_KINDS = ("snils", "document", SHARED_KIND)

MOST = 10
"""More records under one name and birthday are namesakes: a number tells them apart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """Another record, and how like it is."""

    person: Person
    comparison: Comparison


def find_duplicates(*, tools: Toolbox, principal: Principal, person_id: str, at: datetime) -> tuple[Candidate, ...]:
    """Find records like a person's, the likeliest first; each look into a record is noted.

    Raises:
        NotFound: the person is not of the operator's insurer or region.
    """
    require_role(principal, Role.INSURER_OPERATOR, Role.FUND_OPERATOR)
    case = read_case(tools=tools, person_id=person_id, at=at)
    check_scope(case, principal)
    _note(tools, principal, person_id, at)
    found = []
    for other_id in _others(tools, case):
        _note(tools, principal, other_id, at)
        other = read_case(tools=tools, person_id=other_id, at=at)
        found.append(Candidate(person=other.person, comparison=likeness_of(tools=tools, one=case, other=other)))
    return tuple(sorted(found, key=lambda candidate: (-candidate.comparison.score, candidate.person.person_id)))


def likeness_of(*, tools: Toolbox, one: Case, other: Case) -> Comparison:
    """Compare two persons by everything that is known of them."""
    return compare(one=_portrait(tools, one), other=_portrait(tools, other))


def _portrait(tools: Toolbox, case: Case) -> Portrait:
    person = case.person
    contacts = {contact.value for contact in (person.phone, person.email) if contact is not None and contact.value}
    return Portrait(
        family_name=person.family_name,
        given_name=person.given_name,
        middle_name=person.middle_name,
        born_on=person.born_on,
        sex=person.sex,
        snils=person.snils,
        documents=frozenset(value_hash for kind, value_hash in _identifiers(tools, case) if kind == "document"),
        contacts=frozenset(contacts),
    )


def _identifiers(tools: Toolbox, case: Case) -> list[tuple[str, str]]:
    """Kinds and hashes of what leads to a person, or would if it did not lead to another already (1 AWS call)."""
    claimed = [
        (pointer.kind, pointer.value_hash) for pointer in tools.store.pointers_of(person_id=case.person.person_id)
    ]
    told = [
        (kind, tools.secrets.lookup_hash(kind=kind, value=value))
        for kind, values in values_of(case).items()
        for value in sorted(values)
    ]
    return [found for found in dict.fromkeys((*told, *claimed)) if found[0] in IDENTITY_KINDS]


def _others(tools: Toolbox, case: Case) -> list[str]:
    """Whose the identifiers are (1 AWS call each)."""
    found: dict[str, None] = {}
    for kind, value_hash in _identifiers(tools, case):
        pointers = tools.store.pointers(kind=kind, value_hash=value_hash)
        found |= dict.fromkeys(pointer.person_id for pointer in pointers)
    found.pop(case.person.person_id, None)
    return list(found)[:MOST]


def _note(tools: Toolbox, principal: Principal, person_id: str, at: datetime) -> None:
    details = {"by": "duplicates"}
    note_view(tools=tools, principal=principal, person_id=person_id, name="person_viewed", details=details, at=at)
