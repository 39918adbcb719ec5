"""Files beside a ticket of support, each checked as scans are (requirements L2, C1-C3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.bootstrap import container
from chalicelib.domain.ticket_states import TicketState
from chalicelib.http.applications import entity_id
from chalicelib.use_cases import tickets
from chalicelib.use_cases.idempotency import request_key
from chalicelib.web.answers import Answer, Redirect
from chalicelib.web.blueprint import WebBlueprint
from chalicelib.web.tickets import ONE, SECTION, SUPPORT, own
from chalicelib.web.uploads import Folder, files_page, ordered, verdict, way_back

if TYPE_CHECKING:
    from chalicelib.domain.ticket import Ticket
    from chalicelib.web.visits import Visit

blueprint = WebBlueprint(__name__)


def _folder(ticket: Ticket) -> Folder:
    here = f"{SUPPORT}/{ticket.ticket_id}"
    return Folder(
        section=SECTION,
        path=f"{here}/attachments",
        title="Файлы к обращению",
        lead=f"Обращение № {ticket.number}: снимки экрана, документы, ответы ведомств.",
        back=(here, "К обращению"),
        onward=(here, "Готово"),
    )


@blueprint.page("GET", f"{ONE}/attachments")
def attachments(visit: Visit, ticket_id: str) -> Answer:
    """What was sent with its verdicts, and another file; a closed ticket takes none."""
    file = own(visit, ticket_id)
    if file.ticket.state is TicketState.CLOSED:
        return Redirect(to=f"{SUPPORT}/{file.ticket.ticket_id}")
    return files_page(visit, _folder(file.ticket), file.scans)


@blueprint.page("POST", f"{ONE}/attachments")
def order(visit: Visit, ticket_id: str) -> Answer:
    """Permit one upload straight to the storage."""
    file, media_type = own(visit, ticket_id), visit.form.get("media_type", "")
    folder = _folder(file.ticket)
    return ordered(
        visit,
        folder,
        file.scans,
        lambda: tickets.order_attachment(
            tools=container(),
            principal=visit.principal,
            ticket_id=file.ticket.ticket_id,
            media_type=media_type,
            at=visit.at,
            back_to=way_back(visit, folder),
            request=request_key(visit.key, "ticket-attachment", ticket_id, media_type),
        ),
    )


@blueprint.page("GET", f"{ONE}/attachments/{{scan_id}}")
def attachment(visit: Visit, ticket_id: str, scan_id: str) -> Answer:
    """What the check has found so far, for the script that waits for it."""
    return verdict(
        tickets.own_attachment(
            tools=container(), principal=visit.principal, ticket_id=entity_id(ticket_id), scan_id=entity_id(scan_id)
        )
    )


@blueprint.page("GET", f"{ONE}/attachments/{{scan_id}}/preview")
def preview(visit: Visit, ticket_id: str, scan_id: str) -> Answer:
    """The picture of an accepted file, by a link that works for five minutes."""
    return Redirect(
        to=tickets.attachment_preview(
            tools=container(), principal=visit.principal, ticket_id=entity_id(ticket_id), scan_id=entity_id(scan_id)
        )
    )
