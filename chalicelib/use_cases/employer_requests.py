"""Requests of an employer about its staff: made, fed with lists, looked at, their files handed out (requirement K2)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from chalicelib.domain.asked_period import PeriodWish, read_period
from chalicelib.domain.employer_request import (
    MAX_BYTES,
    MAX_LISTS,
    MEDIA_TYPES,
    RESTING,
    EmployerRequest,
    OutputFile,
    RequestStage,
    StaffList,
    at_stage,
)
from chalicelib.domain.errors import FieldError, RuleRefused, StateConflict, ValidationFailed
from chalicelib.domain.numbers import SERIAL_LIMIT, insurance_certificate_number
from chalicelib.domain.records import Queue
from chalicelib.ports.errors import NotFound
from chalicelib.use_cases import idempotency
from chalicelib.use_cases.access import actor_of
from chalicelib.use_cases.employers import confirmed_employer, find_employer
from chalicelib.use_cases.journal import record, send
from chalicelib.use_cases.one_time_codes import daily_limit

if TYPE_CHECKING:
    from chalicelib.domain.principal import Principal
    from chalicelib.ports.files import UploadForm
    from chalicelib.ports.queries import Slice
    from chalicelib.ports.storage import UnitOfWork
    from chalicelib.ports.toolbox import Toolbox

LIST_PREFIX = "lists/"
UPLOAD_SECONDS = 900
LINK_SECONDS = 300
PER_DAY = 50
_FILENAMES = {
    OutputFile.PDF: "spravki.pdf",
    OutputFile.ZIP: "spravki.zip",
    OutputFile.XLSX: "spravki.xlsx",
    OutputFile.JSON: "spravki.json",
    OutputFile.TO_MEND: "ispravit.xlsx",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestWish:
    """About which days, and which files are wanted."""

    employer_id: str
    period: PeriodWish
    outputs: tuple[OutputFile, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WhichRequest:
    """Which request of which employer is meant."""

    employer_id: str
    request_id: str


def create_request(
    *,
    tools: Toolbox,
    principal: Principal,
    wish: RequestWish,
    at: datetime,
    request: idempotency.RequestKey | None = None,
) -> EmployerRequest:
    """Make a request, which then waits for its list. A repeated key makes no other.

    Raises:
        NotFound: the employer is not one's own.
        RuleRefused: it is not confirmed.
        ValidationFailed: with every mistake in the period.
        RateLimited: too many were made today.
    """
    return idempotency.once(
        request=request,
        principal=principal,
        tools=tools,
        create=lambda: _created(tools, principal, wish, request, at),
        recall=lambda request_id: find_request(
            tools=tools,
            principal=principal,
            which=WhichRequest(employer_id=wish.employer_id, request_id=request_id),
        ),
    )


def _created(
    tools: Toolbox,
    principal: Principal,
    wish: RequestWish,
    request: idempotency.RequestKey | None,
    at: datetime,
) -> EmployerRequest:
    employer = confirmed_employer(tools=tools, principal=principal, employer_id=wish.employer_id)
    today = local_day_of(employer.utc_offset_hours, at)
    period = read_period(wish=wish.period, today=today)
    made = EmployerRequest(
        request_id=tools.ids.new_id(at=at),
        employer_id=employer.employer_id,
        account_id=principal.account_id,
        organisation_id=employer.organisation_id,
        number=insurance_certificate_number(serial_or_random=tools.ids.below(SERIAL_LIMIT), on=today),
        from_on=period.from_on,
        until_on=period.until_on,
        asked_at=at,
        utc_offset_hours=employer.utc_offset_hours,
        work_id=tools.ids.new_id(at=at),
        outputs=tuple(dict.fromkeys(wish.outputs)),
        updated_at=at,
    )
    work = tools.store.work(at=at)
    work.count(daily_limit(name="employer-requests", subject=principal.account_id, times=PER_DAY))
    made = _noted(work, tools, principal, made, "employer_request_made", at)
    work.create(made)
    idempotency.remember(work=work, request=request, principal=principal, result=made.request_id, tools=tools, at=at)
    work.commit()
    return made


def local_day_of(utc_offset_hours: int, at: datetime) -> date:
    """The day of a moment by the clock of an employer."""
    return (at + timedelta(hours=utc_offset_hours)).date()


def list_requests(
    *, tools: Toolbox, principal: Principal, employer_id: str, limit: int, after: str | None
) -> Slice[EmployerRequest]:
    """List the requests of an employer that one acts for, newest first (2 AWS calls); raises NotFound."""
    employer = find_employer(tools=tools, principal=principal, employer_id=employer_id)
    return tools.store.employer_requests_of(employer_id=employer.employer_id, limit=limit, after=after)


def find_request(*, tools: Toolbox, principal: Principal, which: WhichRequest) -> EmployerRequest:
    """Read one request (2 AWS calls); raises NotFound."""
    employer = find_employer(tools=tools, principal=principal, employer_id=which.employer_id)
    found = tools.store.employer_request(employer_id=employer.employer_id, request_id=which.request_id)
    if found is None:
        raise NotFound("Запрос не найден")
    return found


def order_list(
    *,
    tools: Toolbox,
    principal: Principal,
    which: WhichRequest,
    media_type: str,
    at: datetime,
    back_to: str = "",
    request: idempotency.RequestKey | None = None,
) -> tuple[EmployerRequest, UploadForm]:
    """Permit the upload of a list straight to the storage; a mended workbook comes into the same request.

    A repeated key permits the upload of the same list again. The storage then sends a browser to ``back_to``, with
    the id of the list at its end.

    Raises:
        NotFound: the request is not one's own.
        ValidationFailed: the media type is not accepted.
        StateConflict: an earlier list is still being worked on.
        RuleRefused: the employer is not confirmed, or there are too many lists.
    """
    if media_type not in MEDIA_TYPES:
        message = f"Список принимается как CSV или XLSX: {', '.join(MEDIA_TYPES)}"
        raise ValidationFailed([FieldError(field="media_type", code="unsupported_format", message=message)])
    ordered = idempotency.once(
        request=request,
        principal=principal,
        tools=tools,
        create=lambda: _ordered(tools, principal, which, media_type, request, at),
        recall=lambda _: find_request(tools=tools, principal=principal, which=which),
    )
    last = ordered.lists[-1]
    form = tools.scans.upload_form(
        key=last.object_key,
        media_type=media_type,
        max_bytes=MAX_BYTES,
        seconds=UPLOAD_SECONDS,
        back_to=f"{back_to}{last.list_id}" if back_to else None,
    )
    return ordered, form


def _ordered(
    tools: Toolbox,
    principal: Principal,
    which: WhichRequest,
    media_type: str,
    request: idempotency.RequestKey | None,
    at: datetime,
) -> EmployerRequest:
    confirmed_employer(tools=tools, principal=principal, employer_id=which.employer_id)
    found = find_request(tools=tools, principal=principal, which=which)
    if found.stage not in RESTING:
        raise StateConflict("Предыдущий список ещё обрабатывается: дождитесь результата")
    kept = tuple(one for one in found.lists if one.is_read)
    if len(kept) >= MAX_LISTS:
        raise RuleRefused("too_many_lists", f"В запросе уже {MAX_LISTS} списков: сделайте новый запрос")
    list_id = tools.ids.new_id(at=at)
    number = max((one.number for one in found.lists), default=0) + 1
    ordered = StaffList(
        list_id=list_id,
        number=number,
        media_type=media_type,
        object_key=f"{LIST_PREFIX}{found.employer_id}/{found.request_id}/{list_id}",
        ordered_at=at,
    )
    # A list that was ordered and never came, or could not be read, makes room.
    changed = replace(found, lists=(*kept, ordered), updated_at=at)
    work = tools.store.work(at=at)
    work.update(changed)
    idempotency.remember(work=work, request=request, principal=principal, result=list_id, tools=tools, at=at)
    work.commit()
    return changed


def refresh_request(*, tools: Toolbox, principal: Principal, which: WhichRequest, at: datetime) -> EmployerRequest:
    """Look at every row anew, since employees may have answered; while it is being looked at, it changes nothing.

    Raises:
        NotFound: the request is not one's own.
        StateConflict: it has no list yet.
        RuleRefused: the employer is not confirmed.
    """
    confirmed_employer(tools=tools, principal=principal, employer_id=which.employer_id)
    found = find_request(tools=tools, principal=principal, which=which)
    if found.stage in {RequestStage.CHECKING, RequestStage.ASKING, RequestStage.WRITING}:
        return found
    work = tools.store.work(at=at)
    checking = replace(at_stage(found, RequestStage.CHECKING, at=at), counts={})
    checking = _noted(work, tools, principal, checking, "employer_request_refreshed", at)
    work.update(continue_later(work=work, tools=tools, request=checking, at=at))
    work.commit()
    return checking


def continue_later(*, work: UnitOfWork, tools: Toolbox, request: EmployerRequest, at: datetime) -> EmployerRequest:
    """Queue what comes next of a request; returns the request that awaits that message."""
    body = {"employer_id": request.employer_id, "request_id": request.request_id}
    message_id = send(work=work, tools=tools, queue=Queue.EMPLOYER_LISTS, body=body, at=at)
    return replace(request, awaited_message=message_id)


def file_link(*, tools: Toolbox, principal: Principal, which: WhichRequest, name: str, at: datetime) -> str:
    """Make a short-lived link to a file of a request, and note that it was taken (3 AWS calls).

    Raises:
        NotFound: the request is not one's own, or there is no such file.
        StateConflict: the files are being made anew.
    """
    found = find_request(tools=tools, principal=principal, which=which)
    if found.stage not in RESTING:
        raise StateConflict("Файлы обновляются: дождитесь, пока запрос будет готов")
    key = found.files.get(name)
    if key is None:
        raise NotFound("Такого файла нет или он ещё готовится")
    work = tools.store.work(at=at)
    noted = _noted(work, tools, principal, found, "employer_file_taken", at, file=name)
    work.update(noted)
    work.commit()
    wanted = OutputFile(name.partition("-")[0])
    return tools.documents.link(key=key, filename=_FILENAMES[wanted], seconds=LINK_SECONDS)


def _noted(
    work: UnitOfWork,
    tools: Toolbox,
    principal: Principal,
    request: EmployerRequest,
    name: str,
    at: datetime,
    **more: str,
) -> EmployerRequest:
    details = {"employer_id": request.employer_id, "request_id": request.request_id, **more}
    return record(request, work=work, tools=tools, name=name, at=at, actor=actor_of(principal), details=details)
