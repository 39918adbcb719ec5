"""Files of the fund, REPLIST, STOPLIST and FLK_P: permission to upload one, and how far it is taken in (P4)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from chalicelib.domain.errors import FieldError, InvalidValue, NotPermitted, StateConflict, ValidationFailed
from chalicelib.domain.exchange_check import MAX_XML_BYTES
from chalicelib.domain.exchange_name import ExchangeName, parse_name
from chalicelib.domain.fund_answer import ANSWER_KINDS, AnswerPage, FundAnswer
from chalicelib.ports.errors import NotFound
from chalicelib.use_cases import idempotency
from chalicelib.use_cases.access import operator_actor, require_operator
from chalicelib.use_cases.change_files import LINK_SECONDS, own_insurer
from chalicelib.use_cases.insurer_directory import one_insurer
from chalicelib.use_cases.journal import record

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.domain.principal import Principal
    from chalicelib.ports.files import UploadForm
    from chalicelib.ports.queries import Slice
    from chalicelib.ports.toolbox import Toolbox

PREFIX = "exchange/in/"
REPORTS_PREFIX = "exchange/reports/"
UPLOAD_SECONDS = 900
MEDIA_TYPES = frozenset({"application/xml", "text/xml", "application/zip"})


def order_answer(
    *,
    tools: Toolbox,
    principal: Principal,
    name: str,
    media_type: str,
    at: datetime,
    request: idempotency.RequestKey | None = None,
) -> tuple[FundAnswer, UploadForm]:
    """Permit the upload of a file of the fund, and await it (2 AWS calls); a repeated key awaits no second one.

    Raises:
        NotPermitted: no operator, or a file for another insurer.
        ValidationFailed: the name is none of a file of the fund, or it is going to be of another type.
    """
    require_operator(principal)
    said = _said(name, media_type)
    own_insurer(principal=principal, insurer_code=said.insurer_code)
    job = idempotency.once(
        request=request,
        principal=principal,
        tools=tools,
        create=lambda: _awaited(tools, principal, said, media_type, request, at),
        recall=lambda answer_id: tools.store.fund_answer(answer_id=answer_id),
    )
    form = tools.scans.upload_form(
        key=job.key, media_type=job.media_type, max_bytes=MAX_XML_BYTES, seconds=UPLOAD_SECONDS
    )
    return job, form


def _said(name: str, media_type: str) -> ExchangeName:
    errors = []
    said = None
    try:
        said = parse_name(text=re.sub(r"(?i)\.zip$", "", name))
    except InvalidValue as refusal:
        errors.append(FieldError(field="name", code=refusal.reason, message=refusal.detail))
    if said is not None and said.kind not in ANSWER_KINDS:
        message = "Фонд присылает протоколы (p…), списки снятых с учёта (s…) и отчёты об ошибках (f…)"
        errors.append(FieldError(field="name", code="not_of_the_fund", message=message))
    if media_type not in MEDIA_TYPES:
        message = f"Файл принимается в XML или ZIP: {', '.join(sorted(MEDIA_TYPES))}"
        errors.append(FieldError(field="media_type", code="unsupported_format", message=message))
    if said is None or errors:
        raise ValidationFailed(errors)
    return said


def _awaited(
    tools: Toolbox,
    principal: Principal,
    said: ExchangeName,
    media_type: str,
    request: idempotency.RequestKey | None,
    at: datetime,
) -> FundAnswer:
    one_insurer(tools=tools, code=said.insurer_code)
    answer_id, actor = tools.ids.new_id(at=at), operator_actor(principal)
    job = FundAnswer(
        answer_id=answer_id,
        account_id=principal.account_id,
        organisation=actor.organisation,
        insurer_code=said.insurer_code,
        name=str(said),
        kind=said.kind,
        media_type=media_type,
        key=f"{PREFIX}{answer_id}",
        created_at=at,
    )
    work = tools.store.work(at=at)
    details = {"answer_id": answer_id, "file": job.name}
    work.create(record(job, work=work, tools=tools, name="fund_file_ordered", at=at, actor=actor, details=details))
    idempotency.remember(work=work, request=request, principal=principal, result=answer_id, tools=tools, at=at)
    work.commit()
    return job


def view_answer(*, tools: Toolbox, principal: Principal, answer_id: str) -> FundAnswer:
    """Tell how far a file of the fund is taken in (1 AWS call); raises NotFound, also for another insurer's."""
    require_operator(principal)
    job = tools.store.fund_answer(answer_id=answer_id)
    try:
        own_insurer(principal=principal, insurer_code=job.insurer_code)
    except NotPermitted:
        raise NotFound("Такого файла нет") from None
    return job


def list_answers(
    *, tools: Toolbox, principal: Principal, insurer_code: str | None, limit: int, after: str | None
) -> Slice[FundAnswer]:
    """List the fund's files for an insurer, newest first (1 AWS call); raises NotPermitted."""
    insurer_code = own_insurer(principal=principal, insurer_code=insurer_code)
    return tools.store.fund_answers(insurer_code=insurer_code, limit=limit, after=after)


def view_report(*, tools: Toolbox, principal: Principal, answer_id: str, page: int) -> tuple[AnswerPage, bool]:
    """Show a page of the report; tells whether another follows (2 AWS calls).

    Raises:
        NotFound: there is no such file of the insurer, or it has no such page (yet).
    """
    job = view_answer(tools=tools, principal=principal, answer_id=answer_id)
    if job.pages == 0 and page == 0:
        return AnswerPage(answer_id=answer_id, page=0, rows=()), False
    found = tools.store.answer_page(answer_id=answer_id, page=page)
    if found is None:
        raise NotFound("Такой страницы отчёта нет")
    return found, page + 1 < job.pages


def report_link(*, tools: Toolbox, principal: Principal, answer_id: str) -> str:
    """Make a short-lived link to the error report FLK_P on a file of the fund (1 AWS call).

    Raises:
        NotFound: there is no such file of the insurer.
        StateConflict: the file is not taken in yet.
    """
    job = view_answer(tools=tools, principal=principal, answer_id=answer_id)
    if not job.report_key:
        raise StateConflict("Протокола ещё нет: он составляется, когда файл разобран до конца")
    return tools.documents.link(key=job.report_key, filename=f"{job.report_name}.xml", seconds=LINK_SECONDS)
