"""Change files of an insurer for the fund: asked for by an operator or the schedule, downloaded, handed over (P4)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from chalicelib.domain.audit import SYSTEM
from chalicelib.domain.change_file import ChangeFile, FileState, moved, next_file
from chalicelib.domain.errors import (
    FieldError,
    InvalidValue,
    NotPermitted,
    RuleRefused,
    StateConflict,
    ValidationFailed,
)
from chalicelib.domain.exchange_model import FileKind
from chalicelib.domain.exchange_name import LETTERS, parse_name
from chalicelib.domain.principal import Role
from chalicelib.domain.records import Queue
from chalicelib.domain.regions import end_of_day, local_date
from chalicelib.ports.errors import AlreadyExists, NotFound
from chalicelib.use_cases import idempotency
from chalicelib.use_cases.access import operator_actor, require_operator, require_role
from chalicelib.use_cases.insurer_directory import one_insurer
from chalicelib.use_cases.journal import record, send

if TYPE_CHECKING:
    from datetime import date

    from chalicelib.domain.audit import Actor
    from chalicelib.domain.principal import Principal
    from chalicelib.ports.queries import Slice
    from chalicelib.ports.storage import UnitOfWork
    from chalicelib.ports.toolbox import Toolbox

LINK_SECONDS = 300
KEY_PREFIX = "exchange/out/"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wish:
    """Whose file, and up to when it tells."""

    insurer_code: str
    until: datetime


def own_insurer(*, principal: Principal, insurer_code: str | None) -> str:
    """Whose exchange an operator sees: of the own insurer, or of one of the own region (O1).

    Raises:
        NotPermitted: no operator, or another insurer.
        ValidationFailed: an operator of a fund names no insurer.
    """
    scope = require_operator(principal)
    if principal.has_role(Role.INSURER_OPERATOR):
        insurer_code = insurer_code or scope.code
        mine = insurer_code == scope.code
    elif insurer_code is None:
        message = "Назовите страховую организацию: код из реестра, например 77012"
        raise ValidationFailed([FieldError(field="insurer", code="required", message=message)])
    else:
        mine = insurer_code[:2] == scope.code
    if not mine:
        raise NotPermitted("Доступен обмен своей страховой организации, а фонду — организаций своего региона")
    return insurer_code


def order_change_file(
    *,
    tools: Toolbox,
    principal: Principal,
    at: datetime,
    until_on: date | None = None,
    request: idempotency.RequestKey | None = None,
) -> ChangeFile:
    """Begin the next change file of the operator's insurer; one that is being made is returned (4 AWS calls).

    ``until_on`` is the last day of what it tells, by the clock of the insurer's region; everything without it.

    Raises:
        NotPermitted: no operator of an insurer.
        ValidationFailed: the day is still to come.
        RuleRefused: nothing has changed since the last file.
    """
    require_role(principal, Role.INSURER_OPERATOR)
    insurer_code = require_operator(principal).code
    until = _until(until_on, insurer_code[:2], at)
    return idempotency.once(
        request=request,
        principal=principal,
        tools=tools,
        create=lambda: _ordered(tools, principal, _Wish(insurer_code=insurer_code, until=until), request, at),
        recall=lambda name: find_change_file(tools=tools, name=name),
    )


def _until(until_on: date | None, region: str, at: datetime) -> datetime:
    if until_on is None:
        return at
    if until_on > local_date(at=at, region=region):
        message = "Этот день ещё не наступил: файл говорит только о том, что уже произошло"
        raise ValidationFailed([FieldError(field="until", code="day_in_future", message=message)])
    return min(at, end_of_day(until_on, region))


def _ordered(
    tools: Toolbox, principal: Principal, wish: _Wish, request: idempotency.RequestKey | None, at: datetime
) -> ChangeFile:
    one_insurer(tools=tools, code=wish.insurer_code)
    last = last_file(tools=tools, insurer_code=wish.insurer_code)
    if last is not None and last.state is FileState.MAKING:
        _check_request(tools, principal, request)
        return last
    file = _next(tools, wish, last, principal.account_id, at)
    if file is None:
        raise RuleRefused("nothing_to_tell", "С прошлого файла ничего не изменилось: передавать нечего")
    work = tools.store.work(at=at)
    idempotency.remember(work=work, request=request, principal=principal, result=file.name, tools=tools, at=at)
    return _begun(tools, work, file, operator_actor(principal), at)


def begin_files(*, tools: Toolbox, at: datetime) -> int:
    """Begin the files of all insurers; where one is begun already, nothing happens (1 AWS call and 2 to 4 each)."""
    begun = [begin_due_file(tools=tools, insurer_code=i.code, at=at) for i in tools.store.insurers(region=None)]
    return sum(file is not None for file in begun)


def _check_request(tools: Toolbox, principal: Principal, request: idempotency.RequestKey | None) -> None:
    """Refuse a key of another request even where nothing is going to be created."""
    if request is not None:
        idempotency.earlier_result(request=request, account_id=principal.account_id, tools=tools)


def begin_due_file(*, tools: Toolbox, insurer_code: str, at: datetime) -> ChangeFile | None:
    """Begin the file of the day, if there is something to tell and none is being made (2 to 3 AWS calls)."""
    last = last_file(tools=tools, insurer_code=insurer_code)
    if last is not None and last.state is FileState.MAKING:
        return last
    file = _next(tools, _Wish(insurer_code=insurer_code, until=at), last, "", at)
    if file is None:
        return None
    try:
        return _begun(tools, tools.store.work(at=at), file, SYSTEM, at)
    except AlreadyExists:
        return None  # Somebody began it in the same moment.


def last_file(*, tools: Toolbox, insurer_code: str) -> ChangeFile | None:
    """The last change file of an insurer (1 AWS call)."""
    return next(iter(tools.store.change_files(insurer_code=insurer_code, limit=1, after=None).items), None)


def _next(tools: Toolbox, wish: _Wish, last: ChangeFile | None, account_id: str, at: datetime) -> ChangeFile | None:
    insurer_code = wish.insurer_code
    if not tools.store.waiting_changes(insurer_code=insurer_code, until=wish.until, limit=1, after="").items:
        return None
    today = local_date(at=at, region=insurer_code[:2])
    year, month, number = next_file(insurer_code=insurer_code, last=last, year=today.year, month=today.month)
    return ChangeFile(
        insurer_code=insurer_code,
        year=year,
        month=month,
        number=number,
        key=f"{KEY_PREFIX}{tools.ids.new_id(at=at)}",
        account_id=account_id,
        until=wish.until,
        created_at=at,
    )


def _begun(tools: Toolbox, work: UnitOfWork, file: ChangeFile, actor: Actor, at: datetime) -> ChangeFile:
    details = {"file": file.name}
    file = record(file, work=work, tools=tools, name="change_file_begun", at=at, actor=actor, details=details)
    work.create(file)
    go_on_later(work=work, tools=tools, file=file, at=at)
    work.commit()
    return file


def go_on_later(*, work: UnitOfWork, tools: Toolbox, file: ChangeFile, at: datetime) -> None:
    """Leave the rest of a file to a message of its own."""
    send(work=work, tools=tools, queue=Queue.EXCHANGE, body={"step": "change_file", "file": file.name}, at=at)


def find_change_file(*, tools: Toolbox, name: str) -> ChangeFile:
    """Read a change file by its name (1 AWS call); raises NotFound."""
    try:
        said = parse_name(text=name)
    except InvalidValue:
        raise NotFound("Такого файла нет") from None
    if said.letter != LETTERS[FileKind.OPLIST] or said.point:
        raise NotFound("Такого файла нет")
    return tools.store.change_file(insurer_code=said.insurer_code, year=said.year, month=said.month, number=said.number)


def view_change_file(*, tools: Toolbox, principal: Principal, name: str) -> ChangeFile:
    """Show a change file (1 AWS call); raises NotFound, also for another insurer's."""
    require_operator(principal)
    file = find_change_file(tools=tools, name=name)
    try:
        own_insurer(principal=principal, insurer_code=file.insurer_code)
    except NotPermitted:
        raise NotFound("Такого файла нет") from None
    return file


def list_change_files(
    *, tools: Toolbox, principal: Principal, insurer_code: str | None, limit: int, after: str | None
) -> Slice[ChangeFile]:
    """List the change files of an insurer, the last first (1 AWS call); raises NotPermitted."""
    insurer_code = own_insurer(principal=principal, insurer_code=insurer_code)
    return tools.store.change_files(insurer_code=insurer_code, limit=limit, after=after)


def change_file_link(*, tools: Toolbox, principal: Principal, name: str, at: datetime) -> str:
    """Make a short-lived link to a change file, and note that it was taken (2 AWS calls).

    Raises:
        NotFound: there is no such file of the insurer.
        StateConflict: it is not made yet.
    """
    file = view_change_file(tools=tools, principal=principal, name=name)
    if file.state is FileState.MAKING:
        raise StateConflict("Файл ещё составляется: повторите позже")
    _noted(tools, principal, file, "change_file_downloaded", at)
    return tools.documents.link(key=file.key, filename=f"{file.name}.xml", seconds=LINK_SECONDS)


def mark_sent(*, tools: Toolbox, principal: Principal, name: str, at: datetime) -> ChangeFile:
    """Note that the file was handed over to the fund; again changes nothing (2 AWS calls).

    Raises:
        NotPermitted: no operator of the insurer.
        NotFound: there is no such file of the insurer.
        StateConflict: it is not made yet.
    """
    require_role(principal, Role.INSURER_OPERATOR)
    file = view_change_file(tools=tools, principal=principal, name=name)
    if file.sent_at is not None:
        return file
    sent = replace(file if file.state is FileState.ANSWERED else moved(file=file, state=FileState.SENT), sent_at=at)
    return _noted(tools, principal, sent, "change_file_sent", at)


def _noted(tools: Toolbox, principal: Principal, file: ChangeFile, name: str, at: datetime) -> ChangeFile:
    work = tools.store.work(at=at)
    details = {"file": file.name}
    file = record(file, work=work, tools=tools, name=name, at=at, actor=operator_actor(principal), details=details)
    work.update(file)
    work.commit()
    return replace(file, version=file.version + 1)
