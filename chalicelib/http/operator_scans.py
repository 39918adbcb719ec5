"""Routes by which operators see scans (requirements C3, O2)."""

from __future__ import annotations

from chalicelib.bootstrap import container
from chalicelib.http.applications import entity_id
from chalicelib.http.blueprint import ApiBlueprint, Call
from chalicelib.http.models import Page
from chalicelib.http.schemas.scans import OperatorScanOut, ScanViewIn, ScanViewOut, operator_scan_out
from chalicelib.use_cases.scans import LINK_SECONDS
from chalicelib.use_cases.view_scans import PageView, scans_for_operator, view_page

blueprint = ApiBlueprint(__name__)

TAG = "operators"
OPERATORS = ("insurer_operator", "fund_operator")


@blueprint.route(
    "GET",
    "/v1/operator/applications/{application_id}/scans",
    summary="Скан-копии заявления",
    tag=TAG,
    errors=(403, 404),
    roles=OPERATORS,
)
def application_scans(call: Call, application_id: str) -> Page[OperatorScanOut]:
    """Все, с заменёнными и отклонёнными; только поданных заявлений своей страховой организации или своего региона."""
    found = scans_for_operator(tools=container(), principal=call.principal, application_id=entity_id(application_id))
    return Page[OperatorScanOut](items=[operator_scan_out(scan) for scan in found])


@blueprint.route(
    "POST",
    "/v1/operator/applications/{application_id}/scans/{scan_id}/views",
    summary="Открыть страницу скан-копии",
    tag=TAG,
    errors=(403, 404, 409),
    roles=OPERATORS,
)
def scan_view(call: Call, application_id: str, scan_id: str, body: ScanViewIn) -> ScanViewOut:
    """Ссылка на копию с водяным знаком того, кто смотрит, действует пять минут; заявитель видит просмотр в журнале."""
    view = PageView(
        application_id=entity_id(application_id),
        scan_id=scan_id,
        page=body.page,
        degrees=body.rotate,
    )
    shown = view_page(tools=container(), principal=call.principal, view=view, at=call.at)
    return ScanViewOut(url=shown.url, expires_in=LINK_SECONDS, page=shown.page, pages=shown.pages)
