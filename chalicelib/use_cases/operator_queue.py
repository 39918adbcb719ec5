"""The operators' queue: what waits for a person or is late, of the own insurer or region (requirements O1, O2, F9)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import islice
from typing import TYPE_CHECKING

from chalicelib.domain.application import ApplicantCategory, ApplicationKind
from chalicelib.domain.application_states import ApplicationState
from chalicelib.domain.case_summary import CaseSummary, Scope, ScopeKind
from chalicelib.domain.errors import FieldError, NotPermitted, ValidationFailed
from chalicelib.domain.operator_case import WaitReason
from chalicelib.domain.principal import Role
from chalicelib.domain.regions import DEFAULT_REGION, is_region, local_date
from chalicelib.use_cases.access import require_operator, require_role

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from chalicelib.domain.principal import Principal
    from chalicelib.ports.toolbox import Toolbox

EXAMINED = 500
"""How many cases one page looks at, whatever its filter lets through: the number of calls is bounded by it."""

READ_AT_ONCE = 50


class Hold(StrEnum):
    """Who works on a case."""

    FREE = "free"
    MINE = "mine"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which cases to list; what is None does not matter. ``waiting_since`` is a day: since then or longer."""

    limit: int
    after: tuple[date, str] | None = None
    state: ApplicationState | None = None
    kind: ApplicationKind | None = None
    category: ApplicantCategory | None = None
    waiting_since: date | None = None
    overdue: bool | None = None
    lease: Hold | None = None
    insurer: str | None = None
    region: str | None = None
    reason: WaitReason | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CasePage:
    """Part of the queue; ``after`` is the place of the last case looked at, None at the end of the queue."""

    items: tuple[CaseSummary, ...]
    after: tuple[date, str] | None


def list_cases(*, tools: Toolbox, principal: Principal, wanted: Wanted, at: datetime) -> CasePage:
    """List cases, first due first (at most 4 AWS calls and one per 50 cases looked at).

    A page may be short though more follow: it looks at no more than `EXAMINED` cases. The operator's own
    applications are left out.

    Raises:
        NotPermitted: the principal has no such work, or asks for the work of others.
        ValidationFailed: an auditor has to say whose work to show.
    """
    scope = readable_scope(principal, insurer=wanted.insurer, region=wanted.region)
    walk = tools.store.waiting_cases(scope=scope, after=wanted.after, page=READ_AT_ONCE)
    found: list[CaseSummary] = []
    last: CaseSummary | None = None
    for last in islice(walk, EXAMINED):
        if _is_wanted(last, wanted, principal, at):
            found.append(last)
        if len(found) == wanted.limit:
            break
    is_end = last is None or not _goes_on(walk)
    return CasePage(items=tuple(found), after=None if is_end or last is None else last.place)


def _goes_on(walk: Iterator[CaseSummary]) -> bool:
    return next(walk, None) is not None


def readable_scope(principal: Principal, *, insurer: str | None, region: str | None) -> Scope:
    """Whose work a principal may read: operators the own, auditors that of their region, or any that they name.

    Raises:
        NotPermitted: it is the work of others.
        ValidationFailed: an auditor has to name an insurer or a region, and one of them only.
    """
    require_role(principal, Role.INSURER_OPERATOR, Role.FUND_OPERATOR, Role.AUDITOR)
    if not principal.has_role(Role.INSURER_OPERATOR, Role.FUND_OPERATOR):
        return _audited(principal, insurer, region)
    scope = require_operator(principal)
    asked = {ScopeKind.INSURER: insurer, ScopeKind.REGION: region}
    if any(code not in {None, scope.code if kind is scope.kind else None} for kind, code in asked.items()):
        raise NotPermitted("Вам видны заявления только своей страховой организации или своего региона")
    return scope


def _audited(principal: Principal, insurer: str | None, region: str | None) -> Scope:
    own = principal.region
    if own is not None and (insurer is not None or region not in {None, own}):
        raise NotPermitted("Вам видны заявления только своего региона")
    region = own or region
    if (insurer is None) == (region is None):
        message = "Укажите либо код страховой организации (insurer), либо код региона (region)"
        raise ValidationFailed([FieldError(field="region", code="scope_required", message=message)])
    if insurer is not None:
        return Scope(kind=ScopeKind.INSURER, code=insurer)
    return Scope(kind=ScopeKind.REGION, code=region or "")


def scope_day(scope: Scope, *, at: datetime) -> date:
    """The local day of whoever works there: codes of insurers begin with that of their region."""
    code = scope.code[:2]
    return local_date(at=at, region=code if is_region(code=code) else DEFAULT_REGION)


def _is_wanted(case: CaseSummary, wanted: Wanted, principal: Principal, at: datetime) -> bool:
    plain = (
        (wanted.state, case.state),
        (wanted.kind, case.kind),
        (wanted.category, case.category),
        (wanted.overdue, is_late(case, at=at)),
        (wanted.reason, case.waits),
    )
    return (
        principal.account_id not in case.parties
        and all(asked in {None, told} for asked, told in plain)
        and _waits_long_enough(case, wanted.waiting_since)
        and _is_held_so(case, wanted.lease, principal, at)
    )


def is_late(case: CaseSummary, *, at: datetime) -> bool:
    """Whether the due date has passed, marked or not yet."""
    return case.is_overdue or case.due_on < local_date(at=at, region=case.region)


def _waits_long_enough(case: CaseSummary, since: date | None) -> bool:
    if since is None:
        return True
    return case.waits_since is not None and local_date(at=case.waits_since, region=case.region) <= since


def _is_held_so(case: CaseSummary, hold: Hold | None, principal: Principal, at: datetime) -> bool:
    held = case.lease is not None and case.lease.stands_at(at)
    if hold is Hold.FREE:
        return not held
    is_mine = case.lease is not None and held and case.lease.operator_id == principal.account_id
    return is_mine if hold is Hold.MINE else True
