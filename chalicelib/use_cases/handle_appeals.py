"""What operators do with appeals: listed, looked at, taken, asked about, decided by who did not refuse (L1, O1, O2)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from chalicelib.domain.appeal import (
    Appeal,
    AppealDecision,
    Effect,
    ask_about,
    give_appeal_back,
    require_appeal_lease,
    take_appeal,
)
from chalicelib.domain.appeal_rules import LEVELS, TOPICS, check_words
from chalicelib.domain.appeal_states import AppealEvent
from chalicelib.domain.case_summary import Scope, ScopeKind
from chalicelib.domain.errors import FieldError, NotPermitted, ValidationFailed
from chalicelib.ports.errors import NotFound, StaleWrite
from chalicelib.use_cases.access import operator_actor, require_operator
from chalicelib.use_cases.appeal_steps import add_step, entry_details, keep_appeal, tell_step
from chalicelib.use_cases.appeal_subjects import ACTS, Undoing
from chalicelib.use_cases.journal import record
from chalicelib.use_cases.views import note_view

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from chalicelib.domain.appeal_summary import AppealSummary
    from chalicelib.domain.principal import Principal
    from chalicelib.ports.appeals import AppealFile
    from chalicelib.ports.toolbox import Toolbox

TAKE_TRIES = 3


def appeals_to_decide(
    *, tools: Toolbox, principal: Principal, limit: int, after: tuple[date, str] | None
) -> tuple[Sequence[AppealSummary], bool]:
    """List the appeals that the operator's insurer or region has to decide, first due first (1 AWS call).

    Raises:
        NotPermitted: the principal is no operator.
    """
    return tools.store.open_appeals(scope=require_operator(principal), limit=limit, after=after)


def handled_appeal(*, tools: Toolbox, principal: Principal, appeal_id: str) -> AppealFile:
    """Read an appeal of the operator's scope with its documents (1 AWS call).

    Raises:
        NotPermitted: the principal is no operator, or it is the own appeal.
        NotFound: it is of another insurer or region, of another level, or was never filed.
    """
    scope = require_operator(principal)
    file = tools.store.appeal_file(appeal_id=appeal_id)
    appeal = file.appeal
    if principal.account_id in {appeal.account_id, appeal.person_id}:
        raise NotPermitted("Работать с собственной жалобой оператору нельзя: её рассмотрит другой")
    if appeal.filed_at is None or scope not in _scopes(appeal) or scope.kind not in LEVELS[appeal.level].scopes:
        raise NotFound("Жалоба не найдена")
    return file


def _scopes(appeal: Appeal) -> tuple[Scope, Scope]:
    refused = appeal.refused
    return (
        Scope(kind=ScopeKind.INSURER, code=refused.insurer_code),
        Scope(kind=ScopeKind.REGION, code=refused.region),
    )


def view_appeal(*, tools: Toolbox, principal: Principal, appeal_id: str, at: datetime) -> AppealFile:
    """Show an appeal with its words and documents; the view is journaled (3 AWS calls)."""
    file = handled_appeal(tools=tools, principal=principal, appeal_id=appeal_id)
    note_view(
        tools=tools,
        principal=principal,
        person_id=file.appeal.person_id,
        name="appeal_viewed",
        details={"appeal_id": appeal_id, "number": file.appeal.number},
        at=at,
    )
    return file


def take(*, tools: Toolbox, principal: Principal, appeal_id: str, at: datetime) -> Appeal:
    """Take an appeal for half an hour, or begin it anew (2 AWS calls); of two operators exactly one gets it.

    Raises:
        NotPermitted: the operator refused, or decided it before: somebody else has to.
        NotFound: it is of another insurer, region or level.
        StateConflict: nobody has to decide it now.
        CaseTaken: another operator works on it.
    """
    for _ in range(TAKE_TRIES):
        appeal = handled_appeal(tools=tools, principal=principal, appeal_id=appeal_id).appeal
        _check_other_eyes(appeal, principal)
        taken = take_appeal(appeal=appeal, operator_id=principal.account_id, at=at)
        try:
            return _leased(tools, principal, appeal, taken, "appeal_taken", at)
        except StaleWrite:
            continue
    raise StaleWrite("Жалоба меняется прямо сейчас: повторите")


def _check_other_eyes(appeal: Appeal, principal: Principal) -> None:
    if principal.account_id in appeal.barred:
        raise NotPermitted("Жалобу решает не тот, кто отказал или уже рассматривал её: её возьмёт другой оператор")


def give_back(*, tools: Toolbox, principal: Principal, appeal_id: str, at: datetime) -> Appeal:
    """Let others take the appeal (2 AWS calls; 1 where nobody holds it).

    Raises:
        NotFound: it is of another insurer, region or level.
        CaseTaken: another operator works on it.
        StaleWrite: it changed meanwhile.
    """
    appeal = handled_appeal(tools=tools, principal=principal, appeal_id=appeal_id).appeal
    released = give_appeal_back(appeal=appeal, operator_id=principal.account_id, at=at)
    if appeal.lease is None:
        return appeal
    return _leased(tools, principal, appeal, released, "appeal_released", at)


def _leased(tools: Toolbox, principal: Principal, before: Appeal, after: Appeal, name: str, at: datetime) -> Appeal:
    """Store the lease; a renewal is no event of its own."""
    work = tools.store.work(at=at)
    is_renewal = before.lease is not None and after.lease is not None and before.lease.taken_at == after.lease.taken_at
    if not is_renewal:
        actor, details = operator_actor(principal), entry_details(after)
        after = record(after, work=work, tools=tools, name=name, at=at, actor=actor, details=details)
    return keep_appeal(work=work, appeal=after)


def _check_held(appeal: Appeal, principal: Principal, at: datetime) -> None:
    _check_other_eyes(appeal, principal)
    require_appeal_lease(appeal=appeal, operator_id=principal.account_id, at=at)


def ask_appellant(*, tools: Toolbox, principal: Principal, appeal_id: str, text: str, at: datetime) -> Appeal:
    """Ask the person about an appeal that the operator has taken; the clock stands still (3 AWS calls).

    Raises:
        NotPermitted, NotFound, CaseTaken, StateConflict: as `take`, or it is not taken.
        ValidationFailed: nothing is asked.
    """
    words = check_words(text=text, field="text", message="Напишите, что уточнить")
    appeal = handled_appeal(tools=tools, principal=principal, appeal_id=appeal_id).appeal
    if appeal.question is not None and appeal.question.text == words:
        return appeal
    _check_held(appeal, principal, at)
    event = AppealEvent.ASK
    work, actor = tools.store.work(at=at), operator_actor(principal)
    asked = add_step(work=work, tools=tools, appeal=appeal, event=event, actor=actor, at=at, text=words)
    asked = ask_about(appeal=asked, text=words, at=at)
    tell_step(work=work, tools=tools, before=appeal, after=asked, event=event, at=at)
    return keep_appeal(work=work, appeal=asked)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What is decided: its words for the person, another topic where the present one is wrong.

    ``carry_out`` lets an upheld application be approved at once, with nothing checked again.
    """

    upheld: bool
    explanation: str
    topic: str = ""
    carry_out: bool = False


def decide_appeal(*, tools: Toolbox, principal: Principal, appeal_id: str, verdict: Verdict, at: datetime) -> Appeal:
    """Decide an appeal that the operator has taken; an upheld one undoes the refusal in the same transaction.

    Takes 3 AWS calls, as many more as what is undone needs. Deciding twice alike changes nothing.

    Raises:
        NotPermitted, NotFound, CaseTaken, StateConflict: as `take`, or it is not taken.
        ValidationFailed: without an explanation, with a topic that there is not, or a rejection that is carried out.
        RuleRefused, StateConflict: the refusal cannot be undone by itself; says why.
    """
    words = _checked(verdict)
    appeal = handled_appeal(tools=tools, principal=principal, appeal_id=appeal_id).appeal
    if _decided_before(appeal, principal, verdict, words):
        return appeal
    _check_held(appeal, principal, at)
    work, actor = tools.store.work(at=at), operator_actor(principal)
    undoing = Undoing(tools=tools, work=work, appeal=appeal, actor=actor, at=at, carry_out=verdict.carry_out)
    effect = ACTS[appeal.refused.kind].undo(undoing) if verdict.upheld else None
    decision = _decision(undoing, words, effect, upheld=verdict.upheld)
    event = AppealEvent.UPHOLD if verdict.upheld else AppealEvent.REJECT
    moved = replace(appeal, decisions=(*appeal.decisions, decision), topic=verdict.topic or appeal.topic)
    decided = add_step(work=work, tools=tools, appeal=moved, event=event, actor=actor, at=at)
    tell_step(work=work, tools=tools, before=appeal, after=decided, event=event, at=at)
    return keep_appeal(work=work, appeal=decided)


def _decision(undoing: Undoing, words: str, effect: Effect | None, *, upheld: bool) -> AppealDecision:
    return AppealDecision(
        level=undoing.appeal.level,
        upheld=upheld,
        explanation=words,
        decided_at=undoing.at,
        decided_by=undoing.actor.actor_id,
        organisation=undoing.actor.organisation,
        effect=effect,
    )


def _checked(verdict: Verdict) -> str:
    errors = []
    if verdict.topic and verdict.topic not in TOPICS:
        message = f"Выберите тему из справочника: {', '.join(TOPICS)}"
        errors.append(FieldError(field="topic", code="not_in_list", message=message))
    if verdict.carry_out and not verdict.upheld:
        message = "Исполнить заявление можно, только если жалоба удовлетворена"
        errors.append(FieldError(field="carry_out", code="not_allowed", message=message))
    try:
        words = check_words(text=verdict.explanation, field="explanation", message="Объясните решение заявителю")
    except ValidationFailed as refusal:
        raise ValidationFailed([*errors, *refusal.errors]) from None
    if errors:
        raise ValidationFailed(errors)
    return words


def _decided_before(appeal: Appeal, principal: Principal, verdict: Verdict, words: str) -> bool:
    """Whether this is the decision that the operator has just made: the answer to it may have been lost."""
    if appeal.is_open or not appeal.decisions:
        return False
    last = appeal.decisions[-1]
    return (last.decided_by, last.upheld, last.explanation) == (principal.account_id, verdict.upheld, words)
