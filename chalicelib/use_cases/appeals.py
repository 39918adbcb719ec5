"""Appealing against a refusal: begun, filed, answered, taken to the fund, withdrawn (requirement L1)."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from chalicelib.domain.appeal import (
    Appeal,
    AppealedRefusal,
    AppealNumber,
    check_escalated_in_time,
    check_filed_in_time,
    file_at_level,
    go_on_after_question,
)
from chalicelib.domain.appeal_rules import SubjectKind, check_grounds, check_words, topic_of
from chalicelib.domain.appeal_states import AppealEvent, AppealState, Level, appeal_rule
from chalicelib.domain.errors import FieldError, StateConflict, ValidationFailed
from chalicelib.domain.numbers import SERIAL_LIMIT, Series, series_number
from chalicelib.domain.scan import ScanState
from chalicelib.ports.errors import AlreadyExists, NotFound
from chalicelib.use_cases import idempotency
from chalicelib.use_cases.access import actor_of, require_citizen, require_confirmed
from chalicelib.use_cases.appeal_steps import add_step, entry_details, keep_appeal, tell_step
from chalicelib.use_cases.appeal_subjects import find_refusal
from chalicelib.use_cases.journal import record
from chalicelib.use_cases.ordered_documents import order_appeal_receipt

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from chalicelib.domain.principal import Principal
    from chalicelib.ports.appeals import AppealFile
    from chalicelib.ports.queries import Slice
    from chalicelib.ports.storage import UnitOfWork
    from chalicelib.ports.toolbox import Toolbox

NUMBER_DRAWS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Grounds:
    """Why the refusal is thought wrong: codes of the catalogue, and own words."""

    reasons: tuple[str, ...]
    text: str = ""


def begin_appeal(
    *,
    tools: Toolbox,
    principal: Principal,
    kind: SubjectKind,
    subject_id: str,
    at: datetime,
    request: idempotency.RequestKey | None = None,
) -> Appeal:
    """Begin an appeal, to which documents are added before it is filed (2 to 3 AWS calls).

    Raises:
        NotFound: there is no such thing of this person's.
        StateConflict: it was not refused, or this refusal is appealed against already.
        RuleRefused: it was refused too long ago.
    """
    require_confirmed(principal)
    return idempotency.once(
        request=request,
        principal=principal,
        tools=tools,
        create=lambda: _begin(tools, principal, kind, subject_id, request, at),
        recall=lambda appeal_id: own_appeal(tools=tools, principal=principal, appeal_id=appeal_id).appeal,
    )


def _begin(
    tools: Toolbox,
    principal: Principal,
    kind: SubjectKind,
    subject_id: str,
    request: idempotency.RequestKey | None,
    at: datetime,
) -> Appeal:
    found = find_refusal(tools=tools, principal=principal, kind=kind, subject_id=subject_id)
    check_filed_in_time(refused=found.refused, at=at)
    appeal_id = tools.ids.new_id(at=at)
    appeal = Appeal(
        appeal_id=appeal_id,
        person_id=found.person_id,
        account_id=principal.account_id,
        refused=found.refused,
        state=AppealState.DRAFT,
        topic=found.refused.topic,
        created_at=at,
        updated_at=at,
    )
    work = tools.store.work(at=at)
    actor, name = actor_of(principal, acts_for=found.person_id), "appeal_begun"
    appeal = record(appeal, work=work, tools=tools, name=name, at=at, actor=actor, details=entry_details(appeal))
    work.create(appeal)
    work.create(AppealedRefusal(name=found.refused.name, appeal_id=appeal_id))
    idempotency.remember(work=work, request=request, principal=principal, result=appeal_id, tools=tools, at=at)
    try:
        work.commit()
    except AlreadyExists as refusal:
        if refusal.marker != AppealedRefusal.__name__:
            raise
        detail = "Этот отказ уже обжалуется: дополните ту жалобу или дождитесь решения по ней"
        raise StateConflict(detail) from None
    return appeal


def own_appeal(*, tools: Toolbox, principal: Principal, appeal_id: str) -> AppealFile:
    """Read an appeal of one's own with its documents (1 AWS call); raises NotFound."""
    require_citizen(principal)
    file = tools.store.appeal_file(appeal_id=appeal_id)
    if file.appeal.account_id != principal.account_id:
        raise NotFound("Жалоба не найдена")
    return file


def list_appeals(*, tools: Toolbox, principal: Principal, limit: int, after: str | None) -> Slice[Appeal]:
    """List one's own appeals, newest first (1 AWS call)."""
    return tools.store.appeals_of(account_id=require_citizen(principal), limit=limit, after=after)


def file_appeal(*, tools: Toolbox, principal: Principal, appeal_id: str, grounds: Grounds, at: datetime) -> Appeal:
    """File an appeal: it gets its number, its receipt and the day of the decision; filed twice it stays as it is.

    Takes 3 AWS calls.

    Raises:
        NotFound: there is no such appeal of this person's.
        ValidationFailed: with every mistake in the reasons; or a document is still being checked.
        RuleRefused: it was refused too long ago.
        StateConflict: it was withdrawn or has expired.
    """
    require_confirmed(principal)
    file = own_appeal(tools=tools, principal=principal, appeal_id=appeal_id)
    appeal, said = file.appeal, replace(grounds, text=grounds.text.strip())
    if appeal.is_open and (appeal.reasons, appeal.text) == (said.reasons, said.text):
        return appeal
    appeal_rule(state=appeal.state, level=appeal.level, event=AppealEvent.FILE)
    check_grounds(subject=appeal.refused.kind, reasons=said.reasons, text=said.text)
    check_documents(file)
    check_filed_in_time(refused=appeal.refused, at=at)
    for _ in range(NUMBER_DRAWS - 1):
        with suppress(AlreadyExists):  # the number that was drawn is taken
            return _filed(tools, principal, appeal, said, at)
    return _filed(tools, principal, appeal, said, at)


def check_documents(file: AppealFile) -> None:
    """Refuse to go on while an upload is not checked; raises ValidationFailed."""
    if any(scan.state is ScanState.AWAITING_UPLOAD for scan in file.scans):
        message = "Дождитесь проверки загруженных документов или загрузите их снова"
        raise ValidationFailed([FieldError(field="documents", code="not_checked_yet", message=message)])


def _filed(tools: Toolbox, principal: Principal, draft: Appeal, grounds: Grounds, at: datetime) -> Appeal:
    work, event = tools.store.work(at=at), AppealEvent.FILE
    serial = tools.ids.below(SERIAL_LIMIT)
    number = series_number(series=Series.APPEAL, serial_or_random=serial, on=draft.local_day(at))
    number_hash = tools.secrets.lookup_hash(kind="appeal", value=number)
    work.create(AppealNumber(number_hash=number_hash, appeal_id=draft.appeal_id))
    appeal = replace(
        file_at_level(appeal=draft, level=Level.FIRST, at=at),
        number=number,
        reasons=grounds.reasons,
        text=grounds.text,
        topic=topic_of(reasons=grounds.reasons, otherwise=draft.refused.topic),
        filed_at=at,
    )
    receipt = order_appeal_receipt(work=work, tools=tools, appeal=appeal, at=at)
    appeal = replace(appeal, receipt_id=receipt.document_id)
    actor = actor_of(principal, acts_for=appeal.person_id)
    filed = add_step(work=work, tools=tools, appeal=appeal, event=event, actor=actor, at=at)
    tell_step(work=work, tools=tools, before=draft, after=filed, event=event, at=at)
    return keep_appeal(work=work, appeal=filed)


def answer_question(*, tools: Toolbox, principal: Principal, appeal_id: str, text: str, at: datetime) -> Appeal:
    """Answer what was asked; the clock goes on (2 AWS calls). Answering twice alike changes nothing.

    Raises:
        NotFound: there is no such appeal of this person's.
        StateConflict: nothing is asked.
        ValidationFailed: no words, or a document is still being checked.
    """
    require_confirmed(principal)
    file = own_appeal(tools=tools, principal=principal, appeal_id=appeal_id)
    words = check_words(text=text, field="text", message="Ответьте на вопрос")
    if _has_just(file.appeal, AppealEvent.ANSWER, words):
        return file.appeal
    appeal_rule(state=file.appeal.state, level=file.appeal.level, event=AppealEvent.ANSWER)
    check_documents(file)

    def go_on(appeal: Appeal) -> Appeal:
        return go_on_after_question(appeal=appeal, at=at)

    return _stepped(tools, principal, file.appeal, AppealEvent.ANSWER, at, words=words, then=go_on)


def escalate_appeal(*, tools: Toolbox, principal: Principal, appeal_id: str, text: str, at: datetime) -> Appeal:
    """Take an appeal that was rejected to the territorial fund (3 AWS calls); twice alike it stays there.

    Raises:
        NotFound: there is no such appeal of this person's.
        StateConflict: it was not rejected, or the fund has decided already.
        RuleRefused: it was rejected too long ago.
        ValidationFailed: it does not say what is wrong with the decision.
    """
    require_confirmed(principal)
    appeal = own_appeal(tools=tools, principal=principal, appeal_id=appeal_id).appeal
    words = check_words(text=text, field="text", message="Напишите, с чем в решении вы не согласны")
    if _has_just(appeal, AppealEvent.ESCALATE, words):
        return appeal
    appeal_rule(state=appeal.state, level=appeal.level, event=AppealEvent.ESCALATE)
    check_escalated_in_time(appeal=appeal, at=at)

    def to_fund(moved: Appeal) -> Appeal:
        return file_at_level(appeal=moved, level=Level.FUND, at=at)

    return _stepped(tools, principal, appeal, AppealEvent.ESCALATE, at, words=words, then=to_fund)


def withdraw_appeal(*, tools: Toolbox, principal: Principal, appeal_id: str, at: datetime) -> Appeal:
    """Withdraw an appeal until it is decided (2 or 3 AWS calls); the refusal may be appealed against again.

    Raises:
        NotFound: there is no such appeal of this person's.
        StateConflict: it is decided.
    """
    require_confirmed(principal)
    appeal = own_appeal(tools=tools, principal=principal, appeal_id=appeal_id).appeal
    if appeal.state is AppealState.WITHDRAWN:
        return appeal

    def free_place(work: UnitOfWork) -> None:
        work.remove(AppealedRefusal(name=appeal.refused.name, appeal_id=appeal_id))

    return _stepped(tools, principal, appeal, AppealEvent.WITHDRAW, at, also=free_place)


def _has_just(appeal: Appeal, event: AppealEvent, words: str) -> bool:
    last = appeal.history[-1] if appeal.history else None
    return last is not None and last.event is event and last.text == words


def _stepped(
    tools: Toolbox,
    principal: Principal,
    appeal: Appeal,
    event: AppealEvent,
    at: datetime,
    *,
    words: str = "",
    then: Callable[[Appeal], Appeal] = lambda moved: moved,
    also: Callable[[UnitOfWork], None] = lambda work: None,  # noqa: ARG005 — nothing more
) -> Appeal:
    work = tools.store.work(at=at)
    actor = actor_of(principal, acts_for=appeal.person_id)
    moved = then(add_step(work=work, tools=tools, appeal=appeal, event=event, actor=actor, at=at, text=words))
    tell_step(work=work, tools=tools, before=appeal, after=moved, event=event, at=at)
    also(work)
    return keep_appeal(work=work, appeal=moved)
