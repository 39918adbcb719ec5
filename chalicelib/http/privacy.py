"""Routes of exports of one's own data and of demands to be forgotten (requirement P2)."""

from __future__ import annotations

from pydantic import Field

from chalicelib.bootstrap import container
from chalicelib.http.applications import entity_id
from chalicelib.http.blueprint import ApiBlueprint, Call
from chalicelib.http.models import Page, Query
from chalicelib.http.schemas.applications import LinkOut
from chalicelib.http.schemas.privacy import (
    ErasureIn,
    ErasureOut,
    ErasurePlanOut,
    ExportOut,
    erasure_out,
    export_out,
    plan_out,
)
from chalicelib.use_cases.data_exports import export_link, order_export, own_exports
from chalicelib.use_cases.erasure_requests import ask_for_erasure, own_erasures, preview_erasure
from chalicelib.use_cases.idempotency import request_key
from chalicelib.use_cases.ordered_documents import LINK_SECONDS

blueprint = ApiBlueprint(__name__)

TAG = "privacy"
CITIZEN = ("citizen",)
EXPORTS = "/v1/me/data-exports"
ERASURES = "/v1/me/erasure-requests"


class PartQuery(Query):
    """Which archive of an export."""

    part: int = Field(default=1, ge=1, le=1000, description="Номер архива, с 1")


@blueprint.route(
    "POST",
    EXPORTS,
    status=201,
    summary="Заказать выгрузку своих данных",
    tag=TAG,
    idempotent="optional",
    errors=(403, 422, 429),
    roles=CITIZEN,
)
def order(call: Call) -> ExportOut:
    """Всё, что хранится о вас: JSON, файлы и страница для чтения. Готова в течение минуты, хранится неделю."""
    ordered = order_export(
        tools=container(),
        principal=call.principal,
        at=call.at,
        request=request_key(call.idempotency_key, "data-export"),
    )
    return export_out(ordered)


@blueprint.route("GET", EXPORTS, summary="Мои выгрузки", tag=TAG, roles=CITIZEN)
def exports(call: Call) -> Page[ExportOut]:
    """Сначала новые."""
    found = own_exports(tools=container(), principal=call.principal)
    return Page[ExportOut](items=[export_out(one) for one in found], next_cursor=None)


@blueprint.route(
    "GET",
    f"{EXPORTS}/{{export_id}}/link",
    summary="Ссылка на архив выгрузки",
    tag=TAG,
    errors=(404, 409),
    roles=CITIZEN,
)
def link(call: Call, export_id: str, query: PartQuery) -> LinkOut:
    """Ссылка действует пять минут; скачивание записывается в журнал."""
    url = export_link(
        tools=container(), principal=call.principal, export_id=entity_id(export_id), part=query.part, at=call.at
    )
    return LinkOut(url=url, expires_in=LINK_SECONDS)


@blueprint.route(
    "POST",
    ERASURES,
    status=201,
    summary="Потребовать уничтожить свои данные",
    tag=TAG,
    idempotent="optional",
    errors=(403, 404, 422),
    roles=CITIZEN,
)
def demand(call: Call, body: ErasureIn) -> ErasureOut:
    """Уничтожается всё, что закон не велит хранить; ответ называет, что осталось, до какого дня и почему."""
    asked = ask_for_erasure(
        tools=container(),
        principal=call.principal,
        is_sure=body.is_sure,
        at=call.at,
        request=request_key(call.idempotency_key, "erasure", body.model_dump_json()),
    )
    return erasure_out(asked)


@blueprint.route("GET", ERASURES, summary="Мои требования об уничтожении данных", tag=TAG, roles=CITIZEN)
def demands(call: Call) -> Page[ErasureOut]:
    """Сначала новые, с ответами и сроками."""
    found = own_erasures(tools=container(), principal=call.principal)
    return Page[ErasureOut](items=[erasure_out(one) for one in found], next_cursor=None)


@blueprint.route("GET", "/v1/me/erasure-preview", summary="Что будет уничтожено по требованию", tag=TAG, roles=CITIZEN)
def preview(call: Call) -> ErasurePlanOut:
    """Что можно уничтожить сейчас, а что хранится по закону и до какого дня."""
    return plan_out(preview_erasure(tools=container(), principal=call.principal, at=call.at), on=call.at.date())
