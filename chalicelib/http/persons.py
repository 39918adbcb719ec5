"""Routes by which operators look at the persons of their insurer or region (requirements D4, O1, O2)."""

from __future__ import annotations

from chalicelib.bootstrap import container
from chalicelib.domain.correction_values import PERSON_ID
from chalicelib.http.blueprint import ApiBlueprint, Call
from chalicelib.http.schemas.corrections import (
    CandidatesOut,
    FoundPersonsOut,
    InsuredOnQuery,
    PersonCardOut,
    PersonSearchIn,
    candidate_out,
    found_person_out,
    person_card_out,
)
from chalicelib.http.schemas.insurance import InsuredOnOut, insured_on_out
from chalicelib.ports.errors import NotFound
from chalicelib.use_cases.clinic_key import DocumentKey, NameKey
from chalicelib.use_cases.duplicates import find_duplicates
from chalicelib.use_cases.find_persons import PersonKey, find_persons, view_person
from chalicelib.use_cases.insurance_on_day import insurance_on_day

blueprint = ApiBlueprint(__name__)

TAG = "persons"
OPERATORS = ("insurer_operator", "fund_operator")
ONE = "/v1/operator/persons/{person_id}"


def person_ref(text: str) -> str:
    """Refuse what cannot be the id of a person, as if it were not found: neither an account's nor a record's."""
    if PERSON_ID.fullmatch(text) is None:
        raise NotFound("Человек не найден")
    return text


@blueprint.route(
    "POST", "/v1/operator/person-searches", summary="Найти человека", tag=TAG, errors=(403, 404, 409), roles=OPERATORS
)
def search(call: Call, body: PersonSearchIn) -> FoundPersonsOut:
    """По ЕНП, СНИЛС, документу или имени с датой рождения; каждый просмотр в журнале."""
    key = PersonKey(
        policy_number=body.policy_number,
        snils=body.snils,
        document=DocumentKey(**body.document.model_dump()) if body.document else None,
        person=NameKey(**body.person.model_dump()) if body.person else None,
    )
    found = find_persons(tools=container(), principal=call.principal, key=key, at=call.at)
    return FoundPersonsOut(items=[found_person_out(case) for case in found])


@blueprint.route("GET", ONE, summary="Карточка человека", tag=TAG, errors=(403, 404, 409), roles=OPERATORS)
def card(call: Call, person_id: str) -> PersonCardOut:
    """Профиль, полисы, заявления, представитель; просмотр записывается в журнал человека."""
    return person_card_out(
        view_person(tools=container(), principal=call.principal, person_id=person_ref(person_id), at=call.at)
    )


@blueprint.route(
    "GET",
    f"{ONE}/duplicates",
    summary="Записи, похожие на эту",
    tag=TAG,
    errors=(403, 404, 409),
    roles=OPERATORS,
)
def duplicates(call: Call, person_id: str) -> CandidatesOut:
    """По СНИЛС, документу и имени с датой рождения; с баллом и всем, из чего он сложился."""
    found = find_duplicates(tools=container(), principal=call.principal, person_id=person_ref(person_id), at=call.at)
    return CandidatesOut(items=[candidate_out(candidate) for candidate in found])


@blueprint.route(
    "GET",
    f"{ONE}/insurance",
    summary="Чем застрахован человек на день, как это было известно",
    tag=TAG,
    errors=(403, 404, 409),
    roles=OPERATORS,
)
def insurance(call: Call, person_id: str, query: InsuredOnQuery) -> InsuredOnOut:
    """Исправления не меняют того, что было известно раньше."""
    found = insurance_on_day(
        tools=container(),
        principal=call.principal,
        person_id=person_ref(person_id),
        on=query.on,
        known_on=query.known_on,
        at=call.at,
    )
    return insured_on_out(found, known_on=query.known_on)
