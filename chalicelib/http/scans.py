"""Routes of scans (requirements C1-C3)."""

from __future__ import annotations

from chalicelib.bootstrap import container
from chalicelib.http.applications import CITIZEN, TAG, entity_id
from chalicelib.http.blueprint import ApiBlueprint, Call
from chalicelib.http.schemas.applications import LinkOut
from chalicelib.http.schemas.scans import PreviewQuery, ScanIn, ScanOrderOut, ScanOut, scan_out, upload_out
from chalicelib.ports.errors import NotFound
from chalicelib.use_cases import scans
from chalicelib.use_cases.access import own, require_citizen
from chalicelib.use_cases.idempotency import request_key

blueprint = ApiBlueprint(__name__)


@blueprint.route(
    "POST",
    "/v1/applications/{application_id}/scans",
    status=201,
    summary="Получить разрешение загрузить скан-копию",
    tag=TAG,
    idempotent="optional",
    errors=(404, 409),
    roles=CITIZEN,
)
def order_scan(call: Call, application_id: str, body: ScanIn) -> ScanOrderOut:
    """Файл отправляется прямо в хранилище формой из ответа: PDF, JPG, PNG или HEIC, не больше 5 МБ."""
    order = scans.UploadOrder(
        application_id=entity_id(application_id),
        document=body.document,
        media_type=body.media_type,
    )
    scan, form = scans.order_upload(
        tools=container(),
        principal=call.principal,
        order=order,
        at=call.at,
        request=request_key(call.idempotency_key, "scan", application_id, order.document.value, order.media_type),
    )
    return ScanOrderOut(scan=scan_out(scan), upload=upload_out(form))


@blueprint.route(
    "GET",
    "/v1/applications/{application_id}/scans/{scan_id}",
    summary="Что показала проверка скан-копии",
    tag=TAG,
    errors=(404,),
    roles=CITIZEN,
)
def scan_status(call: Call, application_id: str, scan_id: str) -> ScanOut:
    """Принята или отклонена, с названием недостатка."""
    require_citizen(call.principal)
    file = container().store.application_file(application_id=entity_id(application_id))
    own(file, call.principal)
    scan = file.scan(scan_id)
    if scan is None:
        raise NotFound("Скан-копия не найдена")
    return scan_out(scan)


@blueprint.route(
    "GET",
    "/v1/applications/{application_id}/scans/{scan_id}/preview",
    summary="Ссылка на просмотр скан-копии",
    tag=TAG,
    errors=(404,),
    roles=CITIZEN,
)
def scan_preview(call: Call, application_id: str, scan_id: str, query: PreviewQuery) -> LinkOut:
    """Ссылка действует пять минут; снимок, который лежит на боку, можно повернуть."""
    url = scans.preview_link(
        tools=container(),
        principal=call.principal,
        application_id=entity_id(application_id),
        scan_id=scan_id,
        degrees=query.rotate,
        at=call.at,
    )
    return LinkOut(url=url, expires_in=scans.LINK_SECONDS)


@blueprint.route(
    "GET",
    "/v1/applications/{application_id}/scans/{scan_id}/pages/{page}",
    summary="Ссылка на страницу скан-копии, крупно",
    tag=TAG,
    errors=(404,),
    roles=CITIZEN,
)
def scan_page(call: Call, application_id: str, scan_id: str, page: str) -> LinkOut:
    """JPEG без сведений о съёмке; у PDF — первые пять страниц. Ссылка действует пять минут."""
    url = scans.page_link(
        tools=container(),
        principal=call.principal,
        application_id=entity_id(application_id),
        scan_id=scan_id,
        number=int(page) if page.isascii() and page.isdigit() else 0,
    )
    return LinkOut(url=url, expires_in=scans.LINK_SECONDS)
