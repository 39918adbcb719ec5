"""Acting for another person: declared with the ground, ended by time or by the representative (requirement A6)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from chalicelib.domain.birth_date import BirthDate
from chalicelib.domain.errors import FieldError, InvalidValue, RuleRefused, ValidationFailed
from chalicelib.domain.names import check_full_name
from chalicelib.domain.person import CONSENT_VERSION, Consent, Person
from chalicelib.domain.regions import DEFAULT_REGION, find_region, is_region, local_date
from chalicelib.domain.representation import (
    RELATIONS,
    Powers,
    Relation,
    Representation,
    check_powers,
    end_of_powers,
    next_look,
)
from chalicelib.domain.sex import Sex
from chalicelib.domain.snils import parse_snils
from chalicelib.ports.errors import NotFound
from chalicelib.use_cases import idempotency
from chalicelib.use_cases.access import actor_of, require_citizen, require_confirmed, standing_representation
from chalicelib.use_cases.journal import record
from chalicelib.use_cases.merged_records import main_file
from chalicelib.use_cases.people import CABINET
from chalicelib.use_cases.run_representations import end_representation
from chalicelib.use_cases.turns import in_turn, take_turn

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from chalicelib.domain.principal import Principal
    from chalicelib.ports.folders import PersonFile
    from chalicelib.ports.toolbox import Toolbox

MAX_REPRESENTED = 30
"""How many persons one account may act for; more are a trade, not a family."""

YOUNGEST_PARENT = 12
"""A parent is older than the child by at least so many years: less is a mistake in a date."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RepresentedPerson:
    """Whom the principal represents, and on what ground; dates are read already."""

    relation: Relation
    family_name: str
    given_name: str
    middle_name: str
    born_on: BirthDate
    sex: str
    snils: str
    powers: Powers
    consent_version: str


def add_represented(
    *,
    tools: Toolbox,
    principal: Principal,
    wanted: RepresentedPerson,
    at: datetime,
    request: idempotency.RequestKey | None = None,
) -> Representation:
    """Declare a person whom the principal acts for, with the consent given on that person's behalf.

    The papers that prove it are checked with each application. A repeated key returns the first declaration.

    Raises:
        AccountNotConfirmed: requirement A1.
        ValidationFailed: with every mistake.
        RuleRefused: the text of the consent was renewed, or there are too many already.
    """
    require_confirmed(principal)
    on = local_date(at=at, region=_region(principal))
    errors = _mistakes(principal, wanted, on)
    if errors:
        raise ValidationFailed(errors)
    if wanted.consent_version != CONSENT_VERSION:
        raise RuleRefused("consent_outdated", "Текст согласия обновился: прочитайте его ещё раз")
    person = _person(tools, principal, wanted, at)
    representation = _representation(principal, wanted, person.person_id, on)
    return idempotency.once(
        request=request,
        principal=principal,
        tools=tools,
        create=lambda: in_turn(lambda: _keep(tools, principal, person, representation, at, request)),
        recall=lambda person_id: _declared_before(tools, principal, person_id),
    )


def _declared_before(tools: Toolbox, principal: Principal, person_id: str) -> Representation:
    known = tools.store.person_file(person_id=principal.account_id)
    found = next((r for r in known.represented if r.person_id == person_id), None)
    if found is None:
        raise NotFound("Представляемый не найден")
    return found


def _keep(
    tools: Toolbox,
    principal: Principal,
    person: Person,
    representation: Representation,
    at: datetime,
    request: idempotency.RequestKey | None,
) -> Representation:
    known = tools.store.person_file(person_id=principal.account_id).represented
    if sum(r.stands_on(representation.since_on) for r in known) >= MAX_REPRESENTED:
        raise RuleRefused("too_many_represented", f"Представлять можно не более {MAX_REPRESENTED} человек")
    work = tools.store.work(at=at)
    take_turn(work=work, name="represented", folder=principal.account_id, seen=[one.person_id for one in known])
    actor = actor_of(principal, acts_for=person.person_id)
    details = {"relation": representation.relation.value, "version": CONSENT_VERSION}
    person = record(person, work=work, tools=tools, name="represented", at=at, actor=actor, details=details)
    work.create(person)
    work.create(representation)
    result = person.person_id
    idempotency.remember(work=work, request=request, principal=principal, result=result, tools=tools, at=at)
    work.commit()
    return representation


def _mistakes(principal: Principal, wanted: RepresentedPerson, on: date) -> list[FieldError]:
    errors = list(
        check_full_name(
            family_name=wanted.family_name,
            given_name=wanted.given_name,
            middle_name=wanted.middle_name,
        )
    )
    if wanted.sex not in set(Sex):
        errors.append(FieldError(field="sex", code="not_in_list", message="Выберите пол: male или female"))
    try:
        if wanted.snils:
            parse_snils(text=wanted.snils)
    except InvalidValue as refusal:
        errors.append(FieldError(field="snils", code=refusal.reason, message=refusal.detail))
    rule, born_on = RELATIONS[wanted.relation], wanted.born_on.earliest
    errors += check_powers(rule=rule, born_on=born_on, powers=wanted.powers, on=on)
    errors += _parent_mistakes(principal, wanted)
    return sorted(errors, key=lambda error: error.field)


def _parent_mistakes(principal: Principal, wanted: RepresentedPerson) -> list[FieldError]:
    own = principal.person.born_on if principal.person else None
    if wanted.relation is not Relation.PARENT or own is None:
        return []
    if own.age_on(wanted.born_on.earliest) >= YOUNGEST_PARENT:
        return []
    message = "Родитель не может быть ровесником ребёнка: проверьте дату рождения или выберите другое основание"
    return [FieldError(field="relation", code="not_a_parent", message=message)]


def _person(tools: Toolbox, principal: Principal, wanted: RepresentedPerson, at: datetime) -> Person:
    consent = Consent(version=CONSENT_VERSION, given_at=at, channel=CABINET)
    return Person(
        person_id=tools.ids.new_id(at=at),
        account_id=principal.account_id,
        family_name=wanted.family_name,
        given_name=wanted.given_name,
        middle_name=wanted.middle_name,
        born_on=wanted.born_on.isoformat(),
        sex=wanted.sex,
        snils=parse_snils(text=wanted.snils) if wanted.snils else "",
        consents=(consent,),
        updated_at=at,
    )


def _representation(principal: Principal, wanted: RepresentedPerson, person_id: str, on: date) -> Representation:
    powers, born_on = wanted.powers, wanted.born_on.earliest
    hours = find_region(code=_region(principal)).utc_offset_hours
    found = Representation(
        representative_id=principal.account_id,
        person_id=person_id,
        relation=wanted.relation,
        since_on=on,
        born_on=born_on,
        utc_offset_hours=hours,
        until_on=end_of_powers(rule=RELATIONS[wanted.relation], born_on=born_on, powers=powers),
        powers_number=powers.number,
        powers_issuer=powers.issuer,
        powers_issued_on=powers.issued_on,
    )
    return replace(found, next_step_at=next_look(found, on=on))


def _region(principal: Principal) -> str:
    address: Mapping[str, str] = (principal.person.address if principal.person else None) or {}
    region = address.get("region", "")
    return region if is_region(code=region) else DEFAULT_REGION


def give_up_representation(*, tools: Toolbox, principal: Principal, person_id: str, at: datetime) -> None:
    """End one's own right to act for a person; raises NotFound unless it stands."""
    require_citizen(principal)
    own = tools.store.person_file(person_id=principal.account_id)
    on = local_date(at=at, region=_region(principal))
    found = standing_representation(own, person_id=person_id, on=on)
    end_representation(tools=tools, representation=found, reason="given_up", at=at)


def represented_persons(*, tools: Toolbox, principal: Principal) -> tuple[tuple[Representation, Person], ...]:
    """List those whom the principal acts or acted for, with their profiles (1 AWS call and 1 per person)."""
    require_citizen(principal)
    own = tools.store.person_file(person_id=principal.account_id)
    found = []
    for representation in own.represented:
        person = tools.store.person_file(person_id=representation.person_id).person
        if person is not None:
            found.append((representation, person))
    return tuple(found)


def holder_file(*, tools: Toolbox, principal: Principal, person_id: str | None, at: datetime) -> PersonFile:
    """Read the principal's own folder, or that of a represented person; raises NotFound.

    A merged record leads to the main one.
    """
    if person_id is None:
        return main_file(tools=tools, file=tools.store.person_file(person_id=require_citizen(principal)))
    return represented_file(tools=tools, principal=principal, person_id=person_id, at=at)


def holder_id(*, tools: Toolbox, principal: Principal, person_id: str | None, at: datetime) -> str:
    """Return whose things are meant: one's own (0 AWS calls), or a represented person's (1); raises NotFound."""
    account_id = require_citizen(principal)
    if person_id is None:
        return account_id
    own = tools.store.person_file(person_id=account_id)
    standing_representation(own, person_id=person_id, on=local_date(at=at, region=_region(principal)))
    return person_id


def represented_file(*, tools: Toolbox, principal: Principal, person_id: str, at: datetime) -> PersonFile:
    """Read the folder of a represented person; raises NotFound unless the right to act stands (2 AWS calls)."""
    holder = holder_id(tools=tools, principal=principal, person_id=person_id, at=at)
    return main_file(tools=tools, file=tools.store.person_file(person_id=holder))
