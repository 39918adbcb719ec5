"""Who insured a person in a period, day after day: stretches of one insurer, and the gaps between (requirement K1)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from chalicelib.domain.insurance_history import insured_on
from chalicelib.domain.policy import Policy

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from chalicelib.domain.insurance_history import Proof


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """Days from one until another (half-open) with one insurer; without a code nobody insured."""

    from_on: date
    until_on: date
    insurer_code: str = ""

    @property
    def last_day(self) -> date:
        """The last day of it."""
        return self.until_on - timedelta(days=1)

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.until_on - self.from_on).days


def stretches(*, proofs: Sequence[Proof], from_on: date, until_on: date) -> tuple[Stretch, ...]:
    """Tell who insured from a day until a day, without a hole and without an overlap; what an earlier day says holds.

    Only on the days on which something begins or ends the answer may change: no other day is asked about.
    """
    inner = {day for day in _turns(proofs) if from_on < day < until_on}
    starts = sorted({from_on, *inner})
    ends = [*starts[1:], until_on]
    found: list[Stretch] = []
    for start, end in zip(starts, ends, strict=True):
        code = insured_on(proofs=proofs, on=start).insurer_code
        if found and found[-1].insurer_code == code:
            found[-1] = replace(found[-1], until_on=end)
        else:
            found.append(Stretch(from_on=start, until_on=end, insurer_code=code))
    return tuple(found)


def gaps(found: Iterable[Stretch]) -> tuple[Stretch, ...]:
    """The stretches without an insurer."""
    return tuple(stretch for stretch in found if not stretch.insurer_code)


def insured(found: Iterable[Stretch]) -> tuple[Stretch, ...]:
    """The stretches with an insurer."""
    return tuple(stretch for stretch in found if stretch.insurer_code)


def first_insured_day(proofs: Iterable[Proof]) -> date | None:
    """The first day on which anything may insure; None where there is nothing."""
    return min((proof.valid_from if isinstance(proof, Policy) else proof.issued_on for proof in proofs), default=None)


def _turns(proofs: Iterable[Proof]) -> Iterator[date]:
    for proof in proofs:
        days = (
            _of_policy(proof) if isinstance(proof, Policy) else (proof.issued_on, proof.valid_until, proof.revoked_on)
        )
        yield from (day for day in days if day is not None)


def _of_policy(policy: Policy) -> Iterator[date | None]:
    yield from (policy.valid_from, policy.valid_until, policy.ended_on)
    for period in policy.periods:
        yield from (period.insured_from, period.insured_until)
    for suspension in policy.suspensions:
        yield from (suspension.from_on, suspension.until_on)
