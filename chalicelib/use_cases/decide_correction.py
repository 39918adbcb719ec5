"""The second operator: approves, and it is carried out in one transaction, or rejects (requirements F7, O2)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from chalicelib.domain.changes import versions_seen
from chalicelib.domain.correction_rules import CORRECTION_RULES
from chalicelib.domain.corrections import (
    Correction,
    CorrectionChanges,
    CorrectionState,
    Recipient,
    decided,
    moved,
)
from chalicelib.domain.errors import FieldError, RuleRefused, StateConflict, ValidationFailed
from chalicelib.ports.errors import StaleWrite
from chalicelib.use_cases.access import actor_of
from chalicelib.use_cases.correction_case import Drawn
from chalicelib.use_cases.corrections import check_access, check_kind, correction_in_scope
from chalicelib.use_cases.journal import record
from chalicelib.use_cases.plan_correction import case_of, planned
from chalicelib.use_cases.tell_correction import tell
from chalicelib.use_cases.write_correction import written

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from chalicelib.domain.changes import Change
    from chalicelib.domain.principal import Principal
    from chalicelib.ports.storage import UnitOfWork
    from chalicelib.ports.toolbox import Toolbox
    from chalicelib.use_cases.correction_case import Case


def approve_correction(*, tools: Toolbox, principal: Principal, correction_id: str, at: datetime) -> Correction:
    """Carry a proposal out, on exactly what was seen when it was made; repeating one's approval changes nothing.

    Raises:
        NotFound: it is not of the operator's scope.
        NotPermitted: it is the operator's own, or about the operator.
        StateConflict: it is decided already.
        StaleWrite: the data changed since the proposal, which is outdated now.
    """
    correction = correction_in_scope(tools=tools, principal=principal, correction_id=correction_id)
    if correction.state is CorrectionState.CARRIED_OUT and correction.decided_by == principal.account_id:
        return correction
    approved = decided(
        correction=correction, state=CorrectionState.CARRIED_OUT, by=principal.account_id, reason="", at=at
    )
    try:
        case = case_of(tools=tools, correction=correction, actor=actor_of(principal), at=at)
        check_access(tools, correction, case, principal)
        changes = planned(tools, correction, case, Drawn(tools=tools, at=at))
    except (RuleRefused, StateConflict):
        raise _outdated(tools, correction, at) from None
    if versions_seen(tuple(changes)) != correction.seen:
        # A number or place that was drawn for it is lost, as with any draw that comes to nothing.
        raise _outdated(tools, correction, at)
    return _carry_out(tools, approved, case, changes)


def _carry_out(tools: Toolbox, approved: Correction, case: Case, changes: Sequence[Change]) -> Correction:
    work = written(tools=tools, case=case, correction=approved, changes=changes)
    work.create(CorrectionChanges(correction_id=approved.correction_id, changes=tuple(changes)))
    told = _reversed(tools, work, approved, case) if approved.reverses else CORRECTION_RULES[approved.kind].told
    tell(work=work, tools=tools, correction=approved, case=case, changes=changes, told=told)
    carried_out = _noted(tools, work, approved, case, "correction_carried_out")
    work.commit()
    return carried_out


def _reversed(tools: Toolbox, work: UnitOfWork, reversal: Correction, case: Case) -> frozenset[Recipient]:
    """Mark the correction that is undone; returns who was told of it, and is told of this, besides the holder."""
    original = tools.store.correction_file(correction_id=reversal.reverses or "").correction
    undone = replace(moved(correction=original, state=CorrectionState.REVERSED), reversed_by=reversal.correction_id)
    _noted(tools, work, undone, case, "correction_reversed")
    return CORRECTION_RULES[original.kind].told | {Recipient.HOLDER}


def _noted(tools: Toolbox, work: UnitOfWork, correction: Correction, case: Case, name: str) -> Correction:
    details = {"correction_id": correction.correction_id, "kind": correction.kind.value}
    noted = record(correction, work=work, tools=tools, name=name, at=case.at, actor=case.actor, details=details)
    work.update(noted)
    return replace(noted, version=noted.version + 1)


def _outdated(tools: Toolbox, correction: Correction, at: datetime) -> StaleWrite:
    """Close the proposal: what it was made on is not there any more."""
    work = tools.store.work(at=at)
    work.update(replace(moved(correction=correction, state=CorrectionState.OUTDATED), decided_at=at))
    work.commit()
    return StaleWrite("Данные изменились, предложите снова")


def reject_correction(
    *, tools: Toolbox, principal: Principal, correction_id: str, reason: str, at: datetime
) -> Correction:
    """Reject a proposal with a reason; repeating one's rejection changes nothing.

    Raises:
        NotFound: it is not of the operator's scope.
        NotPermitted: it is the operator's own, or the kind is not the operator's to decide.
        StateConflict: it is decided already.
        ValidationFailed: without a reason.
    """
    correction = correction_in_scope(tools=tools, principal=principal, correction_id=correction_id)
    if correction.state is CorrectionState.REJECTED and correction.decided_by == principal.account_id:
        return correction
    check_kind(correction.kind, principal)
    if not reason.strip():
        message = "Напишите, почему исправление не нужно"
        raise ValidationFailed([FieldError(field="reason", code="required", message=message)])
    rejected = decided(
        correction=correction,
        state=CorrectionState.REJECTED,
        by=principal.account_id,
        reason=reason.strip(),
        at=at,
    )
    work = tools.store.work(at=at)
    details = {"correction_id": correction.correction_id, "kind": correction.kind.value}
    name = "correction_rejected"
    rejected = record(rejected, work=work, tools=tools, name=name, at=at, actor=actor_of(principal), details=details)
    work.update(rejected)
    work.commit()
    return replace(rejected, version=rejected.version + 1)
