"""Routes of support for who asks (requirement L2)."""

from __future__ import annotations

from chalicelib.bootstrap import container
from chalicelib.http.applications import after, cursor_of, entity_id
from chalicelib.http.blueprint import ApiBlueprint, Call, Reply
from chalicelib.http.models import Page, PageQuery
from chalicelib.http.schemas.applications import LinkOut
from chalicelib.http.schemas.scans import ScanOrderOut, ScanOut, scan_out, upload_out
from chalicelib.http.schemas.tickets import FileIn, MessageIn, RatingIn, TicketIn, TicketOut, ticket_out
from chalicelib.use_cases import tickets as use_cases
from chalicelib.use_cases.idempotency import request_key
from chalicelib.use_cases.scans import LINK_SECONDS

blueprint = ApiBlueprint(__name__)

TAG = "support"
CITIZEN = ("citizen",)
ALL = "/v1/tickets"
ONE = f"{ALL}/{{ticket_id}}"


@blueprint.route(
    "POST",
    ALL,
    status=201,
    summary="Обратиться в поддержку",
    tag=TAG,
    idempotent="optional",
    errors=(404, 409),
    roles=CITIZEN,
)
def open_ticket(call: Call, body: TicketIn) -> Reply[TicketOut]:
    """В ответе номер и срок ответа; вопрос о заявлении попадёт тем, кто его рассматривает."""
    question = use_cases.Question(
        category=body.category,
        subject=body.subject,
        text=body.text,
        application_id=entity_id(body.application_id) if body.application_id else None,
    )
    ticket = use_cases.open_ticket(
        tools=container(),
        principal=call.principal,
        question=question,
        at=call.at,
        request=request_key(call.idempotency_key, "ticket", body.model_dump_json()),
    )
    return Reply(ticket_out(ticket), location=f"{ALL}/{ticket.ticket_id}")


@blueprint.route("GET", ALL, summary="Мои обращения", tag=TAG, roles=CITIZEN)
def tickets(call: Call, query: PageQuery) -> Page[TicketOut]:
    """Сначала новые, без переписки."""
    found = use_cases.list_tickets(
        tools=container(), principal=call.principal, limit=query.limit, after=after(query.cursor)
    )
    return Page[TicketOut](items=[ticket_out(one) for one in found.items], next_cursor=cursor_of(found.after))


@blueprint.route("GET", f"{ONE}/details", summary="Обращение с перепиской", tag=TAG, errors=(404,), roles=CITIZEN)
def ticket(call: Call, ticket_id: str) -> TicketOut:
    """Сообщения по порядку, вложения с тем, что показала их проверка."""
    file = use_cases.own_ticket(tools=container(), principal=call.principal, ticket_id=entity_id(ticket_id))
    return ticket_out(file.ticket, file)


@blueprint.route(
    "POST",
    f"{ONE}/messages",
    status=201,
    summary="Написать в обращение",
    tag=TAG,
    idempotent="optional",
    errors=(404, 409),
    roles=CITIZEN,
)
def write(call: Call, ticket_id: str, body: MessageIn) -> TicketOut:
    """Закрытое открывается снова, если закрыто не больше 30 дней назад."""
    changed = use_cases.write_to_ticket(
        tools=container(),
        principal=call.principal,
        ticket_id=entity_id(ticket_id),
        text=body.text,
        at=call.at,
        request=request_key(call.idempotency_key, "ticket-message", ticket_id, body.text),
    )
    return ticket_out(changed)


@blueprint.route("POST", f"{ONE}/closure", summary="Закрыть обращение", tag=TAG, errors=(404, 409), roles=CITIZEN)
def close(call: Call, ticket_id: str) -> TicketOut:
    """Если ответ получен; повтор ничего не меняет."""
    closed = use_cases.close_ticket(
        tools=container(), principal=call.principal, ticket_id=entity_id(ticket_id), at=call.at
    )
    return ticket_out(closed)


@blueprint.route("POST", f"{ONE}/rating", summary="Оценить ответ", tag=TAG, errors=(404, 409), roles=CITIZEN)
def rate(call: Call, ticket_id: str, body: RatingIn) -> TicketOut:
    """Когда обращение закрыто: от 1 до 5, с пояснением или без него."""
    rated = use_cases.rate_ticket(
        tools=container(),
        principal=call.principal,
        ticket_id=entity_id(ticket_id),
        rating=body.rating,
        comment=body.comment,
        at=call.at,
    )
    return ticket_out(rated)


@blueprint.route(
    "POST",
    f"{ONE}/attachments",
    status=201,
    summary="Получить разрешение загрузить вложение",
    tag=TAG,
    idempotent="optional",
    errors=(404, 409),
    roles=CITIZEN,
)
def order_attachment(call: Call, ticket_id: str, body: FileIn) -> ScanOrderOut:
    """Файл отправляется прямо в хранилище и проверяется, как скан-копии заявлений: PDF, JPG, PNG или HEIC, до 5 МБ."""
    scan, form = use_cases.order_attachment(
        tools=container(),
        principal=call.principal,
        ticket_id=entity_id(ticket_id),
        media_type=body.media_type,
        at=call.at,
        request=request_key(call.idempotency_key, "ticket-attachment", ticket_id, body.media_type),
    )
    return ScanOrderOut(scan=scan_out(scan), upload=upload_out(form))


@blueprint.route(
    "GET",
    f"{ONE}/attachments/{{file_id}}/details",
    summary="Что показала проверка вложения",
    tag=TAG,
    errors=(404,),
    roles=CITIZEN,
)
def attachment(call: Call, ticket_id: str, file_id: str) -> ScanOut:
    """Принято или отклонено, с названием недостатка."""
    found = use_cases.own_attachment(
        tools=container(), principal=call.principal, ticket_id=entity_id(ticket_id), scan_id=entity_id(file_id)
    )
    return scan_out(found)


@blueprint.route(
    "GET",
    f"{ONE}/attachments/{{file_id}}/preview",
    summary="Ссылка на просмотр вложения",
    tag=TAG,
    errors=(404,),
    roles=CITIZEN,
)
def preview(call: Call, ticket_id: str, file_id: str) -> LinkOut:
    """Ссылка действует пять минут."""
    url = use_cases.attachment_preview(
        tools=container(), principal=call.principal, ticket_id=entity_id(ticket_id), scan_id=entity_id(file_id)
    )
    return LinkOut(url=url, expires_in=LINK_SECONDS)
