"""Operators look up persons of their insurer or region; every look is noted (requirements O1, O2)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from chalicelib.domain.errors import FieldError, InvalidValue, ValidationFailed
from chalicelib.domain.policy_number import parse_policy_number
from chalicelib.domain.principal import Role
from chalicelib.domain.snils import parse_snils
from chalicelib.ports.errors import NotFound
from chalicelib.use_cases.access import require_role
from chalicelib.use_cases.clinic_key import DocumentKey, NameKey
from chalicelib.use_cases.correction_case import Case, check_scope, read_case
from chalicelib.use_cases.identity import SHARED_KIND, document_value, name_value
from chalicelib.use_cases.lookup_pointers import pointers_to
from chalicelib.use_cases.views import note_view

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from chalicelib.domain.principal import Principal
    from chalicelib.ports.toolbox import Toolbox

MOST = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonKey:
    """Exactly one identifier of a person."""

    policy_number: str | None = None
    snils: str | None = None
    document: DocumentKey | None = None
    person: NameKey | None = None


def view_person(*, tools: Toolbox, principal: Principal, person_id: str, at: datetime) -> Case:
    """Show everything that is kept of a person (5 to 6 AWS calls).

    Raises:
        NotFound: the person is not of the operator's insurer or region.
    """
    require_role(principal, Role.INSURER_OPERATOR, Role.FUND_OPERATOR)
    case = read_case(tools=tools, person_id=person_id, at=at)
    check_scope(case, principal)
    _note(tools, principal, person_id, "card", at)
    return case


def find_persons(*, tools: Toolbox, principal: Principal, key: PersonKey, at: datetime) -> tuple[Case, ...]:
    """Find the persons to whom an identifier leads; those of other insurers and regions are left out.

    Raises:
        ValidationFailed: no identifier, more than one, a malformed one, or one that too many share.
    """
    require_role(principal, Role.INSURER_OPERATOR, Role.FUND_OPERATOR)
    kind, value = _identifier(key)
    pointers = pointers_to(tools=tools, kind=kind, value=value)
    if len(pointers) > MOST:
        message = "Найдено слишком много людей: уточните документ, СНИЛС или номер полиса"
        raise ValidationFailed([FieldError(field="person", code="several_found", message=message)])
    found = []
    for pointer in pointers:
        case = read_case(tools=tools, person_id=pointer.person_id, at=at)
        try:
            check_scope(case, principal)
        except NotFound:
            continue
        _note(tools, principal, pointer.person_id, kind, at)
        found.append(case)
    return tuple(found)


def _identifier(key: PersonKey) -> tuple[str, str]:
    given = _given(key)
    if len(given) != 1:
        message = "Укажите ровно один ключ: номер полиса, СНИЛС, документ или имя с датой рождения"
        raise ValidationFailed([FieldError(field="key", code="one_key_required", message=message)])
    ((name, read),) = given.items()
    try:
        return (SHARED_KIND if name == "person" else name), read()
    except InvalidValue as refusal:
        error = FieldError(field=name, code=refusal.reason, message=refusal.detail)
        raise ValidationFailed([error]) from None


def _given(key: PersonKey) -> dict[str, Callable[[], str]]:
    """The identifiers that are given, each with what reads it."""
    given: dict[str, Callable[[], str]] = {}
    if key.policy_number is not None:
        given["policy_number"] = partial(parse_policy_number, text=key.policy_number)
    if key.snils is not None:
        given["snils"] = partial(parse_snils, text=key.snils)
    if key.document is not None:
        document = key.document
        given["document"] = partial(
            document_value, document_type=document.type, series=document.series, number=document.number
        )
    if key.person is not None:
        person = key.person
        given["person"] = partial(
            name_value,
            family_name=person.family_name,
            given_name=person.given_name,
            middle_name=person.middle_name,
            born_on=person.born_on.isoformat(),
        )
    return given


def _note(tools: Toolbox, principal: Principal, person_id: str, by: str, at: datetime) -> None:
    note_view(tools=tools, principal=principal, person_id=person_id, name="person_viewed", details={"by": by}, at=at)
