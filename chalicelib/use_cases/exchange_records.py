"""Records of the exchange that need an operator: refused by the fund or held back, mended and told again (P4)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from chalicelib.domain.fund_change import ChangeState, FundChange, moved
from chalicelib.domain.principal import Role
from chalicelib.ports.errors import NotFound
from chalicelib.use_cases.access import operator_actor, require_operator, require_role
from chalicelib.use_cases.change_files import own_insurer
from chalicelib.use_cases.journal import record

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.domain.principal import Principal
    from chalicelib.ports.queries import Slice
    from chalicelib.ports.toolbox import Toolbox

MOST_DIGITS = 6


def list_records(
    *, tools: Toolbox, principal: Principal, insurer_code: str | None, state: ChangeState, limit: int, after: str
) -> Slice[FundChange]:
    """List the records of an insurer that wait, are held or refused (1 AWS call); raises NotPermitted."""
    insurer_code = own_insurer(principal=principal, insurer_code=insurer_code)
    return tools.store.changes_in(insurer_code=insurer_code, state=state, limit=limit, after=after)


def resubmit(*, tools: Toolbox, principal: Principal, change_id: str, at: datetime) -> FundChange:
    """Let a mended record go into the next file; again changes nothing (2 AWS calls).

    It is made anew of what is true then: the person's data and the application as they are corrected by then.

    Raises:
        NotPermitted: no operator of an insurer.
        NotFound: there is no such record of the insurer.
        StateConflict: it is neither refused nor held.
    """
    require_role(principal, Role.INSURER_OPERATOR)
    insurer_code = require_operator(principal).code
    policy_id, policy_version = _place(change_id)
    change = tools.store.fund_change(policy_id=policy_id, policy_version=policy_version)
    if change.insurer_code != insurer_code:
        raise NotFound("Такой записи обмена нет")
    if change.state is ChangeState.WAITING:
        return change
    again = moved(change=change, state=ChangeState.WAITING)
    work = tools.store.work(at=at)
    details = {"change_id": change_id, "policy_id": change.policy_id}
    again = record(
        again, work=work, tools=tools, name="told_again", at=at, actor=operator_actor(principal), details=details
    )
    work.update(again)
    work.commit()
    return replace(again, version=again.version + 1)


def _place(change_id: str) -> tuple[str, int]:
    policy_id, _, version = change_id.rpartition("-")
    if not (policy_id and version.isascii() and version.isdigit() and len(version) <= MOST_DIGITS):
        raise NotFound("Такой записи обмена нет")
    return policy_id, int(version)
