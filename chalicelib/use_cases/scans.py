"""Scans of one's own: permission to upload, and what one sees of them (requirements C1, C3)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from chalicelib.domain.application_states import ApplicationState
from chalicelib.domain.audit import Action, append
from chalicelib.domain.errors import FieldError, RuleRefused, StateConflict, ValidationFailed
from chalicelib.domain.scan import MAX_BYTES, MAX_SCANS, MEDIA_TYPES, UPLOAD_SECONDS, Scan, ScanState
from chalicelib.domain.scan_verdict import refused
from chalicelib.domain.supporting_documents import DocumentKind
from chalicelib.ports.errors import NotFound
from chalicelib.use_cases import idempotency
from chalicelib.use_cases.access import own, require_citizen
from chalicelib.use_cases.turns import in_turn, take_turn

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from chalicelib.domain.application import Application
    from chalicelib.domain.audit import Actor
    from chalicelib.domain.principal import Principal
    from chalicelib.ports.files import UploadForm
    from chalicelib.ports.storage import UnitOfWork
    from chalicelib.ports.toolbox import Toolbox

PREFIX = "scans/"
PREVIEW_PREFIX = "previews/"
VIEW_PREFIX = "views/"
SHOWN_PREFIX = "shown/"
"""What was drawn for one view: a rule of the bucket deletes it after a day."""

JPEG = "image/jpeg"
LINK_SECONDS = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadOrder:
    """What is going to be uploaded: for which demand, and of which type.

    ``back_to`` is the address to which the storage sends a browser afterwards, with the id of the scan at its end.
    """

    application_id: str
    document: DocumentKind
    media_type: str
    back_to: str = ""


def order_upload(
    *,
    tools: Toolbox,
    principal: Principal,
    order: UploadOrder,
    at: datetime,
    request: idempotency.RequestKey | None = None,
) -> tuple[Scan, UploadForm]:
    """Permit one upload straight to the storage and remember that it is awaited.

    A repeated key permits the upload of the first scan again, and awaits no second one.

    Raises:
        NotFound: there is no such application of this person.
        StateConflict: the application takes no scans any more.
        ValidationFailed: the media type is not accepted.
        RuleRefused: too many scans.
    """
    require_citizen(principal)
    check_media_type(order.media_type)
    scan = idempotency.once(
        request=request,
        principal=principal,
        tools=tools,
        create=lambda: in_turn(lambda: _awaited(tools, principal, order, request, at)),
        recall=lambda scan_id: _awaited_before(tools, principal, order, scan_id),
    )
    return scan, upload_form(tools=tools, scan=scan, back_to=order.back_to)


def upload_form(*, tools: Toolbox, scan: Scan, back_to: str = "") -> UploadForm:
    """Permit the upload that a scan waits for; the storage then sends a browser to ``back_to`` and the scan's id."""
    return tools.scans.upload_form(
        key=scan.object_key,
        media_type=scan.media_type,
        max_bytes=MAX_BYTES,
        seconds=UPLOAD_SECONDS,
        back_to=f"{back_to}{scan.scan_id}" if back_to else None,
    )


def _awaited(
    tools: Toolbox,
    principal: Principal,
    order: UploadOrder,
    request: idempotency.RequestKey | None,
    at: datetime,
) -> Scan:
    file = tools.store.application_file(application_id=order.application_id)
    application = own(file, principal)
    if not application.is_editable:
        raise StateConflict("Заявление уже подано: добавить скан-копию нельзя")
    if len(file.scans) >= (room := _room(application)):
        raise RuleRefused("too_many_scans", f"В заявлении уже {room} скан-копий: больше добавить нельзя")
    scan = awaited_scan(
        tools=tools,
        folder_id=order.application_id,
        person_id=application.person_id,
        document=order.document,
        media_type=order.media_type,
        at=at,
    )
    work = tools.store.work(at=at)
    take_turn(work=work, name="scans", folder=order.application_id, seen=[one.scan_id for one in file.scans])
    work.create(scan)
    idempotency.remember(work=work, request=request, principal=principal, result=scan.scan_id, tools=tools, at=at)
    work.commit()
    return scan


def awaited_scan(
    *, tools: Toolbox, folder_id: str, person_id: str, document: DocumentKind, media_type: str, at: datetime
) -> Scan:
    """Make a scan that is going to be uploaded into the folder of an application, or of what has scans as one."""
    scan_id = tools.ids.new_id(at=at)
    return Scan(
        scan_id=scan_id,
        application_id=folder_id,
        person_id=person_id,
        document=document,
        media_type=media_type,
        object_key=f"{PREFIX}{folder_id}/{scan_id}",
        state=ScanState.AWAITING_UPLOAD,
        created_at=at,
        view_id=tools.ids.new_id(at=at),
    )


def _awaited_before(tools: Toolbox, principal: Principal, order: UploadOrder, scan_id: str) -> Scan:
    file = tools.store.application_file(application_id=order.application_id)
    own(file, principal)
    scan = file.scan(scan_id)
    if scan is None:
        raise NotFound("Скан-копия не найдена")
    return scan


def _room(application: Application) -> int:
    """How many scans an application may hold: each question asked makes room for the answer (B9)."""
    questions = sum(moment.state is ApplicationState.CLARIFICATION_REQUIRED for moment in application.history)
    return MAX_SCANS * (1 + questions)


def check_media_type(media_type: str) -> None:
    """Refuse a type of file that is not taken; raises ValidationFailed."""
    if media_type in MEDIA_TYPES:
        return
    verdict = refused(code="unsupported_format")
    raise ValidationFailed([FieldError(field="media_type", code=verdict.code, message=verdict.message)])


def scan_of_key(key: str) -> tuple[str, str] | None:
    """Return application and scan id of an object key, or None if the key is not a scan's."""
    parts = key.removeprefix(PREFIX).split("/")
    if not key.startswith(PREFIX) or len(parts) != 2 or not all(parts):  # noqa: PLR2004 — application/scan
        return None
    return parts[0], parts[1]


def page_key(scan: Scan, number: int) -> str:
    """Return the object key of the picture of a page, from 1; its random part was drawn for this scan."""
    return f"{VIEW_PREFIX}{scan.view_id}/{number}.jpg"


def chain_of_scan(scan: Scan) -> str:
    """The name of a scan's chain in the journal."""
    return f"scan:{scan.scan_id}"


def recorded(
    scan: Scan,
    *,
    work: UnitOfWork,
    tools: Toolbox,
    name: str,
    at: datetime,
    actor: Actor,
    details: Mapping[str, str] | None = None,
) -> Scan:
    """Chain an action to the scan's journal and return the scan with its new chain head."""
    said = {
        "application_id": scan.application_id,
        "document": scan.document.value,
        "verdict": scan.code,
        **(details or {}),
    }
    action = Action(name=name, at=at, actor=actor, details=said)
    entry, head = append(head=scan.chain, chain=chain_of_scan(scan), entry_id=tools.ids.new_id(at=at), action=action)
    work.record(person_id=scan.person_id, entry=entry)
    return replace(scan, chain=head)


def preview_link(
    *, tools: Toolbox, principal: Principal, application_id: str, scan_id: str, degrees: int, at: datetime
) -> str:
    """Make a short-lived link to the preview of an accepted scan, turned clockwise if wanted (requirement C3).

    A turned preview is drawn for this view and forgotten after a day. Raises NotFound.
    """
    scan = _own_scan(tools, principal, application_id, scan_id)
    if scan.preview_key is None:
        raise NotFound("Просмотр этой скан-копии недоступен")
    key = scan.preview_key
    if degrees:
        picture = tools.scans.read(key=key, max_bytes=MAX_BYTES)
        turned = tools.pictures.turned(picture=picture, degrees=degrees)
        key = f"{SHOWN_PREFIX}{tools.ids.new_id(at=at)}.jpg"
        tools.scans.write(key=key, data=turned, media_type=JPEG)
    return tools.scans.link(key=key, filename="preview.jpg", seconds=LINK_SECONDS, inline=True)


def page_link(*, tools: Toolbox, principal: Principal, application_id: str, scan_id: str, number: int) -> str:
    """Make a short-lived link to the picture of a page of one's own scan; raises NotFound."""
    scan = _own_scan(tools, principal, application_id, scan_id)
    if not 1 <= number <= scan.view_pages:
        raise NotFound("Такой страницы для просмотра нет")
    key = page_key(scan, number)
    return tools.scans.link(key=key, filename="page.jpg", seconds=LINK_SECONDS, inline=True)


def _own_scan(tools: Toolbox, principal: Principal, application_id: str, scan_id: str) -> Scan:
    require_citizen(principal)
    file = tools.store.application_file(application_id=application_id)
    own(file, principal)
    scan = file.scan(scan_id)
    if scan is None:
        raise NotFound("Скан-копия не найдена")
    return scan
