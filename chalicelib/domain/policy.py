"""A policy (полис ОМС) and who insures by it, period by period (requirements F1-F7, I2)."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum

from chalicelib.domain.audit import ChainHead
from chalicelib.domain.legacy_policy import PolicyBlank


class PolicyState(StrEnum):
    """Where a policy is in its life (requirement F7)."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    ANNULLED = "annulled"
    REPLACED = "replaced"
    EXPIRED = "expired"


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
class Policy:
    """The policy of one person; the ЕНП never changes with the insurer.

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
    blank: PolicyBlank | None = None
    version: int = 1
    chain: ChainHead = field(default_factory=ChainHead)

    def insurer_on(self, on: date) -> InsurerPeriod | None:
        """Return the period that covers the day."""
        return next((period for period in self.periods if period.covers(on)), None)

    def is_valid_on(self, on: date) -> bool:
        """Tell whether the policy gives insurance on the day."""
        within = self.valid_from <= on and (self.valid_until is None or on < self.valid_until)
        return within and self.state is PolicyState.ACTIVE and self.insurer_on(on) is not None


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
