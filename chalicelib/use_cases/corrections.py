"""Correcting what is wrong without an engineer: proposals with a reason, to be decided by another (D4, F7, O2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from chalicelib.domain.changes import versions_seen
from chalicelib.domain.correction_rules import CORRECTION_RULES
from chalicelib.domain.correction_values import read_values
from chalicelib.domain.corrections import Correction, CorrectionKind, CorrectionState
from chalicelib.domain.differences import differences
from chalicelib.domain.duplicates import Likeness
from chalicelib.domain.errors import FieldError, NotPermitted, StateConflict, ValidationFailed
from chalicelib.domain.principal import Role
from chalicelib.ports.errors import NotFound
from chalicelib.use_cases import idempotency
from chalicelib.use_cases.access import actor_of, require_role
from chalicelib.use_cases.correction_case import Trial, check_scope, parties, scope_of
from chalicelib.use_cases.duplicates import likeness_of
from chalicelib.use_cases.journal import record
from chalicelib.use_cases.plan_correction import case_of, planned
from chalicelib.use_cases.views import note_view
from chalicelib.use_cases.write_correction import written

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.domain.principal import Principal
    from chalicelib.ports.queries import Slice
    from chalicelib.ports.toolbox import Toolbox
    from chalicelib.use_cases.correction_case import Case

SHORTEST_REASON = 10
"""A reason that another can judge has more than a word."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What an operator wants corrected, and why; ``reverses`` names the correction to undo."""

    kind: CorrectionKind
    person_id: str
    reason: str
    values: Mapping[str, str] = field(default_factory=dict)
    reverses: str | None = None


def propose_correction(
    *,
    tools: Toolbox,
    principal: Principal,
    proposal: Proposal,
    at: datetime,
    request: idempotency.RequestKey | None = None,
) -> Correction:
    """Propose a correction: it is looked through as if it were carried out, and nothing is changed yet.

    Raises:
        NotFound: the person is not of the operator's insurer or region.
        NotPermitted: the kind is not open to insurers, or the operator is one of the persons.
        ValidationFailed: with every mistake in reason and values.
        RuleRefused, StateConflict: it cannot be corrected like this.
    """
    return idempotency.once(
        request=request,
        principal=principal,
        tools=tools,
        create=lambda: _propose(tools, principal, proposal, at, request),
        recall=lambda earlier: tools.store.correction_file(correction_id=earlier).correction,
    )


def propose_reversal(
    *,
    tools: Toolbox,
    principal: Principal,
    correction_id: str,
    reason: str,
    at: datetime,
    request: idempotency.RequestKey | None = None,
) -> Correction:
    """Propose to undo a correction that was carried out; raises as `propose_correction` does."""

    def create() -> Correction:
        original = correction_in_scope(tools=tools, principal=principal, correction_id=correction_id)
        if original.state is not CorrectionState.CARRIED_OUT:
            raise StateConflict("Отменить можно только исполненное исправление")
        check_kind(original.kind, principal)
        kind, about, reverses = CorrectionKind.REVERSAL, original.person_id, original.correction_id
        proposal = Proposal(kind=kind, person_id=about, reason=reason, reverses=reverses)
        return _propose(tools, principal, proposal, at, request)

    return idempotency.once(
        request=request,
        principal=principal,
        tools=tools,
        create=create,
        recall=lambda earlier: tools.store.correction_file(correction_id=earlier).correction,
    )


def _propose(
    tools: Toolbox, principal: Principal, proposal: Proposal, at: datetime, request: idempotency.RequestKey | None
) -> Correction:
    require_operator(principal)
    correction = Correction(
        correction_id=tools.ids.new_id(at=at),
        kind=proposal.kind,
        person_id=proposal.person_id,
        scope=scope_of(principal),
        reason=proposal.reason.strip(),
        values=_values(proposal),
        reverses=proposal.reverses,
        proposed_by=principal.account_id,
        proposed_at=at,
    )
    case = case_of(tools=tools, correction=correction, actor=actor_of(principal), at=at)
    check_access(tools, correction, case, principal)
    return _keep(tools, principal, looked_through(tools=tools, correction=correction, case=case), at, request)


def looked_through(*, tools: Toolbox, correction: Correction, case: Case) -> Correction:
    """Look a proposal through as if it were carried out; raises what would hinder it."""
    changes = planned(tools, correction, case, Trial())
    shown = tuple(difference for change in changes for difference in differences(change))
    correction = replace(correction, seen=versions_seen(tuple(changes)), differences=shown)
    # Written down for a trial only: what could not be carried out is not proposed.
    written(tools=tools, case=case, correction=correction, changes=changes)
    return correction


def _values(proposal: Proposal) -> dict[str, str]:
    rule = CORRECTION_RULES[proposal.kind]
    values, errors = read_values(values=proposal.values, needs=rule.needs, optional=rule.optional)
    if len(proposal.reason.strip()) < SHORTEST_REASON:
        message = f"Объясните второму оператору, что неверно и чем это подтверждено: не меньше {SHORTEST_REASON} знаков"
        errors.append(FieldError(field="reason", code="too_short", message=message))
    if proposal.kind is CorrectionKind.REVERSAL and proposal.reverses is None:
        message = "Отмену предлагают у самого исправления: POST /v1/operator/corrections/{correction_id}/reversal"
        errors.append(FieldError(field="kind", code="not_allowed", message=message))
    if errors:
        raise ValidationFailed(errors)
    return values


def _keep(
    tools: Toolbox,
    principal: Principal,
    correction: Correction,
    at: datetime,
    request: idempotency.RequestKey | None,
) -> Correction:
    work = tools.store.work(at=at)
    details = {"correction_id": correction.correction_id, "kind": correction.kind.value}
    name = "correction_proposed"
    correction = record(
        correction, work=work, tools=tools, name=name, at=at, actor=actor_of(principal), details=details
    )
    work.create(correction)
    result = correction.correction_id
    idempotency.remember(work=work, request=request, principal=principal, result=result, tools=tools, at=at)
    work.commit()
    return correction


def require_operator(principal: Principal) -> None:
    """Refuse whoever is no operator of an insurer or a fund."""
    require_role(principal, Role.INSURER_OPERATOR, Role.FUND_OPERATOR)


def check_access(tools: Toolbox, correction: Correction, case: Case, principal: Principal) -> None:
    """Let an operator correct the own people only, and never what is about the operator (requirement O1).

    Raises:
        NotFound: a person of another insurer or region.
        NotPermitted: the kind is not the operator's to correct, or it is about the operator.
    """
    if correction.kind is not CorrectionKind.REVERSAL:
        check_scope(case, principal)
    if case.other is not None:
        _check_other(tools, case, case.other, principal)
    check_kind(correction.kind, principal)
    if principal.account_id in parties(case):
        raise NotPermitted("Исправлять сведения о себе и о тех, кого вы представляете, должны другие операторы")


def _check_other(tools: Toolbox, case: Case, other: Case, principal: Principal) -> None:
    """The second record may be another region's if it certainly is of the same person, or is merged already."""
    if other.person.merged is not None or likeness_of(tools=tools, one=case, other=other).likeness is Likeness.CERTAIN:
        return
    check_scope(other, principal)


def check_kind(kind: CorrectionKind, principal: Principal) -> None:
    """Refuse insurers' operators what is the fund's; raises NotPermitted."""
    if not CORRECTION_RULES[kind].insurer_may and not principal.has_role(Role.FUND_OPERATOR):
        raise NotPermitted("Это исправление предлагает и одобряет территориальный фонд")


def correction_in_scope(*, tools: Toolbox, principal: Principal, correction_id: str) -> Correction:
    """Read a correction of the operator's scope (1 AWS call); raises NotFound."""
    require_operator(principal)
    scope = scope_of(principal)
    correction = tools.store.correction_file(correction_id=correction_id).correction
    if correction.scope != scope:
        raise NotFound("Исправление не найдено")
    return correction


def view_correction(*, tools: Toolbox, principal: Principal, correction_id: str, at: datetime) -> Correction:
    """Show a correction with what it changes; the look into the person's data is noted (3 AWS calls)."""
    correction = correction_in_scope(tools=tools, principal=principal, correction_id=correction_id)
    note_view(
        tools=tools,
        principal=principal,
        person_id=correction.person_id,
        name="person_viewed",
        details={"by": "correction", "correction_id": correction_id},
        at=at,
    )
    return correction


def list_corrections(
    *, tools: Toolbox, principal: Principal, state: CorrectionState, limit: int, after: str | None
) -> Slice[Correction]:
    """List the corrections of the operator's scope that are in a state, newest first (1 AWS call)."""
    require_operator(principal)
    return tools.store.corrections(scope=scope_of(principal), state=state, limit=limit, after=after)
