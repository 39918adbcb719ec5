"""Asking support: a ticket with its thread, files, the day of the answer, a rating at the end (requirement L2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chalicelib.bootstrap import container
from chalicelib.domain.application import KIND_TITLES
from chalicelib.domain.errors import FieldError, ValidationFailed
from chalicelib.domain.ticket import BEST_RATING, CATEGORIES, MAX_TEXT, TicketCategory
from chalicelib.domain.ticket_states import TICKET_STATE_TITLES, TicketState
from chalicelib.http.applications import after, cursor_of, entity_id
from chalicelib.http.schemas.tickets import ticket_out
from chalicelib.ports.queries import ApplicationFilter
from chalicelib.use_cases import tickets
from chalicelib.use_cases.idempotency import request_key
from chalicelib.use_cases.list_applications import list_applications
from chalicelib.web.answers import UNPROCESSABLE, Answer, Page, Redirect
from chalicelib.web.attempts import attempted
from chalicelib.web.blueprint import WebBlueprint
from chalicelib.web.form_fields import Field
from chalicelib.web.rendering import day, moment
from chalicelib.web.typed_words import beside, line_of, listed, words_of
from chalicelib.web.uploads import file_row, storage_origin

if TYPE_CHECKING:
    from collections.abc import Callable

    from chalicelib.domain.application import Application
    from chalicelib.domain.ticket import Ticket
    from chalicelib.http.schemas.tickets import MessageOut
    from chalicelib.ports.tickets import TicketFile
    from chalicelib.web.visits import Visit

blueprint = WebBlueprint(__name__)

SUPPORT = "/cabinet/support"
ONE = f"{SUPPORT}/{{ticket_id}}"
SECTION = "support"
PAGE = 20
_LONGEST_SUBJECT = 200
_LONGEST_COMMENT = 1000
_TITLES = {
    "category": "О чём вопрос",
    "subject": "Тема",
    "text": "Сообщение",
    "rating": "Оценка",
    "comment": "Что понравилось или нет",
}
TONES = {TicketState.OPEN: "wait", TicketState.ANSWERED: "good", TicketState.CLOSED: "quiet"}
RATINGS = ("Совсем не помогли", "Скорее не помогли", "Помогли отчасти", "Скорее помогли", "Помогли")


@blueprint.page("GET", SUPPORT)
def mine(visit: Visit) -> Answer:
    """My tickets, newest first, and the ways to ask."""
    found = tickets.list_tickets(
        tools=container(), principal=visit.principal, limit=PAGE, after=after(visit.query.get("after"))
    )
    context = {"section": SECTION, "items": [_row(one) for one in found.items], "more": cursor_of(found.after)}
    return Page(template="pages/tickets.html", context=context)


def _row(ticket: Ticket) -> dict[str, Any]:
    return {
        "address": f"{SUPPORT}/{ticket.ticket_id}",
        "subject": ticket.subject,
        "category": CATEGORIES[ticket.category].title,
        "number": ticket.number,
        "state": TICKET_STATE_TITLES[ticket.state],
        "tone": TONES[ticket.state],
        "opened": day(ticket.opened_at.date()),
        "due": day(ticket.due_on) if ticket.state is TicketState.OPEN else "",
        "may_be_rated": ticket.state is TicketState.CLOSED and ticket.rating is None,
    }


@blueprint.page("GET", f"{SUPPORT}/new")
def new(visit: Visit) -> Answer:
    """The form of a question; the address may name the application that it is about."""
    return _form(visit, ())


def _form(visit: Visit, errors: tuple[FieldError, ...]) -> Page:
    known = list_applications(
        tools=container(), principal=visit.principal, wanted=ApplicationFilter(), limit=PAGE, after=None
    )
    about = visit.form.get("application") or visit.query.get("about", "")
    context = {
        "section": SECTION,
        "category": _category(visit.form.get("category") or ("application" if about else ""), errors),
        "applications": [_choice(application) for application in known.items],
        "about": about,
        "typed": visit.form,
        "longest": MAX_TEXT,
        "errors": listed(errors, _TITLES),
        "wrong": beside(errors, _TITLES),
        "key": container().ids.new_id(at=visit.at),
    }
    return Page(template="pages/ticket_new.html", context=context, status=UNPROCESSABLE if errors else 200)


def _category(chosen: str, errors: tuple[FieldError, ...]) -> Field:
    """What the question is about, with the working days until an answer."""
    options = tuple(
        {"code": code.value, "title": f"{rule.title} (рабочих дней до ответа: {rule.answer_days})"}
        for code, rule in CATEGORIES.items()
    )
    error = next((error.message for error in errors if error.field == "category"), "")
    return Field(
        path="category",
        title=_TITLES["category"],
        type="choice",
        value=chosen,
        error=error,
        required=True,
        options=options,
    )


def _choice(application: Application) -> dict[str, str]:
    named = f" № {application.number}" if application.number else f" от {day(application.created_at.date())}"
    return {"code": application.application_id, "title": f"{KIND_TITLES[application.kind]}{named}"}


@blueprint.page("POST", SUPPORT)
def ask(visit: Visit) -> Answer:
    """Open a ticket; a form that is sent twice leads to the first one."""
    try:
        question = _question(visit)
        told = (question.category, question.subject, question.text, question.application_id or "")
        made = tickets.open_ticket(
            tools=container(),
            principal=visit.principal,
            question=question,
            at=visit.at,
            request=request_key(visit.key, "ticket", *told),
        )
    except ValidationFailed as refusal:
        return _form(visit, refusal.errors)
    return Redirect(to=f"{SUPPORT}/{made.ticket_id}?done=ticket-opened")


def _question(visit: Visit) -> tickets.Question:
    category, about = visit.form.get("category", ""), visit.form.get("application", "")
    errors: list[FieldError] = []
    if category not in set(TicketCategory):
        errors.append(FieldError(field="category", code="required", message="Выберите, о чём вопрос"))
    subject = _read(errors, "subject", lambda: line_of(visit, "subject", longest=_LONGEST_SUBJECT), "Назовите тему")
    text = _read(errors, "text", lambda: words_of(visit, "text", longest=MAX_TEXT), "Напишите сообщение")
    if errors:
        raise ValidationFailed(errors)
    application_id = entity_id(about) if about else None
    return tickets.Question(
        category=TicketCategory(category), subject=subject, text=text, application_id=application_id
    )


def _read(errors: list[FieldError], name: str, read: Callable[[], str], otherwise: str) -> str:
    try:
        found = read()
    except ValidationFailed as refusal:
        errors.extend(refusal.errors)
        return ""
    if not found:
        errors.append(FieldError(field=name, code="required", message=otherwise))
    return found


def own(visit: Visit, ticket_id: str) -> TicketFile:
    """The ticket that an address names, if it is one's own."""
    return tickets.own_ticket(tools=container(), principal=visit.principal, ticket_id=entity_id(ticket_id))


@blueprint.page("GET", ONE)
def one(visit: Visit, ticket_id: str) -> Answer:
    """The thread, the day of the answer, the files, and once it is closed its rating."""
    return _page(visit, own(visit, ticket_id))


def _page(visit: Visit, file: TicketFile, errors: tuple[FieldError, ...] = (), refusal: str = "") -> Page:
    ticket, told = file.ticket, ticket_out(file.ticket, file)
    here = f"{SUPPORT}/{ticket.ticket_id}"
    context = {
        "section": SECTION,
        "address": here,
        "ticket": told,
        "tone": TONES[ticket.state],
        "thread": [_message(message) for message in told.thread],
        "files": [file_row(scan, f"{here}/attachments") for scan in file.scans],
        "ratings": [{"code": str(n), "title": f"{n} — {text}"} for n, text in enumerate(RATINGS, start=1)],
        "typed": visit.form,
        "longest": MAX_TEXT,
        "errors": listed(errors, _TITLES),
        "wrong": beside(errors, _TITLES),
        "refusal": refusal,
        "key": container().ids.new_id(at=visit.at),
    }
    return Page(
        template="pages/ticket.html",
        context=context,
        status=UNPROCESSABLE if errors or refusal else 200,
        storage=storage_origin() if file.scans else "",
    )


def _message(message: MessageOut) -> dict[str, Any]:
    is_mine = message.by in {"person", "representative"}
    return {
        "by": "Вы" if is_mine else "Поддержка",
        "at": moment(message.at),
        "text": message.text,
        "is_mine": is_mine,
        "is_internal": False,
    }


@blueprint.page("POST", f"{ONE}/messages")
def write(visit: Visit, ticket_id: str) -> Answer:
    """Write to the thread; what is closed opens again."""

    def act() -> str:
        text = words_of(visit, "text", longest=MAX_TEXT)
        tickets.write_to_ticket(
            tools=container(),
            principal=visit.principal,
            ticket_id=entity_id(ticket_id),
            text=text,
            at=visit.at,
            request=request_key(visit.key, "ticket-message", ticket_id, text),
        )
        return "message-sent"

    return _tried(visit, ticket_id, act)


@blueprint.page("POST", f"{ONE}/closure")
def close(visit: Visit, ticket_id: str) -> Answer:
    """The question is settled."""

    def act() -> str:
        tickets.close_ticket(tools=container(), principal=visit.principal, ticket_id=entity_id(ticket_id), at=visit.at)
        return "ticket-closed"

    return _tried(visit, ticket_id, act)


@blueprint.page("POST", f"{ONE}/rating")
def rate(visit: Visit, ticket_id: str) -> Answer:
    """Say how it was answered, once it is closed."""

    def act() -> str:
        text = visit.form.get("rating", "")
        tickets.rate_ticket(
            tools=container(),
            principal=visit.principal,
            ticket_id=entity_id(ticket_id),
            rating=int(text) if text in set(map(str, range(1, BEST_RATING + 1))) else 0,
            comment=words_of(visit, "comment", longest=_LONGEST_COMMENT),
            at=visit.at,
        )
        return "rated"

    return _tried(visit, ticket_id, act)


def _tried(visit: Visit, ticket_id: str, act: Callable[[], str]) -> Answer:
    return attempted(
        lambda: f"{SUPPORT}/{ticket_id}?done={act()}",
        lambda errors, refusal: _page(visit, own(visit, ticket_id), errors, refusal),
    )
