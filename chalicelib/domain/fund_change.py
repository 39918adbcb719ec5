"""What the fund has to be told of a policy, and what became of it: one record for each version of a policy (P4).

A record is written with the policy itself, in the same transaction. It waits for the next change file of its insurer;
what it says is the difference between what the fund was told last and what became true.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from chalicelib.domain.audit import ChainHead
from chalicelib.domain.errors import StateConflict
from chalicelib.domain.policy import STANDING, InsurerPeriod, Policy, PolicyState


class ChangeState(StrEnum):
    """Where a record is."""

    WAITING = "waiting"
    TOLD = "told"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    HELD = "held"
    SETTLED = "settled"


CHANGE_STATE_TITLES = {
    ChangeState.WAITING: "Ждёт ближайшего файла",
    ChangeState.TOLD: "Передано в файле, ответа ещё нет",
    ChangeState.ACCEPTED: "Принято фондом",
    ChangeState.REFUSED: "Отклонено фондом: исправьте и передайте снова",
    ChangeState.HELD: "Не вошло в файл: не хватает сведений",
    ChangeState.SETTLED: "Передавать нечего",
}

CHANGE_TRANSITIONS = {
    ChangeState.WAITING: frozenset({ChangeState.TOLD, ChangeState.HELD, ChangeState.SETTLED}),
    ChangeState.TOLD: frozenset({ChangeState.ACCEPTED, ChangeState.REFUSED}),
    ChangeState.ACCEPTED: frozenset[ChangeState](),
    ChangeState.REFUSED: frozenset({ChangeState.WAITING}),
    ChangeState.HELD: frozenset({ChangeState.WAITING}),
    ChangeState.SETTLED: frozenset[ChangeState](),
}
"""From → to."""

LISTED = frozenset({ChangeState.WAITING, ChangeState.REFUSED, ChangeState.HELD})
"""The states in which somebody has to do something: these are found by insurer."""

BASELINE = frozenset({ChangeState.TOLD, ChangeState.ACCEPTED, ChangeState.SETTLED})
"""The states whose facts the fund knows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyFacts:
    """What the fund keeps of a policy; ``rests_from`` is the first day of a suspension that has begun."""

    policy_number: str
    insurer_code: str
    basis: str
    insured_from: date
    state: PolicyState
    valid_until: date | None = None
    ended_on: date | None = None
    end_reason: str = ""
    rests_from: date | None = None
    application_number: str | None = None

    @property
    def insures(self) -> bool:
        """Whether the policy gives insurance."""
        return self.state is PolicyState.ACTIVE

    @property
    def last_day(self) -> date | None:
        """The last insured day of a policy that has ended or rests, None while it insures."""
        stops = self.rests_from if self.state in STANDING else self.ended_on
        return None if stops is None else stops - timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """What is wrong with a record: the federal code, the element, and what to do."""

    code: str
    field: str
    message: str
    mend: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FundChange:
    """A version of a policy on its way to the fund.

    ``due_at`` is when it may be told: an insurer that begins on a day to come is told of then. ``file`` and
    ``record`` are where it was told last, ``told_person`` and ``told_rest`` what of the person, so that the next
    record knows what has changed. ``version`` is the record's own, ``policy_version`` that of the policy.
    """

    policy_id: str
    policy_version: int
    person_id: str
    insurer_code: str
    facts: PolicyFacts
    known_at: datetime
    due_at: datetime
    state: ChangeState = ChangeState.WAITING
    reason: str = ""
    file: str = ""
    record: int = 0
    remarks: tuple[Remark, ...] = ()
    told_person: Mapping[str, str] = field(default_factory=dict, repr=False)
    told_rest: str = ""
    version: int = 1
    chain: ChainHead = field(default_factory=ChainHead)

    @property
    def change_id(self) -> str:
        """The name of the record, in files too (element ID)."""
        return f"{self.policy_id}-{self.policy_version}"

    @property
    def order(self) -> tuple[datetime, int]:
        """The place among the records of one person."""
        return self.due_at, self.policy_version


def change_of(*, policy: Policy, at: datetime) -> FundChange | None:
    """Make the record of a version of a policy; None if nobody insures by it."""
    if not policy.periods:
        return None
    period = _told_period(policy)
    begins = datetime.combine(period.insured_from, time(), tzinfo=UTC) - timedelta(hours=policy.utc_offset_hours)
    resting = policy.state is PolicyState.SUSPENDED and policy.suspensions
    return FundChange(
        policy_id=policy.policy_id,
        policy_version=policy.version,
        person_id=policy.person_id,
        insurer_code=period.insurer_code,
        facts=PolicyFacts(
            policy_number=policy.policy_number,
            insurer_code=period.insurer_code,
            basis=period.basis,
            insured_from=period.insured_from,
            state=policy.state,
            valid_until=policy.valid_until,
            ended_on=policy.ended_on,
            end_reason=policy.end_reason,
            rests_from=policy.suspensions[-1].from_on if resting else None,
            application_number=period.application_number,
        ),
        known_at=at,
        due_at=max(at, begins) if policy.state in STANDING else at,
    )


def _told_period(policy: Policy) -> InsurerPeriod:
    """The insurer that tells: the last one, or of an ended policy the one on its last day."""
    if policy.state in STANDING or policy.ended_on is None:
        return policy.periods[-1]
    begun = [period for period in policy.periods if period.insured_from < policy.ended_on]
    return begun[-1] if begun else policy.periods[0]


def moved(*, change: FundChange, state: ChangeState) -> FundChange:
    """Move a record along one arrow; raises StateConflict if there is none."""
    if state not in CHANGE_TRANSITIONS[change.state]:
        raise StateConflict(f"Действие невозможно: запись — «{CHANGE_STATE_TITLES[change.state]}»")
    return replace(change, state=state)
