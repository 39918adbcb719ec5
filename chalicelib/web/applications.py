"""Pages of applications: mine, and a new one (requirements A4, B1, B8)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.bootstrap import container
from chalicelib.domain.application import CATEGORY_TITLES, KIND_TITLES, ApplicantCategory, ApplicationKind
from chalicelib.domain.kind_rules import KIND_RULES
from chalicelib.domain.person import CONSENT_TEXT, CONSENT_VERSION
from chalicelib.http.applications import after, cursor_of, entity_id
from chalicelib.ports.queries import ApplicationFilter
from chalicelib.use_cases.demands import row_of
from chalicelib.use_cases.drafts import Wish, create_application
from chalicelib.use_cases.idempotency import request_key
from chalicelib.use_cases.list_applications import list_applications
from chalicelib.use_cases.people import give_consent, own_file
from chalicelib.use_cases.representations import represented_persons
from chalicelib.web.answers import Answer, Page, Redirect
from chalicelib.web.application_presenters import address_of, in_list
from chalicelib.web.blueprint import WebBlueprint
from chalicelib.web.steps import steps_of

if TYPE_CHECKING:
    from chalicelib.web.visits import Visit

blueprint = WebBlueprint(__name__)

PAGE = 20
LIST = "/cabinet/applications"


@blueprint.page("GET", LIST)
def list_mine(visit: Visit) -> Answer:
    """My applications, newest first."""
    found = list_applications(
        tools=container(),
        principal=visit.principal,
        wanted=ApplicationFilter(),
        limit=PAGE,
        after=after(visit.query.get("after")),
    )
    context = {"section": "applications", "items": [in_list(a) for a in found.items], "more": cursor_of(found.after)}
    return Page(template="pages/applications.html", context=context)


@blueprint.page("GET", f"{LIST}/new")
def new(visit: Visit) -> Answer:
    """Choose what to apply for and for whom; the consent comes first (requirement A4)."""
    tools, principal = container(), visit.principal
    file = own_file(tools=tools, principal=principal, at=visit.at)
    if file.person is None or file.person.consent is None:
        return _consent(visit)
    wanted = visit.query.get("kind", "")
    represented = [
        {"code": person.person_id, "title": person.full_name, "hint": ""}
        for right, person in represented_persons(tools=tools, principal=principal)
        if right.stands_on(visit.at.date())
    ]
    context = {
        "section": "applications",
        "kinds": [_kind(kind) for kind in ApplicationKind],
        "kind": wanted if wanted in set(ApplicationKind) else "",
        "persons": [{"code": "", "title": "Обо мне", "hint": file.person.full_name}, *represented],
        "person": visit.query.get("for", ""),
        "categories": [{"code": c.value, "title": CATEGORY_TITLES[c]} for c in ApplicantCategory],
        "key": tools.ids.new_id(at=visit.at),
    }
    return Page(template="pages/application_new.html", context=context)


def _kind(kind: ApplicationKind) -> dict[str, str]:
    days = KIND_RULES[kind].decision_days
    return {"code": kind.value, "title": KIND_TITLES[kind], "hint": f"Решение — до {days} рабочих дней"}


def _consent(visit: Visit) -> Page:
    context = {
        "section": "applications",
        "text": CONSENT_TEXT,
        "version": CONSENT_VERSION,
        "key": container().ids.new_id(at=visit.at),
        "back": visit.here,
    }
    return Page(template="pages/consent.html", context=context)


@blueprint.page("POST", "/cabinet/consents")
def consent(visit: Visit) -> Answer:
    """Give the consent to the text that was read."""
    version = visit.form.get("version", "")
    if visit.form.get("agree") != "yes":
        context = {**_consent(visit).context, "error": "Отметьте, что согласны: без согласия заявление не подать"}
        return Page(template="pages/consent.html", context={**context, "back": visit.form.get("back", "")}, status=422)
    give_consent(
        tools=container(),
        principal=visit.principal,
        version=version,
        at=visit.at,
        request=request_key(visit.key, "consent", version),
    )
    return Redirect(to=f"{LIST}/new?kind={_kind_of(visit.form.get('kind', ''))}&done=consent-given")


def _kind_of(text: str) -> str:
    return text if text in set(ApplicationKind) else ""


@blueprint.page("POST", LIST)
def create(visit: Visit) -> Answer:
    """Create a draft; a repeated form leads to the first one."""
    kind, category = visit.form.get("kind", ""), visit.form.get("category", "")
    person_id = visit.form.get("person") or None
    if kind not in set(ApplicationKind):
        return Redirect(to=f"{LIST}/new")
    if category not in set(ApplicantCategory):
        category = ApplicantCategory.CITIZEN_14_PLUS.value
    wish = Wish(
        kind=ApplicationKind(kind),
        category=ApplicantCategory(category),
        person_id=entity_id(person_id) if person_id else None,
    )
    application = create_application(
        tools=container(),
        principal=visit.principal,
        wish=wish,
        at=visit.at,
        request=request_key(visit.key, "create", kind, category, person_id or ""),
    )
    return Redirect(to=f"{address_of(application)}/{steps_of(row_of(application, at=visit.at))[0].name}")
