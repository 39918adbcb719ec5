"""Documents of appeals: uploaded and checked like any scan, shown to who decides with the viewer's name (L1, C1-C4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.domain.appeal_states import TAKES_DOCUMENTS
from chalicelib.domain.errors import RuleRefused, StateConflict
from chalicelib.domain.supporting_documents import DocumentKind
from chalicelib.ports.errors import NotFound
from chalicelib.use_cases import idempotency
from chalicelib.use_cases.access import require_confirmed
from chalicelib.use_cases.appeals import own_appeal
from chalicelib.use_cases.handle_appeals import handled_appeal
from chalicelib.use_cases.scans import LINK_SECONDS, awaited_scan, check_media_type, upload_form
from chalicelib.use_cases.turns import in_turn, take_turn
from chalicelib.use_cases.view_scans import PageView, ShownPage, show_page, shown_scan

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.domain.principal import Principal
    from chalicelib.domain.scan import Scan
    from chalicelib.ports.files import UploadForm
    from chalicelib.ports.toolbox import Toolbox


def order_document_upload(
    *,
    tools: Toolbox,
    principal: Principal,
    appeal_id: str,
    media_type: str,
    at: datetime,
    back_to: str = "",
    request: idempotency.RequestKey | None = None,
) -> tuple[Scan, UploadForm]:
    """Permit one upload to an appeal straight to the storage (2 AWS calls); a repeated key awaits no second document.

    The storage then sends a browser to ``back_to``, with the id of the document at its end.

    Raises:
        NotFound: there is no such appeal of this person's.
        StateConflict: the appeal takes no documents now.
        ValidationFailed: the media type is not accepted.
        RuleRefused: too many documents.
    """
    require_confirmed(principal)
    check_media_type(media_type)
    scan = idempotency.once(
        request=request,
        principal=principal,
        tools=tools,
        create=lambda: in_turn(lambda: _awaited(tools, principal, appeal_id, media_type, request, at)),
        recall=lambda scan_id: own_document(tools=tools, principal=principal, appeal_id=appeal_id, scan_id=scan_id),
    )
    return scan, upload_form(tools=tools, scan=scan, back_to=back_to)


def _awaited(
    tools: Toolbox,
    principal: Principal,
    appeal_id: str,
    media_type: str,
    request: idempotency.RequestKey | None,
    at: datetime,
) -> Scan:
    file = own_appeal(tools=tools, principal=principal, appeal_id=appeal_id)
    appeal, kind = file.appeal, DocumentKind.APPEAL_EVIDENCE
    if appeal.state not in TAKES_DOCUMENTS:
        raise StateConflict("Документы добавляют, пока жалоба не подана, и в ответ на вопрос")
    if len(file.scans) >= (room := appeal.documents_room):
        raise RuleRefused("too_many_scans", f"В жалобе уже {room} документов: больше добавить нельзя")
    scan = awaited_scan(
        tools=tools, folder_id=appeal_id, person_id=appeal.person_id, document=kind, media_type=media_type, at=at
    )
    work = tools.store.work(at=at)
    take_turn(work=work, name="scans", folder=appeal_id, seen=[one.scan_id for one in file.scans])
    work.create(scan)
    idempotency.remember(work=work, request=request, principal=principal, result=scan.scan_id, tools=tools, at=at)
    work.commit()
    return scan


def own_document(*, tools: Toolbox, principal: Principal, appeal_id: str, scan_id: str) -> Scan:
    """Read a document of one's own appeal with what its check found (1 AWS call); raises NotFound."""
    scan = own_appeal(tools=tools, principal=principal, appeal_id=appeal_id).scan(scan_id)
    if scan is None:
        raise NotFound("Документ не найден")
    return scan


def document_preview(*, tools: Toolbox, principal: Principal, appeal_id: str, scan_id: str) -> str:
    """Make a short-lived link to the preview of an accepted document of one's own; raises NotFound."""
    scan = own_document(tools=tools, principal=principal, appeal_id=appeal_id, scan_id=scan_id)
    if scan.preview_key is None:
        raise NotFound("Просмотр этого документа недоступен")
    return tools.scans.link(key=scan.preview_key, filename="preview.jpg", seconds=LINK_SECONDS, inline=True)


def view_document(*, tools: Toolbox, principal: Principal, view: PageView, at: datetime) -> ShownPage:
    """Show an operator a page of a document with the viewer's name over it; the view is journaled (5 AWS calls).

    ``view.application_id`` is the id of the appeal.

    Raises:
        NotPermitted, NotFound: as for reading the appeal; or there is no such page to see.
        StateConflict: the malware scanner has not passed the file.
    """

    def read() -> Scan:
        file = handled_appeal(tools=tools, principal=principal, appeal_id=view.application_id)
        return shown_scan(file.scan(view.scan_id), view)

    return show_page(tools=tools, principal=principal, read=read, view=view, at=at)
