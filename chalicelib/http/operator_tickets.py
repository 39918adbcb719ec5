"""Routes by which operators answer tickets of support (requirements L2, O1, O2)."""

from __future__ import annotations

from chalicelib.bootstrap import container
from chalicelib.http.applications import entity_id
from chalicelib.http.blueprint import ApiBlueprint, Call
from chalicelib.http.models import Page
from chalicelib.http.operators import place_of
from chalicelib.http.pagination import encode_cursor
from chalicelib.http.schemas.scans import ScanViewIn, ScanViewOut
from chalicelib.http.schemas.tickets import (
    AnswerIn,
    HandledTicketOut,
    HandOverIn,
    TicketLineOut,
    TicketsQuery,
    handled_ticket_out,
    ticket_line,
)
from chalicelib.use_cases import handle_tickets as use_cases
from chalicelib.use_cases.idempotency import request_key
from chalicelib.use_cases.scans import LINK_SECONDS
from chalicelib.use_cases.view_scans import PageView

blueprint = ApiBlueprint(__name__)

TAG = "support"
OPERATORS = ("insurer_operator", "fund_operator")
ALL = "/v1/operator/tickets"
ONE = f"{ALL}/{{ticket_id}}"


@blueprint.route("GET", ALL, summary="Обращения в поддержку: список по состоянию", tag=TAG, roles=OPERATORS)
def listed(call: Call, query: TicketsQuery) -> Page[TicketLineOut]:
    """Своей страховой организации или своего региона, сначала с ближайшим сроком; без слов заявителя."""
    found, more = use_cases.tickets_of_desk(
        tools=container(),
        principal=call.principal,
        state=query.state,
        limit=query.limit,
        after=place_of(query.cursor),
    )
    following = {"due": found[-1].due_on.isoformat(), "id": found[-1].ticket_id} if more else None
    lines = [ticket_line(ticket, by=call.principal.account_id) for ticket in found]
    return Page[TicketLineOut](items=lines, next_cursor=encode_cursor(following))


@blueprint.route("GET", f"{ONE}/details", summary="Обращение с перепиской", tag=TAG, errors=(403, 404), roles=OPERATORS)
def shown(call: Call, ticket_id: str) -> HandledTicketOut:
    """С заметками коллег; просмотр записывается в журнал заявителя."""
    file = use_cases.view_ticket(
        tools=container(), principal=call.principal, ticket_id=entity_id(ticket_id), at=call.at
    )
    return handled_ticket_out(file.ticket, file, by=call.principal.account_id)


@blueprint.route(
    "POST", f"{ONE}/assignment", summary="Взять обращение", tag=TAG, errors=(403, 404, 409), roles=OPERATORS
)
def take(call: Call, ticket_id: str) -> HandledTicketOut:
    """Дальше отвечает взявший; просроченное может взять любой."""
    taken = use_cases.take_ticket(
        tools=container(), principal=call.principal, ticket_id=entity_id(ticket_id), at=call.at
    )
    return handled_ticket_out(taken, by=call.principal.account_id)


@blueprint.route(
    "POST",
    f"{ONE}/messages",
    status=201,
    summary="Ответить заявителю или оставить заметку коллегам",
    tag=TAG,
    idempotent="optional",
    errors=(403, 404, 409),
    roles=OPERATORS,
)
def answer(call: Call, ticket_id: str, body: AnswerIn) -> HandledTicketOut:
    """Заявителю уходит письмо, на которое можно ответить. Нужно взять обращение."""
    answered = use_cases.answer_ticket(
        tools=container(),
        principal=call.principal,
        ticket_id=entity_id(ticket_id),
        text=body.text,
        internal=body.internal,
        at=call.at,
        request=request_key(call.idempotency_key, "ticket-answer", ticket_id, body.model_dump_json()),
    )
    return handled_ticket_out(answered, by=call.principal.account_id)


@blueprint.route(
    "POST", f"{ONE}/handover", summary="Передать обращение", tag=TAG, errors=(403, 404, 409), roles=OPERATORS
)
def hand_over(call: Call, ticket_id: str, body: HandOverIn) -> HandledTicketOut:
    """Коллеге или другой организации, с пояснением, которое увидят только они."""
    given = use_cases.hand_over(
        tools=container(),
        principal=call.principal,
        ticket_id=entity_id(ticket_id),
        note=body.note,
        to_other_desk=body.to_other_desk,
        at=call.at,
    )
    return handled_ticket_out(given, by=call.principal.account_id)


@blueprint.route(
    "POST", f"{ONE}/closure", summary="Закрыть обращение", tag=TAG, errors=(403, 404, 409), roles=OPERATORS
)
def settle(call: Call, ticket_id: str) -> HandledTicketOut:
    """Заявителю придёт просьба оценить ответ. Нужно взять обращение; повтор ничего не меняет."""
    closed = use_cases.settle_ticket(
        tools=container(), principal=call.principal, ticket_id=entity_id(ticket_id), at=call.at
    )
    return handled_ticket_out(closed, by=call.principal.account_id)


@blueprint.route(
    "POST",
    f"{ONE}/attachments/{{file_id}}/views",
    summary="Открыть страницу вложения",
    tag=TAG,
    errors=(403, 404, 409),
    roles=OPERATORS,
)
def attachment_view(call: Call, ticket_id: str, file_id: str, body: ScanViewIn) -> ScanViewOut:
    """Ссылка на копию с водяным знаком того, кто смотрит, действует пять минут; заявитель видит просмотр в журнале."""
    view = PageView(
        application_id=entity_id(ticket_id), scan_id=entity_id(file_id), page=body.page, degrees=body.rotate
    )
    page = use_cases.view_attachment(tools=container(), principal=call.principal, view=view, at=call.at)
    return ScanViewOut(url=page.url, expires_in=LINK_SECONDS, page=page.page, pages=page.pages)
