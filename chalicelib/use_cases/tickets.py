"""Asking support: tickets opened, written to, closed, rated; attachments through the checks of scans (L2, C1-C4)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from chalicelib.domain.errors import FieldError, RuleRefused, ValidationFailed
from chalicelib.domain.numbers import SERIAL_LIMIT, Series, series_number
from chalicelib.domain.regions import DEFAULT_REGION, is_region, local_date
from chalicelib.domain.scan import Scan, ScanState
from chalicelib.domain.supporting_documents import DocumentKind
from chalicelib.domain.ticket import (
    BEST_RATING,
    MAX_ATTACHMENTS,
    Source,
    Ticket,
    TicketCategory,
    TicketNumber,
    answer_due,
    check_question,
    desks_of,
    written,
)
from chalicelib.domain.ticket_states import TicketEvent, TicketState, ticket_rule
from chalicelib.ports.errors import NotFound
from chalicelib.use_cases import idempotency
from chalicelib.use_cases.access import actor_of, own, require_citizen
from chalicelib.use_cases.demands import region_of
from chalicelib.use_cases.journal import record
from chalicelib.use_cases.scans import LINK_SECONDS, awaited_scan, check_media_type, upload_form
from chalicelib.use_cases.ticket_steps import add_ticket_step, keep_ticket, tell_ticket, ticket_details
from chalicelib.use_cases.turns import in_turn, take_turn

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.domain.application import Application
    from chalicelib.domain.principal import Principal
    from chalicelib.ports.files import UploadForm
    from chalicelib.ports.queries import Slice
    from chalicelib.ports.tickets import TicketFile
    from chalicelib.ports.toolbox import Toolbox


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked, and the application that it is about, if any."""

    category: TicketCategory
    subject: str
    text: str
    application_id: str | None = None


def open_ticket(
    *,
    tools: Toolbox,
    principal: Principal,
    question: Question,
    at: datetime,
    request: idempotency.RequestKey | None = None,
) -> Ticket:
    """Open a ticket at the desk of its category (2 AWS calls, 3 about an application).

    Raises:
        NotFound: the application is not the person's.
        ValidationFailed: subject or text say nothing.
        AlreadyExists: the number that was drawn is taken: ask again.
    """
    require_citizen(principal)
    return idempotency.once(
        request=request,
        principal=principal,
        tools=tools,
        create=lambda: _open(tools, principal, question, request, at),
        recall=lambda ticket_id: own_ticket(tools=tools, principal=principal, ticket_id=ticket_id).ticket,
    )


def _open(
    tools: Toolbox, principal: Principal, question: Question, request: idempotency.RequestKey | None, at: datetime
) -> Ticket:
    about = _application(tools, principal, question.application_id)
    ticket = _begun(tools, principal, question, about, at)
    work, actor = tools.store.work(at=at), actor_of(principal, acts_for=ticket.person_id)
    ticket, message = written(ticket=ticket, text=question.text, author=actor, source=Source.CABINET, at=at)
    name, details = "ticket_opened", ticket_details(ticket)
    ticket = record(ticket, work=work, tools=tools, name=name, at=at, actor=actor, details=details)
    work.create(ticket)
    work.create(message)
    number_hash = tools.secrets.lookup_hash(kind="ticket", value=ticket.number)
    work.create(TicketNumber(number_hash=number_hash, ticket_id=ticket.ticket_id))
    tell_ticket(work=work, tools=tools, kind=name, ticket=ticket, at=at)
    result = ticket.ticket_id
    idempotency.remember(work=work, request=request, principal=principal, result=result, tools=tools, at=at)
    work.commit()
    return ticket


def _application(tools: Toolbox, principal: Principal, application_id: str | None) -> Application | None:
    if application_id is None:
        return None
    return own(tools.store.application_file(application_id=application_id), principal)


def _begun(tools: Toolbox, principal: Principal, question: Question, about: Application | None, at: datetime) -> Ticket:
    address = principal.person.address if principal.person else None
    home = (address or {}).get("region", "")
    region = region_of(about.form) if about else home if is_region(code=home) else DEFAULT_REGION
    insurer = about.section("insurer").get("code", "") if about else ""
    desk, other = desks_of(category=question.category, insurer_code=insurer, region=region)
    serial, day = tools.ids.below(SERIAL_LIMIT), local_date(at=at, region=region)
    return Ticket(
        ticket_id=tools.ids.new_id(at=at),
        person_id=about.person_id if about else principal.account_id,
        account_id=principal.account_id,
        number=series_number(series=Series.TICKET, serial_or_random=serial, on=day),
        category=question.category,
        subject=check_question(subject=question.subject, text=question.text),
        desk=desk,
        other_desk=other,
        region=region,
        state=TicketState.OPEN,
        opened_at=at,
        updated_at=at,
        due_on=answer_due(category=question.category, region=region, at=at),
        application_id=about.application_id if about else "",
        application_number=(about.number or "") if about else "",
    )


def own_ticket(*, tools: Toolbox, principal: Principal, ticket_id: str) -> TicketFile:
    """Read a ticket of one's own with what the person may see of its thread (1 AWS call); raises NotFound."""
    require_citizen(principal)
    file = tools.store.ticket_file(ticket_id=ticket_id)
    if file.ticket.account_id != principal.account_id:
        raise NotFound("Обращение не найдено")
    return replace(file, messages=tuple(message for message in file.messages if not message.internal))


def list_tickets(*, tools: Toolbox, principal: Principal, limit: int, after: str | None) -> Slice[Ticket]:
    """List one's own tickets, newest first (1 AWS call)."""
    return tools.store.tickets_of(account_id=require_citizen(principal), limit=limit, after=after)


def write_to_ticket(
    *,
    tools: Toolbox,
    principal: Principal,
    ticket_id: str,
    text: str,
    at: datetime,
    request: idempotency.RequestKey | None = None,
) -> Ticket:
    """Write to a ticket; a closed one is open again within 30 days (2 AWS calls).

    Raises:
        NotFound: there is no such ticket of this person's.
        StateConflict: it was closed too long ago, or the thread is too long.
        ValidationFailed: nothing is written.
    """

    def write() -> Ticket:
        ticket = own_ticket(tools=tools, principal=principal, ticket_id=ticket_id).ticket
        work, actor = tools.store.work(at=at), actor_of(principal, acts_for=ticket.person_id)
        ticket, message = written(ticket=ticket, text=text, author=actor, source=Source.CABINET, at=at)
        event = writing_event(ticket)
        ticket = add_ticket_step(work=work, tools=tools, ticket=ticket, event=event, actor=actor, at=at)
        work.create(message)
        idempotency.remember(work=work, request=request, principal=principal, result=ticket_id, tools=tools, at=at)
        return keep_ticket(work=work, ticket=ticket)

    return idempotency.once(
        request=request,
        principal=principal,
        tools=tools,
        create=write,
        recall=lambda _: own_ticket(tools=tools, principal=principal, ticket_id=ticket_id).ticket,
    )


def writing_event(ticket: Ticket) -> TicketEvent:
    """The arrow that the person's message follows."""
    return TicketEvent.REOPEN if ticket.state is TicketState.CLOSED else TicketEvent.WRITE


def close_ticket(*, tools: Toolbox, principal: Principal, ticket_id: str, at: datetime) -> Ticket:
    """Close one's own ticket; closing it again changes nothing (2 AWS calls). Raises NotFound."""
    ticket = own_ticket(tools=tools, principal=principal, ticket_id=ticket_id).ticket
    if ticket.state is TicketState.CLOSED:
        return ticket
    work, actor = tools.store.work(at=at), actor_of(principal, acts_for=ticket.person_id)
    closed = add_ticket_step(work=work, tools=tools, ticket=ticket, event=TicketEvent.CLOSE, actor=actor, at=at)
    return keep_ticket(work=work, ticket=closed)


def rate_ticket(
    *, tools: Toolbox, principal: Principal, ticket_id: str, rating: int, comment: str, at: datetime
) -> Ticket:
    """Rate how a closed ticket was answered, 1 to 5; another rating takes the place of the first (2 AWS calls).

    Raises:
        NotFound: there is no such ticket of this person's.
        StateConflict: it is not closed.
        ValidationFailed: there is no such rating.
    """
    ticket = own_ticket(tools=tools, principal=principal, ticket_id=ticket_id).ticket
    if not 1 <= rating <= BEST_RATING:
        message = f"Поставьте оценку от 1 до {BEST_RATING}"
        raise ValidationFailed([FieldError(field="rating", code="out_of_range", message=message)])
    if (ticket.rating, ticket.comment) == (rating, comment.strip()):
        return ticket
    work, actor = tools.store.work(at=at), actor_of(principal, acts_for=ticket.person_id)
    rated = add_ticket_step(work=work, tools=tools, ticket=ticket, event=TicketEvent.RATE, actor=actor, at=at)
    return keep_ticket(work=work, ticket=replace(rated, rating=rating, comment=comment.strip()))


def order_attachment(
    *,
    tools: Toolbox,
    principal: Principal,
    ticket_id: str,
    media_type: str,
    at: datetime,
    back_to: str = "",
    request: idempotency.RequestKey | None = None,
) -> tuple[Scan, UploadForm]:
    """Permit one upload to a ticket straight to the storage (2 AWS calls); a repeated key awaits no second file.

    The storage then sends a browser to ``back_to``, with the id of the file at its end.

    Raises:
        NotFound: there is no such ticket of this person's.
        StateConflict: it is closed.
        ValidationFailed: the media type is not accepted.
        RuleRefused: too many attachments.
    """
    check_media_type(media_type)

    def awaited() -> Scan:
        file = own_ticket(tools=tools, principal=principal, ticket_id=ticket_id)
        ticket_rule(state=file.ticket.state, event=TicketEvent.WRITE)
        if len(file.scans) >= MAX_ATTACHMENTS:
            raise RuleRefused("too_many_scans", f"В обращении уже {MAX_ATTACHMENTS} вложений: больше добавить нельзя")
        scan = new_attachment(tools=tools, ticket=file.ticket, media_type=media_type, at=at)
        work = tools.store.work(at=at)
        take_turn(work=work, name="scans", folder=ticket_id, seen=[one.scan_id for one in file.scans])
        work.create(scan)
        idempotency.remember(work=work, request=request, principal=principal, result=scan.scan_id, tools=tools, at=at)
        work.commit()
        return scan

    scan = idempotency.once(
        request=request,
        principal=principal,
        tools=tools,
        create=lambda: in_turn(awaited),
        recall=lambda scan_id: own_attachment(tools=tools, principal=principal, ticket_id=ticket_id, scan_id=scan_id),
    )
    return scan, upload_form(tools=tools, scan=scan, back_to=back_to)


def new_attachment(*, tools: Toolbox, ticket: Ticket, media_type: str, at: datetime) -> Scan:
    """Make an attachment that is going to be uploaded to a ticket."""
    kind, folder, person = DocumentKind.TICKET_ATTACHMENT, ticket.ticket_id, ticket.person_id
    return awaited_scan(tools=tools, folder_id=folder, person_id=person, document=kind, media_type=media_type, at=at)


def own_attachment(*, tools: Toolbox, principal: Principal, ticket_id: str, scan_id: str) -> Scan:
    """Read an attachment of one's own ticket with what its check found (1 AWS call); raises NotFound."""
    scan = own_ticket(tools=tools, principal=principal, ticket_id=ticket_id).scan(scan_id)
    if scan is None:
        raise NotFound("Вложение не найдено")
    return scan


def attachment_preview(*, tools: Toolbox, principal: Principal, ticket_id: str, scan_id: str) -> str:
    """Make a short-lived link to the preview of an accepted attachment of one's own; raises NotFound."""
    scan = own_attachment(tools=tools, principal=principal, ticket_id=ticket_id, scan_id=scan_id)
    if scan.state is not ScanState.ACCEPTED or scan.preview_key is None:
        raise NotFound("Просмотр этого вложения недоступен")
    return tools.scans.link(key=scan.preview_key, filename="preview.jpg", seconds=LINK_SECONDS, inline=True)
