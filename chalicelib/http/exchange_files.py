"""Routes by which an insurer's operator makes and hands over change files, and mends what the fund refuses (P4)."""

from __future__ import annotations

import re

from chalicelib.bootstrap import container
from chalicelib.domain.errors import FieldError, ValidationFailed
from chalicelib.http.applications import cursor_of
from chalicelib.http.blueprint import ApiBlueprint, Call, Reply
from chalicelib.http.models import Page
from chalicelib.http.pagination import decode_cursor
from chalicelib.http.schemas.applications import LinkOut
from chalicelib.http.schemas.exchange import (
    ChangeFileIn,
    ChangeFileOut,
    ExchangeQuery,
    ExchangeRecordOut,
    RecordsQuery,
    file_out,
    record_out,
)
from chalicelib.use_cases import change_files as use_cases
from chalicelib.use_cases.exchange_records import list_records, resubmit
from chalicelib.use_cases.idempotency import request_key

blueprint = ApiBlueprint(__name__)

TAG = "exchange"
INSURERS = ("insurer_operator",)
OPERATORS = ("insurer_operator", "fund_operator")
FILES = "/v1/exchange-files"
FILE = f"{FILES}/{{name}}"
RECORDS = "/v1/exchange-records"

_FILE_PLACE = re.compile(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,4}")
_RECORD_PLACE = re.compile(r"[0-9T:.+-]{32}#[0-9A-Za-z-]{1,40}#[0-9]{6}")


def _after(cursor: str | None, place: re.Pattern[str]) -> str | None:
    key = decode_cursor(cursor)
    if key is None:
        return None
    last = key.get("after", "")
    if not place.fullmatch(last):
        message = "Передайте значение next_cursor предыдущей страницы без изменений"
        raise ValidationFailed([FieldError(field="cursor", code="invalid_cursor", message=message)])
    return last


@blueprint.route(
    "POST",
    FILES,
    status=201,
    summary="Составить файл изменений для фонда",
    tag=TAG,
    idempotent="optional",
    roles=INSURERS,
)
def order(call: Call, body: ChangeFileIn) -> Reply[ChangeFileOut]:
    """OPLIST: всё, что изменилось с прошлого файла. Если файл уже составляется, возвращается он."""
    file = use_cases.order_change_file(
        tools=container(),
        principal=call.principal,
        at=call.at,
        until_on=body.until,
        request=request_key(call.idempotency_key, "change_file", str(body.until)),
    )
    return Reply(file_out(file), location=f"{FILES}/{file.name}")


@blueprint.route("GET", FILES, summary="Файлы изменений для фонда", tag=TAG, roles=OPERATORS)
def listed(call: Call, query: ExchangeQuery) -> Page[ChangeFileOut]:
    """Сначала последние."""
    found = use_cases.list_change_files(
        tools=container(),
        principal=call.principal,
        insurer_code=query.insurer,
        limit=query.limit,
        after=_after(query.cursor, _FILE_PLACE),
    )
    return Page[ChangeFileOut](items=[file_out(file) for file in found.items], next_cursor=cursor_of(found.after))


@blueprint.route("GET", FILE, summary="Файл изменений", tag=TAG, etag=True, errors=(404,), roles=OPERATORS)
def view(call: Call, name: str) -> Reply[ChangeFileOut]:
    """Сколько записей вошло, сколько задержано, что ответил фонд."""
    file = use_cases.view_change_file(tools=container(), principal=call.principal, name=name)
    return Reply(file_out(file), version=file.version)


@blueprint.route("GET", f"{FILE}/link", summary="Скачать файл изменений", tag=TAG, errors=(404, 409), roles=OPERATORS)
def link(call: Call, name: str) -> LinkOut:
    """Ссылка действует пять минут; у одного номера содержание всегда одно и то же."""
    url = use_cases.change_file_link(tools=container(), principal=call.principal, name=name, at=call.at)
    return LinkOut(url=url, expires_in=use_cases.LINK_SECONDS)


@blueprint.route(
    "POST", f"{FILE}/dispatch", summary="Отметить передачу файла фонду", tag=TAG, errors=(404, 409), roles=INSURERS
)
def dispatch(call: Call, name: str) -> ChangeFileOut:
    """Повтор ничего не меняет."""
    return file_out(use_cases.mark_sent(tools=container(), principal=call.principal, name=name, at=call.at))


@blueprint.route("GET", RECORDS, summary="Записи обмена, которым нужен оператор", tag=TAG, roles=OPERATORS)
def records(call: Call, query: RecordsQuery) -> Page[ExchangeRecordOut]:
    """Отклонённые фондом, не вошедшие в файл или ждущие файла: с кодом ошибки, полем и тем, как исправить."""
    found = list_records(
        tools=container(),
        principal=call.principal,
        insurer_code=query.insurer,
        state=query.state,
        limit=query.limit,
        after=_after(query.cursor, _RECORD_PLACE) or "",
    )
    return Page[ExchangeRecordOut](
        items=[record_out(change) for change in found.items], next_cursor=cursor_of(found.after)
    )


@blueprint.route(
    "POST",
    f"{RECORDS}/{{record_id}}/resubmission",
    summary="Передать исправленную запись снова",
    tag=TAG,
    errors=(404, 409),
    roles=INSURERS,
)
def again(call: Call, record_id: str) -> ExchangeRecordOut:
    """Запись войдёт в следующий файл по сведениям, которые верны к тому времени."""
    return record_out(resubmit(tools=container(), principal=call.principal, change_id=record_id, at=call.at))
