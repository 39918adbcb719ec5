"""Reading a list of staff that arrived: every row by itself, and nothing of it twice (requirement K2)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import chain, islice
from typing import TYPE_CHECKING

from chalicelib.domain.audit import SYSTEM
from chalicelib.domain.employer_request import (
    CHUNK_ROWS,
    MAX_BYTES,
    MAX_ROWS,
    RESTING,
    EmployerRequest,
    RequestStage,
    StaffList,
    at_stage,
)
from chalicelib.domain.errors import FieldError, InvalidValue, ValidationFailed
from chalicelib.domain.scan_verdict import refused
from chalicelib.domain.staff_columns import HEADER_LOOKED_FOR, find_layout
from chalicelib.domain.staff_row import OUTCOME_MESSAGES, TO_MEND, Outcome, RowMistake, StaffRow, is_empty, read_row
from chalicelib.ports.errors import Unavailable
from chalicelib.ports.staff_files import ChunkName
from chalicelib.use_cases.employer_requests import LIST_PREFIX, continue_later
from chalicelib.use_cases.journal import notify, record

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date, datetime

    from chalicelib.domain.staff_columns import Cell, Layout
    from chalicelib.ports.toolbox import Toolbox

KEY_PARTS = 3


@dataclass(slots=True)
class _Seen:
    """Of earlier lists the identities that are settled and the keys of rows to mend; of this one the identities."""

    settled: set[str] = field(default_factory=set)
    mendable: set[str] = field(default_factory=set)
    here: dict[str, int] = field(default_factory=dict)


def list_of_key(key: str) -> tuple[str, str, str] | None:
    """The employer, the request and the list that an object key names, or None if it is no list's."""
    parts = key.removeprefix(LIST_PREFIX).split("/")
    if not key.startswith(LIST_PREFIX) or len(parts) != KEY_PARTS or not all(parts):
        return None
    return parts[0], parts[1], parts[2]


def read_staff_list(*, tools: Toolbox, key: str, at: datetime) -> EmployerRequest | None:
    """Read a list that was uploaded and let its rows be checked; a repeated or unknown event changes nothing.

    Raises:
        Unavailable, Throttled: the storage did not answer; the event will come again.
    """
    ids = list_of_key(key)
    request = tools.store.employer_request(employer_id=ids[0], request_id=ids[1]) if ids else None
    if ids is None or request is None or not _is_awaited(request, ids[2]):
        return None
    reading = _begun(tools, request, at)
    one = reading.lists[-1]
    try:
        data = _data(tools, one)
        layout, rows = _rows(tools, reading, data)
        chunks = _kept(tools, reading, rows)
    except InvalidValue as refusal:
        return _refuse(tools, reading, [FieldError(field="list", code=refusal.reason, message=refusal.detail)], at)
    except ValidationFailed as refusal:
        return _refuse(tools, reading, refusal.errors, at)
    read = replace(
        one,
        rows=sum(chunks),
        chunks=len(chunks),
        header=layout.header,
        columns={column.value: place for column, place in layout.places.items()},
        sha256=hashlib.sha256(data).hexdigest(),
    )
    return _go_on(tools, reading, read, at)


def _is_awaited(request: EmployerRequest, list_id: str) -> bool:
    if not request.lists or request.lists[-1].list_id != list_id or request.lists[-1].is_read:
        return False
    return request.stage in RESTING or request.stage is RequestStage.READING


def _begun(tools: Toolbox, request: EmployerRequest, at: datetime) -> EmployerRequest:
    """Show that the list is being read; a reading that was killed begins anew and overwrites what it kept."""
    if request.stage is RequestStage.READING:
        return request
    reading = replace(at_stage(request, RequestStage.READING, at=at), awaited_message=None)
    work = tools.store.work(at=at)
    work.update(reading)
    work.commit()
    return replace(reading, version=reading.version + 1)


def _data(tools: Toolbox, one: StaffList) -> bytes:
    tag = tools.scans.scanner_verdict(key=one.object_key)
    if tag == "infected":
        raise InvalidValue("infected", refused(code="infected").message)
    if tag is None and tools.scanner_required:
        raise Unavailable("Ждём проверки файла на вирусы")
    return tools.scans.read(key=one.object_key, max_bytes=MAX_BYTES)


def _rows(tools: Toolbox, request: EmployerRequest, data: bytes) -> tuple[Layout, Iterator[StaffRow]]:
    cells = tools.sheets.rows(data=data)
    head = list(islice(cells, HEADER_LOOKED_FOR + 1))
    layout = find_layout(head)
    number = request.lists[-1].number
    today = (request.asked_at + timedelta(hours=request.utc_offset_hours)).date()
    return layout, _read(layout, chain(head, cells), number, today)


def _read(layout: Layout, cells: Iterator[Sequence[Cell]], number: int, today: date) -> Iterator[StaffRow]:
    for line, row in enumerate(cells, start=1):
        if line > layout.first_row and not is_empty(row):
            yield read_row(layout=layout, cells=row, place=(number, line), today=today)


def _kept(tools: Toolbox, request: EmployerRequest, rows: Iterator[StaffRow]) -> list[int]:
    """Keep the rows chunk by chunk; returns how many each has.

    Raises:
        ValidationFailed: there are no rows, or too many.
    """
    seen = _seen(tools, request)
    fresh = _fresh(rows, seen, request.lists[-1].number)
    sizes: list[int] = []
    while chunk := list(islice(fresh, CHUNK_ROWS)):
        if sum(sizes) + len(chunk) + request.rows > MAX_ROWS:
            raise _refused("too_many_rows", f"В запросе может быть не больше {MAX_ROWS} строк: разделите список")
        name = ChunkName(work_id=request.work_id, list_number=request.lists[-1].number, chunk=len(sizes))
        tools.staff_files.write_rows(name=name, rows=chunk)
        sizes.append(len(chunk))
    if not sizes and not seen.settled:
        raise _refused("no_rows", "Под строкой с названиями столбцов нет ни одного сотрудника: заполните список")
    return sizes


def _seen(tools: Toolbox, request: EmployerRequest) -> _Seen:
    seen = _Seen()
    for one in request.lists[:-1]:
        for chunk in range(one.chunks):
            name = ChunkName(work_id=request.work_id, list_number=one.number, chunk=chunk)
            pairs = zip(tools.staff_files.read_rows(name=name), tools.staff_files.read_results(name=name), strict=True)
            for row, result in pairs:
                if result.outcome in TO_MEND:
                    seen.mendable.add(row.key)
                else:
                    seen.mendable.discard(row.key)
                    seen.settled.add(row.identity)
    return seen


def _fresh(rows: Iterator[StaffRow], seen: _Seen, number: int) -> Iterator[StaffRow]:
    """Pass over who is settled already; a row of the corrected workbook takes the place of the one that it mends."""
    for row in rows:
        if not row.mistakes and row.identity in seen.settled:
            continue
        key = row.key if row.key in seen.mendable else f"{number}-{row.line}"
        seen.mendable.discard(row.key)
        first = None if row.mistakes else seen.here.setdefault(row.identity, row.line)
        yield replace(row, key=key, mistakes=row.mistakes if first in {None, row.line} else (_repeat(first),))


def _repeat(line: int | None) -> RowMistake:
    message = f"{OUTCOME_MESSAGES[Outcome.REPEATED]}. Он указан в строке {line}"
    return RowMistake(column="", code=Outcome.REPEATED.value, message=message)


def _go_on(tools: Toolbox, request: EmployerRequest, one: StaffList, at: datetime) -> EmployerRequest:
    earlier = request.lists[:-1]
    work = tools.store.work(at=at)
    if not one.is_read:
        # Everybody in it is settled: nothing is doubled.
        changed = replace(at_stage(request, RequestStage.READY, at=at), lists=earlier)
    else:
        begun = replace(request, lists=(*earlier, one))
        first = sum(before.chunks for before in earlier)
        changed = replace(at_stage(begun, RequestStage.CHECKING, at=at), cursor=first)
        changed = continue_later(work=work, tools=tools, request=changed, at=at)
    details = _details(request, rows=str(one.rows))
    name = "employer_list_read"
    changed = record(changed, work=work, tools=tools, name=name, at=at, actor=SYSTEM, details=details)
    work.update(changed)
    work.commit()
    return changed


def _refuse(tools: Toolbox, request: EmployerRequest, errors: Sequence[FieldError], at: datetime) -> EmployerRequest:
    earlier = request.lists[:-1]
    back = RequestStage.READY if earlier else RequestStage.AWAITING_LIST
    one = replace(request.lists[-1], refusals=tuple(errors))
    changed = replace(at_stage(request, back, at=at), lists=(*earlier, one))
    work = tools.store.work(at=at)
    details = _details(request, reason=",".join(error.code for error in errors))
    name = "employer_list_refused"
    changed = record(changed, work=work, tools=tools, name=name, at=at, actor=SYSTEM, details=details)
    work.update(changed)
    day = str((at + timedelta(hours=request.utc_offset_hours)).date())
    context = {"day": day, "number": request.number}
    notify(work=work, tools=tools, kind=name, person_id=request.account_id, at=at, context=context)
    work.commit()
    return changed


def _details(request: EmployerRequest, **more: str) -> Mapping[str, str]:
    return {"employer_id": request.employer_id, "request_id": request.request_id, **more}


def _refused(code: str, message: str) -> ValidationFailed:
    return ValidationFailed([FieldError(field="list", code=code, message=message)])
