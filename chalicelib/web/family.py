"""Children and others whom I represent: their policy, documents, journal (requirement A6)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chalicelib.bootstrap import container
from chalicelib.domain.errors import FieldError, ValidationFailed
from chalicelib.domain.person import CONSENT_TEXT, CONSENT_VERSION
from chalicelib.domain.regions import DEFAULT_REGION, local_date
from chalicelib.domain.representation import RELATIONS, Relation
from chalicelib.http.applications import after, cursor_of, entity_id
from chalicelib.http.schemas.representation import PowersIn, RepresentedIn
from chalicelib.use_cases.idempotency import request_key
from chalicelib.use_cases.ordered_documents import document_link
from chalicelib.use_cases.representations import (
    add_represented,
    give_up_representation,
    represented_file,
    represented_persons,
)
from chalicelib.use_cases.represented_consents import give_represented_consent
from chalicelib.web.answers import Answer, Page, Redirect
from chalicelib.web.blueprint import WebBlueprint
from chalicelib.web.form_fields import Field, rows
from chalicelib.web.insurance import card_of, documents_of
from chalicelib.web.records import in_words
from chalicelib.web.rendering import day

if TYPE_CHECKING:
    from collections.abc import Mapping

    from chalicelib.domain.person import Person
    from chalicelib.domain.representation import Representation
    from chalicelib.web.visits import Visit

blueprint = WebBlueprint(__name__)

FAMILY = "/cabinet/family"
ONE = f"{FAMILY}/{{person_id}}"
PAGE = 20
_DATE = "День, месяц и год, например 15.03.2020"
_FIELDS = (
    ("family_name", "Фамилия", "text", "Как в документе", True),
    ("given_name", "Имя", "text", "Как в документе", True),
    ("middle_name", "Отчество", "text", "", False),
    ("born_on", "Дата рождения", "date", _DATE, True),
    ("sex", "Пол", "choice", "", True),
    ("snils", "СНИЛС", "text", "", False),
)
_POWERS = (
    ("powers.number", "Номер документа о полномочиях", "text", "Доверенность или акт об опеке", False),
    ("powers.issuer", "Кто выдал или удостоверил", "text", "", False),
    ("powers.issued_on", "Дата выдачи", "date", _DATE, False),
    ("powers.valid_until", "Последний день срока", "date", "Пусто, если срока нет", False),
)


@blueprint.page("GET", FAMILY)
def family(visit: Visit) -> Answer:
    """Everybody whom I represent."""
    on = local_date(at=visit.at, region=DEFAULT_REGION)
    found = represented_persons(tools=container(), principal=visit.principal)
    items = [_row(right, person, is_standing=right.stands_on(on)) for right, person in found]
    return Page(template="pages/family.html", context={"section": "family", "items": items})


def _row(right: Representation, person: Person, *, is_standing: bool) -> dict[str, Any]:
    return {
        "address": f"{FAMILY}/{person.person_id}",
        "name": person.full_name,
        "relation": RELATIONS[right.relation].title,
        "born": day(person.born_on),
        "until": day(right.until_on),
        "is_standing": is_standing,
        "policy": person.policy_number or "",
    }


@blueprint.page("GET", f"{FAMILY}/new")
def new(visit: Visit) -> Answer:
    """The form of a person whom I represent."""
    visit.principal  # noqa: B018 — asks to sign in
    return _form(visit, ())


@blueprint.page("POST", FAMILY)
def add(visit: Visit) -> Answer:
    """Add a person, with the consent given on that person's behalf."""
    typed = {name: " ".join(value.split())[:300] for name, value in visit.form.items()}
    try:
        wanted = _wanted(typed)
        made = add_represented(
            tools=container(),
            principal=visit.principal,
            wanted=wanted.wanted(),
            at=visit.at,
            request=request_key(visit.key, "represent", wanted.model_dump_json()),
        )
    except ValidationFailed as refusal:
        return _form(visit, refusal.errors)
    return Redirect(to=f"{FAMILY}/{made.person_id}?done=added")


def _wanted(typed: Mapping[str, str]) -> RepresentedIn:
    errors = []
    if typed.get("relation") not in set(Relation):
        errors.append(FieldError(field="relation", code="required", message="Выберите, кем вы приходитесь"))
    if typed.get("agree") != "yes":
        errors.append(FieldError(field="agree", code="required", message="Без согласия добавить человека нельзя"))
    if errors:
        raise ValidationFailed(errors)
    own = {name: typed.get(name, "") for name, *_ in _FIELDS}
    powers = PowersIn(
        **{name.removeprefix("powers."): typed.get(name, "")[: 20 if "_" in name else 50] for name, *_ in _POWERS}
    )
    return RepresentedIn(
        relation=Relation(typed["relation"]),
        powers=powers,
        consent_version=CONSENT_VERSION,
        **{**own, "born_on": own["born_on"][:20], "snils": own["snils"][:20], "sex": own["sex"][:10]},
    )


def _form(visit: Visit, errors: tuple[FieldError, ...]) -> Page:
    wrong = {error.field: error.message for error in errors}
    context = {
        "section": "family",
        "relations": [{"code": r.value, "title": rule.title, "hint": ""} for r, rule in RELATIONS.items()],
        "relation": visit.form.get("relation", ""),
        "fields": [_field(row, visit.form, wrong) for row in _FIELDS],
        "powers": [_field(row, visit.form, wrong) for row in _POWERS],
        "wrong": wrong,
        "errors": [{"title": "", "message": error.message, "anchor": ""} for error in errors],
        "text": CONSENT_TEXT,
        "key": container().ids.new_id(at=visit.at),
    }
    return Page(template="pages/family_new.html", context=context, status=422 if errors else 200)


def _field(row: tuple[str, str, str, str, bool], typed: Mapping[str, str], wrong: Mapping[str, str]) -> Field:
    path, title, kind, hint, required = row
    return Field(
        path=path,
        title=title,
        type=kind,
        value=typed.get(path, ""),
        error=wrong.get(path, ""),
        hint=hint,
        required=required,
        options=rows("sexes") if kind == "choice" else (),
        mask={"date": "date"}.get(kind, "snils" if path == "snils" else ""),
        short=kind == "date" or path == "snils",
    )


@blueprint.page("GET", ONE)
def one(visit: Visit, person_id: str) -> Answer:
    """One person: the policy as a card, documents, what can be applied for."""
    file = represented_file(tools=container(), principal=visit.principal, person_id=entity_id(person_id), at=visit.at)
    context = {
        "section": "family",
        "person": file.person,
        "address": f"{FAMILY}/{person_id}",
        "card": card_of(file, on=local_date(at=visit.at, region=DEFAULT_REGION)),
        "documents": documents_of(file),
        "has_consent": file.person is not None and file.person.consent is not None,
        "key": container().ids.new_id(at=visit.at),
    }
    return Page(template="pages/family_one.html", context=context)


@blueprint.page("POST", f"{ONE}/consents")
def consent(visit: Visit, person_id: str) -> Answer:
    """Give the consent on that person's behalf."""
    give_represented_consent(
        tools=container(),
        principal=visit.principal,
        person_id=entity_id(person_id),
        version=CONSENT_VERSION,
        at=visit.at,
        request=request_key(visit.key, "represented-consent", person_id, CONSENT_VERSION),
    )
    return Redirect(to=f"{FAMILY}/{person_id}?done=consent-given")


@blueprint.page("POST", f"{ONE}/termination")
def stop(visit: Visit, person_id: str) -> Answer:
    """Represent that person no longer."""
    give_up_representation(tools=container(), principal=visit.principal, person_id=entity_id(person_id), at=visit.at)
    return Redirect(to=f"{FAMILY}?done=ended")


@blueprint.page("GET", f"{ONE}/activity")
def activity(visit: Visit, person_id: str) -> Answer:
    """Who did what with that person's data."""
    tools = container()
    represented_file(tools=tools, principal=visit.principal, person_id=entity_id(person_id), at=visit.at)
    found = tools.store.activity(person_id=person_id, limit=PAGE, after=after(visit.query.get("after")))
    context = {
        "section": "family",
        "items": [in_words(entry) for entry in found.items],
        "more": cursor_of(found.after),
        "address": f"{FAMILY}/{person_id}/activity",
        "back": (f"{FAMILY}/{person_id}", "К человеку"),
        "title": "Журнал действий",
    }
    return Page(template="pages/activity.html", context=context)


@blueprint.page("GET", f"{ONE}/documents/{{document_id}}")
def document(visit: Visit, person_id: str, document_id: str) -> Answer:
    """A document of that person, by a link that works for five minutes."""
    tools = container()
    file = represented_file(tools=tools, principal=visit.principal, person_id=entity_id(person_id), at=visit.at)
    return Redirect(to=document_link(tools=tools, file=file, document_id=document_id))
