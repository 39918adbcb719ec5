"""Who insures a newborn, whose child it is, and what an operator has to look at first (N1; 326-ФЗ, art. 16, part 3)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from chalicelib.domain.birth_date import age_on, searched_day
from chalicelib.domain.civil_record import CaseReason
from chalicelib.domain.names import norm_key

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from chalicelib.domain.civil_record import Child, CivilRecord, Parent
    from chalicelib.domain.matrix import MatrixRow
    from chalicelib.domain.person import Person
    from chalicelib.domain.policy import Policy
    from chalicelib.domain.temporary_certificate import TemporaryCertificate

OPERATORS_BASIS = "operator"
"""The basis of an insurer that an operator named, since no parent's was known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cover:
    """Who insures the child, and on what basis."""

    insurer_code: str
    basis: str


def insurer_on(*, policies: Iterable[Policy], certificates: Iterable[TemporaryCertificate], on: date) -> str | None:
    """The insurer of a parent on a day, by a policy or by the temporary certificate that stands for one (E2).

    A policy that is suspended, has ended or had not begun on the day insures nobody.
    """
    for policy in policies:
        period = policy.insurer_on(on)
        if period is not None and policy.is_valid_on(on):
            return period.insurer_code
    return next((found.insurer_code for found in certificates if found.is_valid_on(on)), None)


def is_another(*, parent: Parent, person: Person) -> bool:
    """Whether the holder of a parent's СНИЛС or document is somebody else: a mistake in a digit makes no parent.

    A surname changes with a marriage and proves nothing.
    """
    if parent.born_on is not None and searched_day(text=person.born_on) != parent.born_on.isoformat():
        return True
    return norm_key(parent.given_name) != norm_key(person.given_name)


def is_same_child(*, child: Child, person: Person) -> bool:
    """Whether a child that a parent declared is the one of a record; one without a name is nobody's like."""
    names = norm_key(child.given_name) == norm_key(person.given_name)
    return bool(child.given_name) and names and is_like(child=child, person=person)


def is_like(*, child: Child, person: Person) -> bool:
    """Whether sex and birth date are those of the record."""
    return (person.born_on, person.sex) == (child.born_on.isoformat(), child.sex.value)


def needs_new_policy(*, old: Child, new: Child) -> bool:
    """Whether a correction touches what stands on a policy: the name, the sex, the birth date."""
    return any(
        getattr(old, name) != getattr(new, name)
        for name in ("family_name", "given_name", "middle_name", "sex", "born_on")
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """What was found about a record.

    Identifiers of a parent or of the child may be somebody else's (``parent_differs``, ``child_differs``), a parent
    may have a child just like it (``is_like_another``), its policy may be that of a foreigner.
    """

    parent_differs: bool = False
    child_differs: bool = False
    is_like_another: bool = False
    citizenship_differs: bool = False
    is_insured: bool = False


def obstacle(*, record: CivilRecord, child: Child, findings: Findings, row: MatrixRow, on: date) -> CaseReason | None:
    """Why a record cannot be handled without an operator, if so; ``row`` has the demands on a child's policy.

    What an operator has released is not asked again.
    """
    is_grown = row.below_age is not None and age_on(born_on=child.born_on, on=on) >= row.below_age
    asked = {
        CaseReason.FOREIGN_RECORD: record.message.is_foreign,
        CaseReason.PARENT_DIFFERS: findings.parent_differs,
        CaseReason.CHILD_DIFFERS: findings.child_differs,
        CaseReason.CHILD_KNOWN: findings.is_like_another,
        CaseReason.CITIZENSHIP_DIFFERS: findings.citizenship_differs,
        CaseReason.RESTORED: record.policy_id is not None and not findings.is_insured,
        CaseReason.NOT_A_CITIZEN: child.citizenship not in row.citizenships,
        CaseReason.NOT_A_CHILD: is_grown and not findings.is_insured,
    }
    return next((reason for reason, holds in asked.items() if holds and reason not in record.released), None)
