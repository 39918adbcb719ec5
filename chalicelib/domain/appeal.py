"""An appeal (обжалование) against a refusal: what it says, who decides, its clock and its lease (requirement L1)."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

from chalicelib.domain.appeal_rules import LEVELS, SubjectKind
from chalicelib.domain.appeal_states import (
    FINAL_APPEAL_STATES,
    OPEN_APPEAL_STATES,
    AppealEvent,
    AppealState,
    Level,
    appeal_rule,
)
from chalicelib.domain.audit import Actor, ChainHead
from chalicelib.domain.errors import RuleRefused, StateConflict
from chalicelib.domain.operator_case import LEASE_FOR, CaseTaken, Lease
from chalicelib.domain.regions import end_of_day, find_region, local_date
from chalicelib.domain.working_days import RUSSIAN_CALENDAR

DRAFT_KEPT_FOR = timedelta(days=30)
MAX_DOCUMENTS = 20
"""How many documents an appeal may hold; as many more for each question asked."""


class Effect(StrEnum):
    """What an upheld appeal did by itself."""

    CHECKED_ANEW = "checked_anew"
    CARRIED_OUT = "carried_out"
    RESTORED = "restored"
    ALREADY_UNDONE = "already_undone"
    ANOTHER_UNDER_WAY = "another_under_way"


EFFECT_TITLES = {
    Effect.CHECKED_ANEW: "Отказ отменён: сведения проверяются снова, подавать ничего не нужно",
    Effect.CARRIED_OUT: "Отказ отменён: заявление одобрено и исполняется",
    Effect.RESTORED: "Отказ отменён: всё снова действует",
    Effect.ALREADY_UNDONE: "К этому времени отказ уже был отменён",
    Effect.ANOTHER_UNDER_WAY: "Отказ признан неверным; дело решается по заявлению, которое вы подали позже",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """The refusal that is appealed against: of what, when, by whom; whose work (``insurer_code``, ``region``)."""

    kind: SubjectKind
    subject_id: str
    number: str
    refused_at: datetime
    refused_by: Actor
    region: str
    insurer_code: str = ""
    topic: str = ""

    @property
    def name(self) -> str:
        """The name of this very refusal: what is refused again is another one."""
        return f"{self.kind.value}#{self.subject_id}#{self.refused_at.isoformat(timespec='milliseconds')}"


@dataclass(frozen=True, slots=True, kw_only=True)
class AppealedRefusal:
    """Holds the place of the one appeal against a refusal."""

    name: str
    appeal_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AppealNumber:
    """Holds a number that was given out; the number itself is hashed."""

    number_hash: str
    appeal_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AppealQuestion:
    """What the person is asked, when, and the last day to answer; the clock stands still meanwhile."""

    text: str
    asked_at: datetime
    asked_on: date
    until_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class AppealDecision:
    """A decision of one level: its words for the person, by whom, and what it did."""

    level: Level
    upheld: bool
    explanation: str
    decided_at: datetime
    decided_by: str
    organisation: str
    effect: Effect | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AppealStep:
    """One step of the history; ``text`` are the words of a question, an answer or an escalation."""

    event: AppealEvent | None
    state: AppealState
    level: Level
    at: datetime
    actor: Actor
    text: str = ""
    paused_days: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Appeal:
    """One appeal; ``account_id`` is who appeals and is told, ``person_id`` whom the refusal is about.

    ``due_on`` is the day of the decision at the present level. ``filed_at`` is when it was first filed, ``level_at``
    when it came to the present level.
    """

    appeal_id: str
    person_id: str
    account_id: str
    refused: Refused
    state: AppealState
    created_at: datetime
    updated_at: datetime
    level: Level = Level.FIRST
    number: str = ""
    topic: str = ""
    reasons: tuple[str, ...] = ()
    text: str = ""
    filed_at: datetime | None = None
    level_at: datetime | None = None
    due_on: date | None = None
    is_overdue: bool = False
    question: AppealQuestion | None = None
    lease: Lease | None = None
    decisions: tuple[AppealDecision, ...] = ()
    receipt_id: str = ""
    history: tuple[AppealStep, ...] = ()
    version: int = 1
    chain: ChainHead = field(default_factory=ChainHead)

    @property
    def is_open(self) -> bool:
        """Whether somebody has to decide it."""
        return self.state in OPEN_APPEAL_STATES

    @property
    def next_step_at(self) -> datetime | None:
        """When a timer has to look at it: a draft's end, the end of an answer's term, a due date that passes."""
        if self.state is AppealState.DRAFT:
            return self.created_at + DRAFT_KEPT_FOR
        if self.state is AppealState.QUESTION_ASKED and self.question is not None:
            return end_of_day(self.question.until_on, self.refused.region)
        if self.state is AppealState.FILED and self.due_on is not None and not self.is_overdue:
            return end_of_day(self.due_on, self.refused.region)
        return None

    @property
    def documents_room(self) -> int:
        """How many documents it may hold: each question makes room for the answer."""
        return MAX_DOCUMENTS * (1 + sum(step.event is AppealEvent.ASK for step in self.history))

    @property
    def barred(self) -> frozenset[str]:
        """Who may never decide it: who refused, who decided before, whom it is about (four eyes)."""
        decided = (decision.decided_by for decision in self.decisions)
        return frozenset({self.account_id, self.person_id, self.refused.refused_by.actor_id, *decided} - {""})

    def local_day(self, at: datetime) -> date:
        """The day of a moment in the region where it was refused."""
        return local_date(at=at, region=self.refused.region)


def check_filed_in_time(*, refused: Refused, at: datetime) -> None:
    """Refuse an appeal that comes too late; raises RuleRefused."""
    rule = LEVELS[Level.FIRST]
    if at > refused.refused_at + rule.within:
        detail = f"Обжаловать отказ можно в течение {rule.within.days} дней: подайте заявление заново"
        raise RuleRefused("appeal_too_late", detail)


def move_appeal(*, appeal: Appeal, event: AppealEvent, at: datetime, actor: Actor, text: str = "") -> Appeal:
    """Follow one arrow and remember the step.

    Raises:
        StateConflict: there is no such arrow from the present state.
    """
    rule = appeal_rule(state=appeal.state, level=appeal.level, event=event)
    step = AppealStep(event=event, state=rule.target, level=appeal.level, at=at, actor=actor, text=text)
    moved = replace(appeal, state=rule.target, updated_at=at, history=(*appeal.history, step))
    if rule.target in FINAL_APPEAL_STATES or rule.target is AppealState.REJECTED:
        return replace(moved, lease=None, question=None)
    return moved


def file_at_level(*, appeal: Appeal, level: Level, at: datetime) -> Appeal:
    """Begin the clock of a level: its working days run from the next day (Civil Code, art. 191)."""
    due_on = RUSSIAN_CALENDAR.add_working_days(start=appeal.local_day(at), days=LEVELS[level].decision_days)
    return replace(appeal, level=level, level_at=at, due_on=due_on, is_overdue=False, lease=None)


def check_escalated_in_time(*, appeal: Appeal, at: datetime) -> None:
    """Refuse a second level that is asked for too late; raises RuleRefused."""
    within = LEVELS[Level.FUND].within
    if appeal.decisions and at > appeal.decisions[-1].decided_at + within:
        detail = f"Обратиться в территориальный фонд можно в течение {within.days} дней после решения"
        raise RuleRefused("appeal_too_late", detail)


def ask_about(*, appeal: Appeal, text: str, at: datetime) -> Appeal:
    """Put a question to the person and stop the clock; nobody needs to hold the appeal meanwhile."""
    day = appeal.local_day(at)
    until_on = RUSSIAN_CALENDAR.add_working_days(start=day, days=LEVELS[appeal.level].answer_days)
    question = AppealQuestion(text=text, asked_at=at, asked_on=day, until_on=until_on)
    return replace(appeal, question=question, lease=None)


def go_on_after_question(*, appeal: Appeal, at: datetime) -> Appeal:
    """Let the clock go on: the decision is due later by the working days that were waited; the history tells it."""
    asked, due_on = appeal.question, appeal.due_on
    if asked is None or due_on is None:
        raise StateConflict("Вопроса не было: отвечать не на что")
    day = appeal.local_day(at)
    waited = RUSSIAN_CALENDAR.working_days_between(start=asked.asked_on, end=day)
    due_on = RUSSIAN_CALENDAR.add_working_days(start=due_on, days=waited)
    *earlier, last = appeal.history
    return replace(
        appeal,
        question=None,
        due_on=due_on,
        is_overdue=appeal.is_overdue and due_on < day,
        history=(*earlier, replace(last, paused_days=waited)),
    )


def take_appeal(*, appeal: Appeal, operator_id: str, at: datetime) -> Appeal:
    """Give the appeal to an operator for half an hour, or begin that time anew.

    Raises:
        StateConflict: nobody has to decide it now.
        CaseTaken: another operator works on it.
    """
    if appeal.state is not AppealState.FILED:
        raise StateConflict("Жалоба не ждёт решения оператора")
    held = _held(appeal, operator_id=operator_id, at=at)
    taken_at = at if held is None else held.taken_at
    return replace(appeal, lease=Lease(operator_id=operator_id, taken_at=taken_at, until=at + LEASE_FOR))


def give_appeal_back(*, appeal: Appeal, operator_id: str, at: datetime) -> Appeal:
    """Let others take the appeal; raises CaseTaken if it is another operator's."""
    _held(appeal, operator_id=operator_id, at=at)
    return replace(appeal, lease=None)


def require_appeal_lease(*, appeal: Appeal, operator_id: str, at: datetime) -> None:
    """Refuse who does not hold the appeal.

    Raises:
        StateConflict: nobody has taken it, or nobody has to decide it now.
        CaseTaken: another operator works on it.
    """
    if appeal.state is not AppealState.FILED:
        raise StateConflict("Жалоба не ждёт решения оператора")
    if _held(appeal, operator_id=operator_id, at=at) is None:
        raise StateConflict("Сначала возьмите жалобу в работу: срок, на который её брали, прошёл или не начинался")


def _held(appeal: Appeal, *, operator_id: str, at: datetime) -> Lease | None:
    lease = appeal.lease if appeal.lease is not None and appeal.lease.stands_at(at) else None
    if lease is not None and lease.operator_id != operator_id:
        hours = timedelta(hours=find_region(code=appeal.refused.region).utc_offset_hours)
        clock = f"{lease.until.astimezone(UTC) + hours:%H:%M}"
        detail = f"С жалобой работает другой оператор; она освободится не позже {clock} по времени заявителя"
        raise CaseTaken(detail, free_at=lease.until)
    return lease
