"""Operators look a person up, see everything that is kept, and records that may be of the same person (D4, O1, O2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chalicelib.bootstrap import container
from chalicelib.domain.application import KIND_TITLES
from chalicelib.domain.application_states import STATE_TITLES
from chalicelib.domain.corrections import CorrectionKind
from chalicelib.domain.duplicates import LIKENESS_TITLES
from chalicelib.domain.errors import ValidationFailed
from chalicelib.domain.policy import POLICY_STATE_TITLES
from chalicelib.domain.principal import Role
from chalicelib.domain.regions import DEFAULT_REGION, local_date
from chalicelib.http.persons import person_ref
from chalicelib.use_cases.access import require_role
from chalicelib.use_cases.duplicates import find_duplicates
from chalicelib.use_cases.find_persons import PersonKey, find_persons, view_person
from chalicelib.web.answers import UNPROCESSABLE, Answer, Page
from chalicelib.web.blueprint import WebBlueprint
from chalicelib.web.rendering import day, moment, policy_number, snils
from chalicelib.web.typed_keys import question_of

if TYPE_CHECKING:
    from chalicelib.domain.person import Person
    from chalicelib.domain.policy import Policy
    from chalicelib.use_cases.correction_case import Case
    from chalicelib.web.visits import Visit

blueprint = WebBlueprint(__name__)

PERSONS = "/operator/persons"
ONE = f"{PERSONS}/{{person_id}}"
_LONGEST_KEY = 200


@blueprint.page("GET", PERSONS)
def search(visit: Visit) -> Answer:
    """Where a number or a name is typed; what is found comes by POST, so that no address holds it."""
    _operator(visit)
    return _search_page(visit, None)


@blueprint.page("POST", PERSONS)
def found(visit: Visit) -> Answer:
    """The persons of one's insurer or region to whom the key leads; each look is noted."""
    _operator(visit)
    try:
        on = local_date(at=visit.at, region=DEFAULT_REGION)
        asked = question_of(visit.form.get("key", "")[:_LONGEST_KEY], kind="", on=on)
        key = PersonKey(
            policy_number=asked.policy_number, snils=asked.snils, document=asked.document, person=asked.person
        )
        cases = find_persons(tools=container(), principal=visit.principal, key=key, at=visit.at)
    except ValidationFailed as refusal:
        return _search_page(visit, None, error="; ".join(error.message for error in refusal.errors))
    return _search_page(visit, [_row(case.person) for case in cases])


def _operator(visit: Visit) -> None:
    require_role(visit.principal, Role.INSURER_OPERATOR, Role.FUND_OPERATOR)


def _search_page(visit: Visit, rows: list[dict[str, Any]] | None, error: str = "") -> Page:
    context = {"section": "persons", "rows": rows, "error": error, "typed": visit.form.get("key", "") if error else ""}
    return Page(template="pages/persons.html", context=context, status=UNPROCESSABLE if error else 200)


def _row(person: Person) -> dict[str, Any]:
    return {
        "id": person.person_id,
        "name": person.full_name,
        "born": day(person.born_on),
        "number": policy_number(person.policy_number or ""),
        "note": "Объединена с другой" if person.merged else "Человек умер" if person.death else "",
    }


@blueprint.page("GET", ONE)
def card(visit: Visit, person_id: str) -> Answer:
    """Profile, policies, applications; the look is noted in the journal of the person."""
    case = view_person(tools=container(), principal=visit.principal, person_id=person_ref(person_id), at=visit.at)
    context = {
        "section": "persons",
        "person": _row(case.person),
        "rows": _profile(case),
        "policies": [_policy(policy) for policy in case.file.policies],
        "applications": [
            {
                "id": application.application_id,
                "title": KIND_TITLES[application.kind],
                "state": STATE_TITLES[application.state],
                "number": application.number or "",
                "at": moment(application.submitted_at) if application.submitted_at else "",
            }
            for application in case.applications
        ],
    }
    return Page(template="pages/person.html", context=context)


def _profile(case: Case) -> list[tuple[str, str]]:
    person = case.person
    return [
        ("Дата рождения", day(person.born_on)),
        ("СНИЛС", snils(person.snils or "")),
        ("ЕНП", policy_number(person.policy_number or "")),
        ("Регион", case.place.region),
        ("Код страховой организации", case.place.insurer_code),
        ("Дата смерти", day(person.death.died_on) if person.death else ""),
        ("Объединена с записью", person.merged.into if person.merged else ""),
        ("Сюда объединены", ", ".join(person.merged_from)),
    ]


def _policy(policy: Policy) -> dict[str, Any]:
    periods = [f"{period.insurer_code} с {day(period.insured_from)}" for period in policy.periods]
    return {
        "number": policy_number(policy.policy_number),
        "state": POLICY_STATE_TITLES[policy.state],
        "since": day(policy.valid_from),
        "periods": "; ".join(periods),
    }


@blueprint.page("GET", f"{ONE}/duplicates")
def duplicates(visit: Visit, person_id: str) -> Answer:
    """Records that may be of the same person, the likeliest first, with what speaks for it and against."""
    candidates = find_duplicates(
        tools=container(), principal=visit.principal, person_id=person_ref(person_id), at=visit.at
    )
    context = {
        "section": "persons",
        "person_id": person_id,
        "merging": CorrectionKind.PERSONS_MERGED.value,
        "may_merge": visit.principal.has_role(Role.FUND_OPERATOR),
        "rows": [
            {
                **_row(candidate.person),
                "likeness": LIKENESS_TITLES[candidate.comparison.likeness],
                "score": candidate.comparison.score,
                "signals": [(found.title, found.weight) for found in candidate.comparison.signals],
            }
            for candidate in candidates
        ],
    }
    return Page(template="pages/duplicates.html", context=context)
