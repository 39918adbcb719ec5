"""Routes by which the fund keeps the insurers' registry: imports of the federal file and their reports (H1)."""

from __future__ import annotations

from chalicelib.bootstrap import container
from chalicelib.domain.errors import FieldError, ValidationFailed
from chalicelib.http.applications import cursor_of, entity_id
from chalicelib.http.blueprint import ApiBlueprint, Call, Reply
from chalicelib.http.models import Page, PageQuery
from chalicelib.http.pagination import decode_cursor, encode_cursor
from chalicelib.http.schemas.registry_imports import (
    RegistryImportIn,
    RegistryImportOrderOut,
    RegistryImportOut,
    ReportQuery,
    RowReportOut,
    import_out,
    report_out,
)
from chalicelib.http.schemas.scans import upload_out
from chalicelib.use_cases import registry_imports as use_cases
from chalicelib.use_cases.idempotency import request_key

blueprint = ApiBlueprint(__name__)

TAG = "registry"
KEEPERS = ("fund_operator", "administrator")
READERS = (*KEEPERS, "auditor")
ALL = "/v1/registry-imports"
ONE = f"{ALL}/{{import_id}}"


@blueprint.route(
    "POST",
    ALL,
    status=201,
    summary="Загрузить реестр страховых организаций",
    tag=TAG,
    idempotent="optional",
    roles=KEEPERS,
)
def order(call: Call, body: RegistryImportIn) -> Reply[RegistryImportOrderOut]:
    """Файл отправляется формой из ответа, не больше 10 МБ.

    Страховые организации – файл F002 (XML) или страницы нового интерфейса (JSON). Пункты выдачи (F013) и рейтинги по
    годам – также CSV и XLSX: со строкой названий столбцов. Повторная загрузка того же файла ничего не меняет.
    """
    job, form = use_cases.order_import(
        tools=container(),
        principal=call.principal,
        media_type=body.media_type,
        at=call.at,
        registry=body.registry,
        request=request_key(call.idempotency_key, "registry_import", body.media_type, body.registry.value),
    )
    answer = RegistryImportOrderOut(registry_import=import_out(job), upload=upload_out(form))
    return Reply(answer, location=f"{ALL}/{job.import_id}")


@blueprint.route("GET", ALL, summary="Загрузки реестра", tag=TAG, roles=READERS)
def listed(call: Call, query: PageQuery) -> Page[RegistryImportOut]:
    """Сначала последние."""
    found = use_cases.list_imports(
        tools=container(), principal=call.principal, limit=query.limit, after=_last_id(query.cursor)
    )
    return Page[RegistryImportOut](items=[import_out(job) for job in found.items], next_cursor=cursor_of(found.after))


def _last_id(cursor: str | None) -> str | None:
    key = decode_cursor(cursor)
    return None if key is None else entity_id(key.get("after", ""))


@blueprint.route("GET", ONE, summary="Ход загрузки реестра", tag=TAG, etag=True, errors=(404,), roles=READERS)
def view(call: Call, import_id: str) -> Reply[RegistryImportOut]:
    """Сколько строк обработано и что с ними стало: новые, изменённые, прежние, исключённые, негодные."""
    job = use_cases.view_import(tools=container(), principal=call.principal, import_id=entity_id(import_id))
    return Reply(import_out(job), version=job.version)


@blueprint.route("GET", f"{ONE}/report", summary="Отчёт о загрузке реестра", tag=TAG, errors=(404,), roles=READERS)
def report(call: Call, import_id: str, query: ReportQuery) -> Page[RowReportOut]:
    """По страницам, в порядке строк файла: что изменилось и какие замечания, с федеральными кодами Q001."""
    number = page_number(query.cursor)
    page, follows = use_cases.view_report(
        tools=container(), principal=call.principal, import_id=entity_id(import_id), page=number
    )
    following = encode_cursor({"page": str(number + 1)}) if follows else None
    return Page[RowReportOut](items=[report_out(row) for row in page.rows], next_cursor=following)


def page_number(cursor: str | None) -> int:
    """Read the number of a page of a report, from 0; raises ValidationFailed."""
    key = decode_cursor(cursor)
    if key is None:
        return 0
    number = key.get("page", "")
    if not (number.isascii() and number.isdigit() and len(number) <= 6):  # noqa: PLR2004 — six digits of a page
        message = "Передайте значение next_cursor предыдущей страницы без изменений"
        raise ValidationFailed([FieldError(field="cursor", code="invalid_cursor", message=message)])
    return int(number)
