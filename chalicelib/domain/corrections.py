"""Corrections by operators, always with four eyes: what there is, what each changes, how one lives (F7, D4, O2).

One operator proposes, another one of the same scope approves; then it is carried out in one transaction on exactly
what was seen at the proposal. Undoing is a correction like any other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from chalicelib.domain.audit import ChainHead
from chalicelib.domain.changes import Change
from chalicelib.domain.errors import NotPermitted, StateConflict
from chalicelib.domain.notifications import NotificationKind


class CorrectionKind(StrEnum):
    """What is corrected; ``REVERSAL`` undoes an earlier correction."""

    WRONG_BIRTH_DATE = "wrong_birth_date"
    WRONG_SEX = "wrong_sex"
    WRONG_NAME = "wrong_name"
    WRONG_SNILS = "wrong_snils"
    WRONG_DOCUMENT = "wrong_document"
    CONTACT_OF_ANOTHER = "contact_of_another"
    WRONG_INSURER = "wrong_insurer"
    WRONG_PERIOD_BOUNDARY = "wrong_period_boundary"
    WRONG_REGION = "wrong_region"
    WRONG_TERM = "wrong_term"
    WRONG_CATEGORY = "wrong_category"
    POLICY_ANNULLED = "policy_annulled"
    POLICY_ENDED_BY_MISTAKE = "policy_ended_by_mistake"
    SUSPENDED_BY_MISTAKE = "suspended_by_mistake"
    WRONG_SUSPENSION_DATES = "wrong_suspension_dates"
    RESUMED_BY_MISTAKE = "resumed_by_mistake"
    DUPLICATE_NUMBER = "duplicate_number"
    CERTIFICATE_REVOKED_BY_MISTAKE = "certificate_revoked_by_mistake"
    APPLICATION_REFUSED_BY_MISTAKE = "application_refused_by_mistake"
    APPLICATION_CLOSED_BY_MISTAKE = "application_closed_by_mistake"
    REPRESENTATION_ENDED_BY_MISTAKE = "representation_ended_by_mistake"
    REPRESENTATION_WRONG = "representation_wrong"
    PERSONS_MERGED = "persons_merged"
    PERSONS_SEPARATED = "persons_separated"
    DEATH_RECORDED = "death_recorded"
    DEATH_CANCELLED = "death_cancelled"
    REVERSAL = "reversal"


class Recipient(StrEnum):
    """Who learns of a correction once it is carried out."""

    HOLDER = "holder"
    APPLICANT = "applicant"
    REPRESENTATIVE = "representative"
    INSURERS = "insurers"


class CorrectionState(StrEnum):
    """Where a correction is in its life."""

    PROPOSED = "proposed"
    CARRIED_OUT = "carried_out"
    REJECTED = "rejected"
    OUTDATED = "outdated"
    REVERSED = "reversed"


CORRECTION_STATE_TITLES = {
    CorrectionState.PROPOSED: "Ждёт второго оператора",
    CorrectionState.CARRIED_OUT: "Исполнено",
    CorrectionState.REJECTED: "Отклонено",
    CorrectionState.OUTDATED: "Устарело: данные изменились",
    CorrectionState.REVERSED: "Отменено",
}

CORRECTION_TRANSITIONS = {
    CorrectionState.PROPOSED: frozenset(
        {CorrectionState.CARRIED_OUT, CorrectionState.REJECTED, CorrectionState.OUTDATED}
    ),
    CorrectionState.CARRIED_OUT: frozenset({CorrectionState.REVERSED}),
    CorrectionState.REJECTED: frozenset[CorrectionState](),
    CorrectionState.OUTDATED: frozenset[CorrectionState](),
    CorrectionState.REVERSED: frozenset[CorrectionState](),
}
"""From → to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One field that a correction changes, in words for the second operator."""

    of: str
    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """A correction with its reason, its values, and the versions of what it was proposed on (``seen``).

    ``scope`` is whose operators see it: of an insurer or of a region. ``reverses`` is the correction that it undoes,
    ``reversed_by`` the one that has undone it.
    """

    correction_id: str
    kind: CorrectionKind
    person_id: str
    scope: str
    reason: str
    proposed_by: str
    proposed_at: datetime
    state: CorrectionState = CorrectionState.PROPOSED
    values: Mapping[str, str] = field(default_factory=dict)
    seen: Mapping[str, int] = field(default_factory=dict)
    differences: tuple[Difference, ...] = ()
    decided_by: str = ""
    decided_at: datetime | None = None
    decision_reason: str = ""
    reverses: str | None = None
    reversed_by: str | None = None
    version: int = 1
    chain: ChainHead = field(default_factory=ChainHead)


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionChanges:
    """Everything that a correction changed, kept so that it can be undone exactly."""

    correction_id: str
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionRule:
    """What one kind needs and changes, who is told of it, and the norm.

    ``insurer_may`` opens it to insurers' operators too, ``living_only`` closes it for the dead.
    """

    kind: CorrectionKind
    title: str
    changes: str
    article: str
    needs: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    tells: NotificationKind = NotificationKind.POLICY_CORRECTED
    told: frozenset[Recipient] = frozenset({Recipient.HOLDER})
    insurer_may: bool = True
    living_only: bool = False


def moved(*, correction: Correction, state: CorrectionState) -> Correction:
    """Move a correction along one arrow; raises StateConflict if there is none."""
    if state not in CORRECTION_TRANSITIONS[correction.state]:
        title = CORRECTION_STATE_TITLES[correction.state]
        raise StateConflict(f"Действие невозможно: состояние исправления — «{title}»")
    return replace(correction, state=state)


def decided(*, correction: Correction, state: CorrectionState, by: str, reason: str, at: datetime) -> Correction:
    """Let a second operator decide.

    Raises:
        StateConflict: it is decided already.
        NotPermitted: it is the operator's own proposal.
    """
    changed = moved(correction=correction, state=state)
    if by == correction.proposed_by:
        raise NotPermitted("Решает второй оператор: собственное предложение одобрить или отклонить нельзя")
    return replace(changed, decided_by=by, decided_at=at, decision_reason=reason)
