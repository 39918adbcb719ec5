"""What the operators' indexes hold of a submitted application: codes and dates, nothing about the person (O2, O3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import TYPE_CHECKING

from chalicelib.domain.application import ApplicantCategory, ApplicationKind
from chalicelib.domain.application_states import ApplicationState
from chalicelib.domain.case_steps import needs_attention, wait_reason, waits_since
from chalicelib.domain.operator_case import Lease, WaitReason
from chalicelib.domain.regions import home_region, local_date

if TYPE_CHECKING:
    from chalicelib.domain.application import Application


class ScopeKind(StrEnum):
    """Whose work it is."""

    INSURER = "insurer"
    REGION = "region"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """The applications of one insurer, or of one region."""

    kind: ScopeKind
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """When the decision was made, and how long it took without the time that the person's answers took."""

    at: datetime
    seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseSummary:
    """One submitted application as a list of cases and the statistics need it.

    ``waits`` is why it stands in the queue, None if it does not. ``parties`` are the accounts that it is about or that
    act in it: they see it as persons, never as operators.
    """

    application_id: str
    number: str
    kind: ApplicationKind
    category: ApplicantCategory
    state: ApplicationState
    insurer_code: str
    region: str
    submitted_at: datetime
    submitted_on: date
    due_on: date
    is_overdue: bool
    needs_operator: bool
    waits: WaitReason | None
    waits_since: datetime | None
    lease: Lease | None
    parties: tuple[str, ...]
    decided: Decided | None
    refusals: tuple[str, ...]

    @property
    def place(self) -> tuple[date, str]:
        """The place in the queue: what is due first stands first."""
        return self.due_on, self.application_id


def scopes_of(summary: CaseSummary) -> tuple[Scope, Scope]:
    """Whose work a case is: of its insurer and of its region."""
    return (
        Scope(kind=ScopeKind.INSURER, code=summary.insurer_code),
        Scope(kind=ScopeKind.REGION, code=summary.region),
    )


def summary_of(application: Application) -> CaseSummary | None:
    """Summarise an application; None for a draft, which is nobody's work yet."""
    if application.submitted_at is None or application.due_on is None:
        return None
    region = home_region(form=application.form)
    in_queue = needs_attention(application)
    return CaseSummary(
        application_id=application.application_id,
        number=application.number or "",
        kind=application.kind,
        category=application.category,
        state=application.state,
        insurer_code=application.section("insurer").get("code", ""),
        region=region,
        submitted_at=application.submitted_at,
        submitted_on=local_date(at=application.submitted_at, region=region),
        due_on=application.due_on,
        is_overdue=application.is_overdue,
        needs_operator=application.needs_operator,
        waits=wait_reason(application) if in_queue else None,
        waits_since=waits_since(application) if in_queue else None,
        lease=application.lease,
        parties=parties_of(application),
        decided=_decided(application),
        refusals=tuple(dict.fromkeys(refusal.code for refusal in application.refusals)),
    )


def parties_of(application: Application) -> tuple[str, ...]:
    """The accounts of the person and of everybody who ever acted for the person in this application."""
    acted = [m.actor.actor_id for m in application.history if m.actor.kind in {"person", "representative"}]
    return tuple(dict.fromkeys([application.account_id, application.person_id, *acted]))


def _decided(application: Application) -> Decided | None:
    decisions = {ApplicationState.APPROVED, ApplicationState.REFUSED}
    at = next((moment.at for moment in reversed(application.history) if moment.state in decisions), None)
    is_open = application.state in {ApplicationState.IN_PROCESSING, ApplicationState.CLARIFICATION_REQUIRED}
    if at is None or application.submitted_at is None or is_open:
        return None
    waited = timedelta()
    for asked, answered in pairwise(application.history):
        if asked.state is ApplicationState.CLARIFICATION_REQUIRED and answered.at <= at:
            waited += answered.at - asked.at
    return Decided(at=at, seconds=int((at - application.submitted_at - waited).total_seconds()))
