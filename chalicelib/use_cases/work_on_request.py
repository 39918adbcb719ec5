"""Going on with a request of an employer, a few chunks for each message; a killed worker goes on at its chunk (K2)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from chalicelib.domain.audit import SYSTEM
from chalicelib.domain.employer_request import EmployerRequest, RequestStage, at_stage
from chalicelib.ports.errors import NotFound
from chalicelib.ports.staff_files import ChunkName
from chalicelib.use_cases.ask_staff import ask_staff
from chalicelib.use_cases.check_staff import check_rows
from chalicelib.use_cases.employer_requests import continue_later
from chalicelib.use_cases.journal import notify, record
from chalicelib.use_cases.write_staff_files import jobs_of, write_job

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from chalicelib.ports.storage import UnitOfWork
    from chalicelib.ports.toolbox import Toolbox

STEPS = 5
"""Chunks for one message: some seconds of work, far from the time-out of a Lambda."""

Step = "Callable[[Toolbox, EmployerRequest, datetime], EmployerRequest]"


def work_on_request(
    *, tools: Toolbox, employer_id: str, request_id: str, at: datetime, message_id: str | None = None
) -> EmployerRequest:
    """Do the next chunks of the present stage, and queue what follows.

    A message whose successor is on its way is passed over. Each chunk is kept before the cursor moves on: what is
    repeated after a kill is one chunk, and it writes the same.

    Raises:
        NotFound: there is no such request.
        StaleWrite, Unavailable, Throttled: the message will come again.
    """
    request = tools.store.employer_request(employer_id=employer_id, request_id=request_id)
    if request is None:
        raise NotFound("Запрос не найден")
    if message_id is not None and request.awaited_message != message_id:
        return request
    step = _STEPS.get(request.stage)
    if step is None:
        return request
    for _ in range(STEPS - 1):
        request = step(tools, request, at)
        if request.cursor >= _length(request) or request.stage is RequestStage.WRITING:
            return _handed_on(tools, request, at)
        work = tools.store.work(at=at)
        work.update(request)
        work.commit()
        request = replace(request, version=request.version + 1)
    return _handed_on(tools, step(tools, request, at), at)


def _length(request: EmployerRequest) -> int:
    return len(jobs_of(request)) if request.stage is RequestStage.WRITING else request.chunks


def _check(tools: Toolbox, request: EmployerRequest, at: datetime) -> EmployerRequest:
    name = _name(request)
    results = check_rows(tools=tools, request=request, rows=tools.staff_files.read_rows(name=name))
    tools.staff_files.write_results(name=name, results=results)
    counts = dict(request.counts)
    for result in results:
        counts[result.outcome.value] = counts.get(result.outcome.value, 0) + 1
    return replace(request, cursor=request.cursor + 1, counts=counts, updated_at=at)


def _ask(tools: Toolbox, request: EmployerRequest, at: datetime) -> EmployerRequest:
    employer = tools.store.employer(account_id=request.account_id, employer_id=request.employer_id)
    results = tools.staff_files.read_results(name=_name(request))
    name = employer.name if employer else ""
    ask_staff(tools=tools, request=request, name=name, results=results, at=at)
    return replace(request, cursor=request.cursor + 1, updated_at=at)


def _write(tools: Toolbox, request: EmployerRequest, at: datetime) -> EmployerRequest:
    written = write_job(tools=tools, request=request, job=jobs_of(request)[request.cursor], at=at)
    return replace(written, cursor=request.cursor + 1, updated_at=at)


_STEPS: Mapping[RequestStage, Callable[[Toolbox, EmployerRequest, datetime], EmployerRequest]] = {
    RequestStage.CHECKING: _check,
    RequestStage.ASKING: _ask,
    RequestStage.WRITING: _write,
}
_FOLLOWING = {
    RequestStage.CHECKING: RequestStage.ASKING,
    RequestStage.ASKING: RequestStage.WRITING,
    RequestStage.WRITING: RequestStage.READY,
}


def _name(request: EmployerRequest) -> ChunkName:
    one, chunk = request.place_of(request.cursor)
    return ChunkName(work_id=request.work_id, list_number=one.number, chunk=chunk)


def _handed_on(tools: Toolbox, request: EmployerRequest, at: datetime) -> EmployerRequest:
    """Move the request to its next stage if this one is over, and queue what follows; or tell that it is ready."""
    work = tools.store.work(at=at)
    if request.cursor >= _length(request):
        request = at_stage(request, _FOLLOWING[request.stage], at=at)
    if request.stage is RequestStage.READY:
        request = _finished(work, tools, replace(request, awaited_message=None), at)
    else:
        request = continue_later(work=work, tools=tools, request=request, at=at)
    work.update(request)
    work.commit()
    return request


def _finished(work: UnitOfWork, tools: Toolbox, request: EmployerRequest, at: datetime) -> EmployerRequest:
    details = {"employer_id": request.employer_id, "request_id": request.request_id, **_told(request.counts)}
    name = "employer_request_ready"
    done = record(request, work=work, tools=tools, name=name, at=at, actor=SYSTEM, details=details)
    day = str((at + timedelta(hours=request.utc_offset_hours)).date())
    context = {"day": day, "number": request.number}
    notify(work=work, tools=tools, kind=name, person_id=request.account_id, at=at, context=context)
    return done


def _told(counts: Mapping[str, int]) -> dict[str, str]:
    return {f"rows_{outcome}": str(count) for outcome, count in sorted(counts.items())}
