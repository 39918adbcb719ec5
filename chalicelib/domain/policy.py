"""A policy (полис ОМС) and who insures by it, period by period (requirements F1-F7, I2)."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum

from chalicelib.domain.audit import ChainHead
from chalicelib.domain.errors import StateConflict
from chalicelib.domain.legacy_policy import PolicyBlank


class PolicyState(StrEnum):
    """Where a policy is in its life (requirement F7)."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    ANNULLED = "annulled"
    REPLACED = "replaced"
    EXPIRED = "expired"


POLICY_STATE_TITLES = {
    PolicyState.ACTIVE: "Действует",
    PolicyState.SUSPENDED: "Приостановлен",
    PolicyState.ANNULLED: "Аннулирован",
    PolicyState.REPLACED: "Заменён",
    PolicyState.EXPIRED: "Истёк",
}

POLICY_TRANSITIONS = {
    PolicyState.ACTIVE: frozenset(PolicyState) - {PolicyState.ACTIVE},
    PolicyState.SUSPENDED: frozenset(PolicyState) - {PolicyState.SUSPENDED},
    PolicyState.ANNULLED: frozenset({PolicyState.ACTIVE}),
    PolicyState.REPLACED: frozenset({PolicyState.ACTIVE}),
    PolicyState.EXPIRED: frozenset({PolicyState.ACTIVE}),
}
"""From → to.  What has ended becomes active again only by a correction with four eyes."""

STANDING = frozenset({PolicyState.ACTIVE, PolicyState.SUSPENDED})
"""The states in which a policy holds the one place of its person (requirement F2)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InsurerPeriod:
    """Who insured, from a day until a day (half-open); ``basis`` says why it began."""

    insurer_code: str
    insured_from: date
    insured_until: date | None = None
    basis: str = "first_choice"
    application_number: str | None = None

    def covers(self, on: date) -> bool:
        """Tell whether the day lies within the period."""
        return self.insured_from <= on and (self.insured_until is None or on < self.insured_until)


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspension:
    """A time in which the policy gives no insurance, from a day until a day (half-open; None: open).

    ``has_begun`` is false while the first day is still to come.
    """

    reason: str
    from_on: date
    until_on: date | None = None
    application_number: str | None = None
    has_begun: bool = False

    def covers(self, on: date) -> bool:
        """Tell whether the policy rests on the day."""
        return self.from_on <= on and (self.until_on is None or on < self.until_on)


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """The policy of one person; the ЕНП never changes with the insurer.

    ``ended_on`` is the first day on which an annulled, replaced or expired policy did not stand any more.
    ``account_id`` is whom messages about it reach, the person's own if empty. ``warned_days`` are the warnings of
    its end that were sent, in days before it. ``birth_registered_on`` stands on a policy that the record of a birth
    made: from then on the parents' choice of the insurer is counted.
    ``blank`` is what its holder has of an earlier sample, kept when a digital one takes its place.
    """

    policy_id: str
    person_id: str
    policy_number: str
    state: PolicyState
    issued_on: date
    issued_at: datetime
    valid_from: date
    periods: tuple[InsurerPeriod, ...]
    status_index: int
    valid_until: date | None = None
    received_on: date | None = None
    form: str = "digital"
    name_in_qr: bool = False
    category: str = ""
    account_id: str = ""
    utc_offset_hours: int = 3
    suspensions: tuple[Suspension, ...] = ()
    ended_on: date | None = None
    end_reason: str = ""
    successor_id: str | None = None
    warned_days: tuple[int, ...] = ()
    birth_registered_on: date | None = None
    blank: PolicyBlank | None = None
    version: int = 1
    chain: ChainHead = field(default_factory=ChainHead)

    def insurer_on(self, on: date) -> InsurerPeriod | None:
        """Return the period that covers the day."""
        return next((period for period in self.periods if period.covers(on)), None)

    def is_valid_on(self, on: date) -> bool:
        """Tell whether the policy gives, or on a past day gave, insurance."""
        within = self.valid_from <= on and (self.valid_until is None or on < self.valid_until)
        return within and self._stood_on(on) and self.insurer_on(on) is not None

    def _stood_on(self, on: date) -> bool:
        if self.state not in STANDING and (self.ended_on is None or on >= self.ended_on):
            return False
        return not any(suspension.covers(on) for suspension in self.suspensions)

    @property
    def told_id(self) -> str:
        """The person whom messages about the policy reach: the holder or who acts for the holder."""
        return self.account_id or self.person_id


def _moved(policy: Policy, state: PolicyState) -> Policy:
    if state not in POLICY_TRANSITIONS[policy.state]:
        title = POLICY_STATE_TITLES[policy.state].lower()
        raise StateConflict(f"Действие невозможно: полис {title}")
    return replace(policy, state=state)


def suspend(*, policy: Policy, suspension: Suspension, on: date) -> Policy:
    """Let the policy rest, now or from a day to come (326-ФЗ, art. 49.1).

    Raises:
        StateConflict: it does not stand, or rests already.
    """
    if policy.state is not PolicyState.ACTIVE or any(not earlier.has_begun for earlier in policy.suspensions):
        raise StateConflict("Действие невозможно: полис не действует или его приостановление уже назначено")
    planned = replace(policy, suspensions=(*policy.suspensions, suspension))
    return begin_suspension(planned) if suspension.from_on <= on else planned


def begin_suspension(policy: Policy) -> Policy:
    """Let the last suspension begin; raises StateConflict unless the policy is active."""
    *earlier, last = policy.suspensions
    begun = replace(last, has_begun=True)
    return _moved(replace(policy, suspensions=(*earlier, begun)), PolicyState.SUSPENDED)


def resume(*, policy: Policy, from_on: date) -> Policy:
    """End the suspension at ``from_on``; the policy stands again.

    Raises:
        StateConflict: it is not suspended.
    """
    if policy.state is not PolicyState.SUSPENDED:
        raise StateConflict("Действие невозможно: полис не приостановлен")
    *earlier, last = policy.suspensions
    closed = replace(last, until_on=max(from_on, last.from_on))
    return _moved(replace(policy, suspensions=(*earlier, closed)), PolicyState.ACTIVE)


def end(*, policy: Policy, state: PolicyState, on: date, reason: str, successor_id: str | None = None) -> Policy:
    """End a standing policy: annulled, replaced or expired, from ``on``.

    Raises:
        StateConflict: it has ended already.
    """
    ended = _moved(policy, state)
    return replace(ended, ended_on=on, end_reason=reason, successor_id=successor_id)


def change_insurer(
    *,
    policy: Policy,
    insurer_code: str,
    effective_on: date,
    basis: str,
    application_number: str | None,
) -> Policy:
    """End the present period at ``effective_on`` and begin the new insurer's there; the ЕНП stays."""
    kept = tuple(
        replace(period, insured_until=effective_on) if period.covers(effective_on) else period
        for period in policy.periods
    )
    new = InsurerPeriod(
        insurer_code=insurer_code,
        insured_from=effective_on,
        basis=basis,
        application_number=application_number,
    )
    return replace(policy, periods=(*kept, new))
