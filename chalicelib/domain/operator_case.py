"""A case of the operators' queue: why an application waits for a person, and who works on it now (O2)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, ClassVar, Final

from chalicelib.domain.errors import StateConflict

if TYPE_CHECKING:
    from collections.abc import Mapping

LEASE_FOR = timedelta(minutes=30)
"""How long a case stays with the operator who took it; every step of work begins the time anew."""


class WaitReason(StrEnum):
    """Why an application cannot go on without a person."""

    REGISTER_CONTRADICTION = "register_contradiction"
    REGISTER_ANSWER_UNCLEAR = "register_answer_unclear"
    QUESTION_REFUSED = "question_refused"
    IDENTITY_CLASH = "identity_clash"
    REGISTER_NUMBER_WRONG = "register_number_wrong"
    PERSON_UNKNOWN = "person_unknown"
    ISSUE_FAILED = "issue_failed"
    REPRESENTATION_ENDED = "representation_ended"
    CLARIFICATION_ANSWERED = "clarification_answered"
    OVERDUE = "overdue"
    UNSPECIFIED = "unspecified"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonText:
    """What an operator reads: what happened, and what can be done about it."""

    title: str
    advice: str


def _text(title: str, advice: str) -> ReasonText:
    return ReasonText(title=title, advice=advice)


_W = WaitReason

REASON_TEXTS: Final[Mapping[WaitReason, ReasonText]] = MappingProxyType(
    {
        _W.REGISTER_CONTRADICTION: _text(
            "Сведения реестра противоречат заявлению",
            "Сверьте ответы реестров с документами; запросите документ у заявителя или откажите с причиной",
        ),
        _W.REGISTER_ANSWER_UNCLEAR: _text(
            "Ответ реестра неясен",
            "Посмотрите ответ реестра в проверках; решите по документам или отправьте на повторную проверку",
        ),
        _W.QUESTION_REFUSED: _text(
            "Реестр отклонил запрос",
            "Отправьте на повторную проверку, когда реестр исправят, или решите по документам",
        ),
        _W.IDENTITY_CLASH: _text(
            "СНИЛС, документ или номер полиса уже принадлежит другой записи",
            "Сначала объедините записи одного человека, затем одобряйте; если люди разные — запросите документ",
        ),
        _W.REGISTER_NUMBER_WRONG: _text(
            "Номер полиса в реестре не сходится с датой рождения и полом",
            "Запросите исправление у фонда и отправьте на повторную проверку или уточните данные у заявителя",
        ),
        _W.PERSON_UNKNOWN: _text(
            "Нет сведений о застрахованном лице",
            "Уточните данные у заявителя или откажите с причиной",
        ),
        _W.ISSUE_FAILED: _text(
            "Исполнить одобренное заявление не удалось",
            "Одобрите ещё раз или отправьте на повторную проверку",
        ),
        _W.REPRESENTATION_ENDED: _text(
            "Полномочия представителя закончились",
            "Проверьте, кто теперь действует за застрахованного, и решите или откажите с причиной",
        ),
        _W.CLARIFICATION_ANSWERED: _text(
            "Заявитель ответил на уточнение",
            "Реестры опрошены заново; посмотрите ответ и документы и решите",
        ),
        _W.OVERDUE: _text(
            "Срок решения прошёл",
            "Реестры ещё не ответили: дождитесь ответа или возьмите заявление и решите по документам",
        ),
        _W.UNSPECIFIED: _text("Нужно решение оператора", "Посмотрите проверки и историю и решите"),
    }
)
"""Reason → its words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attention:
    """Since when and why a case waits for a person.

    ``detail`` is a code that tells more: the identifier that clashes, or the registers whose answers are in question.
    """

    reason: WaitReason
    since: datetime
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """One operator works on the case until a moment; ``operator_id`` is the operator's account."""

    operator_id: str
    taken_at: datetime
    until: datetime

    def stands_at(self, at: datetime) -> bool:
        """Whether the case is still held."""
        return at < self.until


class CaseTaken(StateConflict):
    """Another operator works on the case; ``free_at`` is when it becomes free, who holds it is not told."""

    code: ClassVar[str] = "case_taken"

    def __init__(self, detail: str, *, free_at: datetime) -> None:
        super().__init__(detail)
        self.free_at = free_at
