"""The step of scans: what is needed, what the check found, and the upload straight to the storage (C1-C3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chalicelib.bootstrap import container
from chalicelib.domain.errors import FieldError, ValidationFailed
from chalicelib.domain.scan import MEDIA_TYPES, ScanState
from chalicelib.domain.supporting_documents import DOCUMENT_TITLES, DocumentKind
from chalicelib.ports.errors import NotFound
from chalicelib.use_cases.demands import row_of
from chalicelib.use_cases.idempotency import request_key
from chalicelib.use_cases.scans import UploadOrder, order_upload, preview_link
from chalicelib.use_cases.sign_application import documents_to_upload
from chalicelib.web.answers import Answer, Data, Page, Redirect
from chalicelib.web.application_presenters import address_of
from chalicelib.web.application_steps import ONE, frame, own_application
from chalicelib.web.blueprint import WebBlueprint
from chalicelib.web.rendering import address
from chalicelib.web.steps import STEPS
from chalicelib.web.uploads import SHOWN, TYPES, file_row, origin_of, storage_origin, verdict

if TYPE_CHECKING:
    from chalicelib.domain.scan import Scan
    from chalicelib.ports.files import UploadForm
    from chalicelib.ports.folders import ApplicationFile
    from chalicelib.web.visits import Visit

blueprint = WebBlueprint(__name__)

SCANS = next(step for step in STEPS if step.name == "scans")


@blueprint.page("GET", f"{ONE}/scans")
def scans(visit: Visit, application_id: str) -> Answer:
    """Every document that is asked for, with its scans and their verdicts."""
    file = own_application(visit, application_id)
    if not file.application.is_editable:
        return Redirect(to=address_of(file.application))
    just_sent = visit.query.get("uploaded", "")
    waits = any(scan.scan_id == just_sent and scan.state is ScanState.AWAITING_UPLOAD for scan in file.scans)
    context = {
        **frame(file.application, SCANS, visit),
        "documents": _documents(file, visit),
        "types": TYPES,
        "waits": waits,
        "just_sent": just_sent,
    }
    return Page(template="pages/application_scans.html", context=context, storage=storage_origin())


@blueprint.page("POST", f"{ONE}/scans")
def order(visit: Visit, application_id: str) -> Answer:
    """Permit one upload: a script gets the permission as data, anybody else a page with the form of the storage."""
    file = own_application(visit, application_id)
    document, media_type = visit.form.get("document", ""), visit.form.get("media_type", "")
    if document not in set(DocumentKind) or media_type not in MEDIA_TYPES:
        message = "Выберите документ и вид файла: JPG, PNG, HEIC или PDF"
        raise ValidationFailed([FieldError(field="media_type", code="not_in_list", message=message)])
    back = f"{container().public_base_url}{address_of(file.application)}/scans?uploaded="
    scan, form = order_upload(
        tools=container(),
        principal=visit.principal,
        order=UploadOrder(
            application_id=file.application.application_id,
            document=DocumentKind(document),
            media_type=media_type,
            back_to="" if visit.wants_json else back,
        ),
        at=visit.at,
        request=request_key(visit.key, "scan", application_id, document, media_type),
    )
    if visit.wants_json:
        return Data(body={"scan": scan.scan_id, "url": form.url, "fields": dict(form.fields), "limit": form.max_bytes})
    return _upload_page(file, scan, form, visit)


@blueprint.page("GET", f"{ONE}/scans/{{scan_id}}")
def state(visit: Visit, application_id: str, scan_id: str) -> Answer:
    """What the check has found so far, for the script that waits for it."""
    scan = own_application(visit, application_id).scan(scan_id)
    if scan is None:
        raise NotFound("Скан-копия не найдена")
    return verdict(scan)


@blueprint.page("GET", f"{ONE}/scans/{{scan_id}}/preview")
def preview(visit: Visit, application_id: str, scan_id: str) -> Answer:
    """The picture of an accepted scan, by a link that works for five minutes."""
    found = own_application(visit, application_id)
    url = preview_link(
        tools=container(),
        principal=visit.principal,
        application_id=found.application.application_id,
        scan_id=scan_id,
        degrees=0,
        at=visit.at,
    )
    return Redirect(to=url)


def _documents(file: ApplicationFile, visit: Visit) -> list[dict[str, Any]]:
    row = row_of(file.application, at=visit.at)
    _, demanded = row.demands(file.application.form)
    missing = documents_to_upload(file, row)
    path = f"{address_of(file.application)}/scans"
    have = {scan.document for scan in file.scans if scan.state in SHOWN}
    wanted = sorted(demanded | frozenset(missing)) + sorted((row.optional_documents | have) - demanded - set(missing))
    return [
        {
            "code": document.value,
            "title": DOCUMENT_TITLES[document],
            "is_needed": document in missing,
            "is_optional": document not in demanded and document not in missing,
            "scans": [file_row(scan, path) for scan in file.scans if scan.document is document and scan.state in SHOWN],
            "key": container().ids.new_id(at=visit.at),
        }
        for document in map(DocumentKind, wanted)
    ]


def _upload_page(file: ApplicationFile, scan: Scan, form: UploadForm, visit: Visit) -> Page:
    context = {
        **frame(file.application, SCANS, visit),
        "document": DOCUMENT_TITLES[scan.document],
        "media_type": scan.media_type,
        "upload": form,
        "back": address(f"{address_of(file.application)}/scans"),
    }
    return Page(template="pages/application_upload.html", context=context, storage=origin_of(form.url))
