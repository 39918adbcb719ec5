"""My data: the export of all of it, what can be destroyed and what the law keeps, my demands (requirement P2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.bootstrap import container
from chalicelib.domain.errors import ValidationFailed
from chalicelib.http.applications import entity_id
from chalicelib.http.schemas.privacy import erasure_out, export_out, plan_out
from chalicelib.use_cases.data_exports import export_link, order_export, own_exports
from chalicelib.use_cases.erasure_requests import ask_for_erasure, own_erasures, preview_erasure
from chalicelib.use_cases.idempotency import request_key
from chalicelib.web.answers import Answer, Page, Redirect
from chalicelib.web.blueprint import WebBlueprint
from chalicelib.web.rendering import moment

if TYPE_CHECKING:
    from chalicelib.domain.data_export import DataExport
    from chalicelib.web.visits import Visit

blueprint = WebBlueprint(__name__)

HERE = "/cabinet/data"


@blueprint.page("GET", "/cabinet/data")
def own_data(visit: Visit) -> Answer:
    """Exports, what a demand would do, demands with their answers."""
    return _page(visit)


@blueprint.page("POST", "/cabinet/data/exports")
def export(visit: Visit) -> Answer:
    """Order an export; the same form orders it once."""
    request = request_key(visit.key, "data-export")
    order_export(tools=container(), principal=visit.principal, at=visit.at, request=request)
    return Redirect(to=f"{HERE}?done=ordered")


@blueprint.page("GET", "/cabinet/data/exports/{export_id}/{part}")
def download(visit: Visit, export_id: str, part: str) -> Answer:
    """Off to a part of an export, by a link that ends."""
    number = int(part) if part.isascii() and part.isdigit() and len(part) < 4 else 0  # noqa: PLR2004
    link = export_link(
        tools=container(), principal=visit.principal, export_id=entity_id(export_id), part=number, at=visit.at
    )
    return Redirect(to=link)


@blueprint.page("POST", "/cabinet/data/erasures")
def demand(visit: Visit) -> Answer:
    """Demand that everything is destroyed that the law does not keep."""
    is_sure = visit.form.get("is_sure") == "yes"
    try:
        ask_for_erasure(
            tools=container(),
            principal=visit.principal,
            is_sure=is_sure,
            at=visit.at,
            request=request_key(visit.key, "erasure", str(is_sure)),
        )
    except ValidationFailed as refusal:
        return _page(visit, error=refusal.errors[0].message)
    return Redirect(to=f"{HERE}?done=asked")


def _page(visit: Visit, *, error: str = "") -> Page:
    tools, principal = container(), visit.principal
    plan = plan_out(preview_erasure(tools=tools, principal=principal, at=visit.at), on=visit.at.date())
    context = {
        "section": "profile",
        "exports": [_row(one, visit) for one in own_exports(tools=tools, principal=principal)],
        "plan": plan,
        "demands": [erasure_out(one) for one in own_erasures(tools=tools, principal=principal)],
        "key": tools.ids.new_id(at=visit.at),
        "error": error,
        "done": visit.query.get("done"),
    }
    return Page(template="pages/own_data.html", context=context, status=422 if error else 200)


def _row(export: DataExport, visit: Visit) -> dict[str, object]:
    shown = export_out(export)
    return {
        "id": shown.id,
        "state": shown.state_title,
        "at": moment(shown.ordered_at),
        "until": moment(shown.kept_until) if shown.kept_until else "",
        "parts": range(1, shown.parts + 1) if export.is_open(visit.at) else (),
    }
