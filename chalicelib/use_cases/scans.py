"""Scans: permission to upload, the check on arrival, replacement (requirements C1-C4)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from chalicelib.domain.application_states import ApplicationState
from chalicelib.domain.audit import SYSTEM, Action, append
from chalicelib.domain.errors import FieldError, RuleRefused, StateConflict, ValidationFailed
from chalicelib.domain.scan import MAX_BYTES, MAX_SCANS, MEDIA_TYPES, UPLOAD_SECONDS, Scan, ScanState
from chalicelib.domain.scan_verdict import ScanVerdict, refused
from chalicelib.domain.supporting_documents import DocumentKind
from chalicelib.ports.errors import NotFound, Unavailable
from chalicelib.use_cases.access import own, require_citizen

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.domain.application import Application
    from chalicelib.domain.principal import Principal
    from chalicelib.ports.files import UploadForm
    from chalicelib.ports.storage import ApplicationFile, UnitOfWork
    from chalicelib.ports.toolbox import Toolbox

PREFIX = "scans/"
PREVIEW_PREFIX = "previews/"
LINK_SECONDS = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadOrder:
    """What is going to be uploaded: for which demand, and of which type."""

    application_id: str
    document: DocumentKind
    media_type: str


def order_upload(*, tools: Toolbox, principal: Principal, order: UploadOrder, at: datetime) -> tuple[Scan, UploadForm]:
    """Permit one upload straight to the storage and remember that it is awaited.

    Raises:
        NotFound: there is no such application of this person.
        StateConflict: the application takes no scans any more.
        ValidationFailed: the media type is not accepted.
        RuleRefused: too many scans.
    """
    require_citizen(principal)
    _check_media_type(order.media_type)
    file = tools.store.application_file(application_id=order.application_id)
    application = own(file, principal)
    if not application.is_editable:
        raise StateConflict("Заявление уже подано: добавить скан-копию нельзя")
    if len(file.scans) >= (room := _room(application)):
        raise RuleRefused("too_many_scans", f"В заявлении уже {room} скан-копий: больше добавить нельзя")
    scan_id = tools.ids.new_id(at=at)
    scan = Scan(
        scan_id=scan_id,
        application_id=order.application_id,
        person_id=application.person_id,
        document=order.document,
        media_type=order.media_type,
        object_key=f"{PREFIX}{order.application_id}/{scan_id}",
        state=ScanState.AWAITING_UPLOAD,
        created_at=at,
    )
    work = tools.store.work(at=at)
    work.create(scan)
    work.commit()
    form = tools.scans.upload_form(
        key=scan.object_key, media_type=order.media_type, max_bytes=MAX_BYTES, seconds=UPLOAD_SECONDS
    )
    return scan, form


def _room(application: Application) -> int:
    """How many scans an application may hold: each question asked makes room for the answer (B9)."""
    questions = sum(moment.state is ApplicationState.CLARIFICATION_REQUIRED for moment in application.history)
    return MAX_SCANS * (1 + questions)


def _check_media_type(media_type: str) -> None:
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


def inspect_scan(*, tools: Toolbox, key: str, version: str | None, at: datetime) -> Scan | None:
    """Check an uploaded file and keep the verdict; a repeated or unknown event changes nothing.

    Raises:
        Unavailable, Throttled: the storage did not answer; the event will come again.
    """
    ids = scan_of_key(key)
    if ids is None:
        return None
    try:
        file = tools.store.application_file(application_id=ids[0])
    except NotFound:
        return None
    scan = file.scan(ids[1])
    if scan is None or scan.state is not ScanState.AWAITING_UPLOAD:
        return None
    data = tools.scans.read(key=key, version=version, max_bytes=MAX_BYTES)
    verdict, preview = _verdict(tools, scan, data, version)
    preview_key = None
    if preview is not None:
        preview_key = f"{PREVIEW_PREFIX}{scan.application_id}/{scan.scan_id}"
        tools.scans.write(key=preview_key, data=preview, media_type="image/jpeg")
    checked = replace(
        scan,
        state=ScanState.ACCEPTED if verdict.accepted else ScanState.REJECTED,
        code=verdict.code,
        message=verdict.message,
        pages=verdict.pages,
        size=len(data),
        preview_key=preview_key,
        checked_at=at,
        object_version=version or "",
    )
    return _keep(tools, file, checked, at)


def _verdict(tools: Toolbox, scan: Scan, data: bytes, version: str | None) -> tuple[ScanVerdict, bytes | None]:
    found = tools.scans.scanner_verdict(key=scan.object_key, version=version)
    if found == "infected":
        return refused(code="infected"), None
    if found is None and tools.scanner_required:
        raise Unavailable("Ждём проверки файла на вирусы")
    return tools.inspector.inspect(data=data, declared_media_type=scan.media_type)


def _keep(tools: Toolbox, file: ApplicationFile, scan: Scan, at: datetime) -> Scan:
    work = tools.store.work(at=at)
    scan = _record(tools, work, scan, "scan_checked", at)
    work.update(scan)
    if scan.state is ScanState.ACCEPTED:
        for earlier in file.scans:
            if earlier.document is scan.document and earlier.state is ScanState.ACCEPTED:
                replaced = _record(tools, work, earlier, "scan_replaced", at)
                work.update(replace(replaced, state=ScanState.REPLACED))
    work.commit()
    return scan


def _record(tools: Toolbox, work: UnitOfWork, scan: Scan, name: str, at: datetime) -> Scan:
    details = {"application_id": scan.application_id, "document": scan.document.value, "verdict": scan.code}
    action = Action(name=name, at=at, actor=SYSTEM, details=details)
    entry, head = append(head=scan.chain, chain=f"scan:{scan.scan_id}", entry_id=tools.ids.new_id(at=at), action=action)
    work.record(person_id=scan.person_id, entry=entry)
    return replace(scan, chain=head)


def preview_link(*, tools: Toolbox, principal: Principal, application_id: str, scan_id: str) -> str:
    """Make a short-lived link to the preview of an accepted scan (requirement C3); raises NotFound."""
    require_citizen(principal)
    file = tools.store.application_file(application_id=application_id)
    own(file, principal)
    scan = file.scan(scan_id)
    if scan is None or scan.preview_key is None:
        raise NotFound("Просмотр этой скан-копии недоступен")
    return tools.scans.link(key=scan.preview_key, filename="preview.jpg", seconds=LINK_SECONDS, inline=True)
