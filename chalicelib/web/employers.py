"""For an employer: the organisation that one acts for, requests about its staff, lists, progress, files (K2)."""

from __future__ import annotations

from dataclasses import asdict, fields
from typing import TYPE_CHECKING

from chalicelib.bootstrap import container
from chalicelib.domain.asked_period import PeriodWish
from chalicelib.domain.birth_date import read_date
from chalicelib.domain.employee_consent import ConsentState
from chalicelib.domain.employer import EmployerDetails, EmployerState
from chalicelib.domain.errors import FieldError, InvalidValue, RuleRefused, StateConflict, ValidationFailed
from chalicelib.http.applications import after, cursor_of, entity_id
from chalicelib.http.schemas.employers import consent_out, consents_out
from chalicelib.use_cases.employee_consents import decide_employee_consent, list_consents
from chalicelib.use_cases.employer_requests import (
    RequestWish,
    WhichRequest,
    create_request,
    file_link,
    find_request,
    list_requests,
    order_list,
    refresh_request,
)
from chalicelib.use_cases.employers import find_employer, list_employers, register_employer
from chalicelib.use_cases.idempotency import request_key
from chalicelib.web.answers import UNPROCESSABLE, Answer, Data, Page, Redirect
from chalicelib.web.blueprint import WebBlueprint
from chalicelib.web.employer_presenters import (
    DETAILS,
    EMPLOYERS,
    ON_THE_FORM,
    OUTPUTS,
    TYPES,
    employer_row,
    fields_of,
    request_page,
    request_row,
)
from chalicelib.web.rendering import address
from chalicelib.web.typed_words import beside, line_of, listed, named, refusal_text
from chalicelib.web.uploads import origin_of, storage_origin

if TYPE_CHECKING:
    from datetime import date

    from chalicelib.domain.employer_request import OutputFile
    from chalicelib.web.visits import Visit

blueprint = WebBlueprint(__name__)

EMPLOYER = f"{EMPLOYERS}/{{employer_id}}"
REQUEST = f"{EMPLOYER}/requests/{{request_id}}"
CONSENTS = "/cabinet/employer-consents"
SECTION = "home"
PAGE = 20
_PERIOD = {"from_on": "Первый день", "to_on": "Последний день", "outputs": "Какие файлы подготовить"}
_GIVEN = tuple(field.name for field in fields(EmployerDetails))
_DECISIONS = frozenset({ConsentState.GIVEN, ConsentState.REFUSED, ConsentState.REVOKED})


@blueprint.page("GET", EMPLOYERS)
def employers(visit: Visit) -> Answer:
    """The organisations that I act for, with what the register said."""
    found = list_employers(tools=container(), principal=visit.principal)
    context = {"section": SECTION, "items": [employer_row(one) for one in found]}
    return Page(template="pages/employers.html", context=context)


@blueprint.page("GET", f"{EMPLOYERS}/new")
def new(visit: Visit) -> Answer:
    """The form of an organisation; after a refusal it holds what was typed before."""
    like = visit.query.get("like", "")
    if like:
        known = find_employer(tools=container(), principal=visit.principal, employer_id=entity_id(like))
        return _form(visit, {ON_THE_FORM.get(name, name): value for name, value in asdict(known.details).items()})
    visit.principal  # noqa: B018 — asks to sign in
    return _form(visit, {})


def _form(visit: Visit, typed: dict[str, str], errors: tuple[FieldError, ...] = (), refusal: str = "") -> Page:
    titles = {name: title for name, (title, _, _) in DETAILS.items()}
    context = {
        "section": SECTION,
        "fields": fields_of(typed, beside(errors, titles)),
        "errors": listed(errors, titles),
        "refusal": refusal,
        "key": container().ids.new_id(at=visit.at),
    }
    status = UNPROCESSABLE if errors or refusal else 200
    return Page(template="pages/employer_new.html", context=context, status=status)


@blueprint.page("POST", EMPLOYERS)
def register(visit: Visit) -> Answer:
    """Register it; the register is asked within seconds. A form that is sent twice leads to the first one."""
    typed = {name: visit.form.get(name, "").strip() for name in DETAILS}
    try:
        given = {name: line_of(visit, ON_THE_FORM.get(name, name), longest=200) for name in _GIVEN}
        details = EmployerDetails(**given)
        made = register_employer(
            tools=container(),
            principal=visit.principal,
            details=details,
            at=visit.at,
            request=request_key(visit.key, "employer", *typed.values()),
        )
    except ValidationFailed as refusal:
        return _form(visit, typed, named(refusal.errors, ON_THE_FORM))
    except RuleRefused as refusal:
        return _form(visit, typed, refusal=refusal.detail)
    return Redirect(to=f"{EMPLOYERS}/{made.employer_id}?done=employer-added")


@blueprint.page("GET", EMPLOYER)
def employer(visit: Visit, employer_id: str) -> Answer:
    """Whether it is confirmed, what to mend if not; its requests, and the form of another."""
    return _employer(visit, employer_id)


def _employer(visit: Visit, employer_id: str, errors: tuple[FieldError, ...] = ()) -> Page:
    tools, wanted = container(), entity_id(employer_id)
    known = find_employer(tools=tools, principal=visit.principal, employer_id=wanted)
    cursor = after(visit.query.get("after"))
    found = list_requests(tools=tools, principal=visit.principal, employer_id=wanted, limit=PAGE, after=cursor)
    context = {
        "section": SECTION,
        **employer_row(known),
        "is_pending": known.state is EmployerState.PENDING,
        "is_confirmed": known.state is EmployerState.CONFIRMED,
        "like": f"{EMPLOYERS}/new?like={known.employer_id}",
        "requests": [request_row(one, at=visit.at) for one in found.items],
        "more": cursor_of(found.after),
        "outputs": [{"code": code.value, "title": title} for code, title in OUTPUTS.items()],
        "chosen": visit.choices.get("outputs") or ["pdf", "xlsx", "json"],
        "typed": visit.form,
        "errors": listed(errors, _PERIOD),
        "wrong": beside(errors, _PERIOD),
        "key": tools.ids.new_id(at=visit.at),
    }
    return Page(template="pages/employer.html", context=context, status=UNPROCESSABLE if errors else 200)


@blueprint.page("POST", f"{EMPLOYER}/requests")
def make_request(visit: Visit, employer_id: str) -> Answer:
    """Ask about a day or some days; a form that is sent twice leads to the first request."""
    try:
        wish = RequestWish(employer_id=entity_id(employer_id), period=_period(visit), outputs=_outputs(visit))
        told = (visit.form.get("from_on", ""), visit.form.get("to_on", ""), *wish.outputs)
        made = create_request(
            tools=container(),
            principal=visit.principal,
            wish=wish,
            at=visit.at,
            request=request_key(visit.key, "employer-request", employer_id, *told),
        )
    except ValidationFailed as refusal:
        return _employer(visit, employer_id, tuple(_of_the_form(error) for error in refusal.errors))
    return Redirect(to=f"{EMPLOYERS}/{employer_id}/requests/{made.request_id}?done=request-made")


def _of_the_form(error: FieldError) -> FieldError:
    """The form has two days, of which the second may be left empty; the use case knows more ways to ask."""
    field = error.field if error.field in _PERIOD else "from_on"
    return FieldError(field=field, code=error.code, message=error.message)


def _period(visit: Visit) -> PeriodWish:
    errors: list[FieldError] = []
    first, last = _day(visit, "from_on", errors), _day(visit, "to_on", errors)
    if first is None and not errors:
        errors.append(FieldError(field="from_on", code="required", message="Укажите день"))
    if not visit.choices.get("outputs"):
        errors.append(FieldError(field="outputs", code="required", message="Выберите хотя бы один файл"))
    if errors:
        raise ValidationFailed(errors)
    return PeriodWish(day=first) if last is None else PeriodWish(from_on=first, to_on=last)


def _day(visit: Visit, name: str, errors: list[FieldError]) -> date | None:
    text = visit.form.get(name, "").strip()
    try:
        return read_date(text=text) if text else None
    except InvalidValue as refusal:
        errors.append(FieldError(field=name, code=refusal.reason, message=refusal.detail))
        return None


def _outputs(visit: Visit) -> tuple[OutputFile, ...]:
    return tuple(code for code in OUTPUTS if code.value in visit.choices.get("outputs", []))


def _which(employer_id: str, request_id: str) -> WhichRequest:
    return WhichRequest(employer_id=entity_id(employer_id), request_id=entity_id(request_id))


@blueprint.page("GET", REQUEST)
def request(visit: Visit, employer_id: str, request_id: str) -> Answer:
    """How far it is, what came of the rows, what can be downloaded, and where a list is sent."""
    return _request(visit, _which(employer_id, request_id))


def _request(visit: Visit, which: WhichRequest, refusal: str = "") -> Page:
    found = find_request(tools=container(), principal=visit.principal, which=which)
    context = {
        "section": SECTION,
        **request_page(found, at=visit.at, just_sent=visit.query.get("uploaded", "")),
        "types": TYPES,
        "refusal": refusal,
        "key": container().ids.new_id(at=visit.at),
    }
    status = UNPROCESSABLE if refusal else 200
    return Page(template="pages/employer_request.html", context=context, status=status, storage=storage_origin())


@blueprint.page("POST", f"{REQUEST}/lists")
def order(visit: Visit, employer_id: str, request_id: str) -> Answer:
    """Permit the upload of a list straight to the storage."""
    which, media_type = _which(employer_id, request_id), visit.form.get("media_type", "")
    here = f"{EMPLOYERS}/{which.employer_id}/requests/{which.request_id}"
    try:
        ordered, form = order_list(
            tools=container(),
            principal=visit.principal,
            which=which,
            media_type=media_type,
            at=visit.at,
            back_to="" if visit.wants_json else f"{container().public_base_url}{here}?uploaded=",
            request=request_key(visit.key, "staff-list", employer_id, request_id, media_type),
        )
    except (ValidationFailed, RuleRefused, StateConflict) as refusal:
        if visit.wants_json:
            raise
        return _request(visit, which, _said(refusal))
    if visit.wants_json:
        last = ordered.lists[-1].list_id
        return Data(body={"scan": last, "url": form.url, "fields": dict(form.fields), "limit": form.max_bytes})
    context = {
        "section": SECTION,
        "folder": {"title": f"Список сотрудников: {TYPES[media_type]}", "path": here},
        "accept": f"{media_type},.{'csv' if media_type.endswith('csv') else 'xlsx'}",
        "upload": form,
        "most": form.max_bytes // (1024 * 1024),
        "back": address(here),
    }
    return Page(template="pages/upload.html", context=context, storage=origin_of(form.url))


def _said(refusal: ValidationFailed | RuleRefused | StateConflict) -> str:
    return refusal.detail if isinstance(refusal, StateConflict) else refusal_text(refusal)


@blueprint.page("POST", f"{REQUEST}/refresh")
def refresh(visit: Visit, employer_id: str, request_id: str) -> Answer:
    """Look at every row anew: employees may have answered."""
    which = _which(employer_id, request_id)
    try:
        refresh_request(tools=container(), principal=visit.principal, which=which, at=visit.at)
    except (RuleRefused, StateConflict) as refusal:
        return _request(visit, which, refusal.detail)
    return Redirect(to=f"{EMPLOYERS}/{which.employer_id}/requests/{which.request_id}?done=refreshed")


@blueprint.page("GET", f"{REQUEST}/files/{{name}}")
def file(visit: Visit, employer_id: str, request_id: str, name: str) -> Answer:
    """A file of the request, by a link that works for five minutes."""
    which = _which(employer_id, request_id)
    return Redirect(to=file_link(tools=container(), principal=visit.principal, which=which, name=name, at=visit.at))


@blueprint.page("GET", CONSENTS)
def consents(visit: Visit) -> Answer:
    """Which employers asked about me, and what each may know."""
    found = list_consents(tools=container(), principal=visit.principal)
    context = {"section": "profile", "told": consents_out([consent_out(one) for one in found]), "address": CONSENTS}
    return Page(template="pages/employer_consents.html", context=context)


@blueprint.page("POST", f"{CONSENTS}/{{organisation_id}}")
def decide(visit: Visit, organisation_id: str) -> Answer:
    """Allow or forbid; one may change the mind at any time."""
    state = visit.form.get("state", "")
    if state not in _DECISIONS:
        return Redirect(to=CONSENTS)
    decided = decide_employee_consent(
        tools=container(),
        principal=visit.principal,
        organisation_id=entity_id(organisation_id),
        state=ConsentState(state),
        at=visit.at,
    )
    return Redirect(to=f"{CONSENTS}?done={'allowed' if decided.state is ConsentState.GIVEN else 'forbidden'}")
