"""An application (заявление): what it asks for, where it stands and how it moves (requirements B1-B12)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from chalicelib.domain.application_states import (
    EDITABLE_STATES,
    FINAL_STATES,
    ApplicationEvent,
    ApplicationState,
    transition_rule,
)
from chalicelib.domain.audit import Actor, ChainHead
from chalicelib.domain.checks import CheckKind, CheckStatus
from chalicelib.domain.errors import StateConflict

DRAFT_KEPT_FOR = timedelta(days=30)
"""Requirement B1: a draft that nobody touches lives this long."""

DRAFT_WARNED_BEFORE = timedelta(days=7)
"""How long before its end the owner of a draft is told of it."""


class ApplicationKind(StrEnum):
    """What is asked for."""

    FIRST_POLICY = "first_policy"
    INSURER_CHANGE = "insurer_change"


class ApplicantCategory(StrEnum):
    """Who asks."""

    CITIZEN_14_PLUS = "citizen_14_plus"


KIND_TITLES = {
    ApplicationKind.FIRST_POLICY: "Оформление полиса ОМС впервые",
    ApplicationKind.INSURER_CHANGE: "Смена страховой медицинской организации",
}
CATEGORY_TITLES = {ApplicantCategory.CITIZEN_14_PLUS: "Гражданин РФ старше 14 лет"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """One step of the history: the state reached, when, by whom and why."""

    state: ApplicationState
    at: datetime
    actor: Actor
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """How the submission was signed (requirements A2, A3).

    A signature by certificate keeps its evidence: the CMS in Base64, and the SHA-256 of the signer's certificate.
    """

    method: str
    assurance: str
    signed_at: datetime
    form_digest: str
    certificate_digest: str = ""
    evidence: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckRecord:
    """What a register answered, kept so that a decision can be explained later (requirement D3)."""

    kind: CheckKind
    request_id: str
    status: CheckStatus
    asked_at: datetime
    answered_at: datetime | None = None
    attempts: int = 1
    ticket: str | None = None
    reasons: tuple[str, ...] = ()
    data: Mapping[str, str] = field(default_factory=dict)
    register_version: str = ""
    rules_version: str = ""
    retry_after: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Delay:
    """Why the application waits: registers that have not answered yet."""

    since: datetime
    waiting_for: tuple[CheckKind, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """One reason of a refusal with its explanation, the mend, and the rule where one applies (requirement B10)."""

    code: str
    message: str
    mend: str
    rule: str | None = None
    possible_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Clarification:
    """What the person is asked to mend, and the last day to do it (requirement B9)."""

    fields: tuple[str, ...]
    documents: tuple[str, ...]
    message: str
    until_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """One application of one person; ``form`` holds sections of text fields as they were typed."""

    application_id: str
    person_id: str
    account_id: str
    kind: ApplicationKind
    category: ApplicantCategory
    state: ApplicationState
    created_at: datetime
    updated_at: datetime
    version: int = 1
    form: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    number: str | None = None
    submitted_at: datetime | None = None
    due_on: date | None = None
    signature: Signature | None = None
    checks: tuple[CheckRecord, ...] = ()
    earlier_checks: tuple[CheckRecord, ...] = ()
    delay: Delay | None = None
    needs_operator: bool = False
    is_overdue: bool = False
    refusals: tuple[Refusal, ...] = ()
    clarification: Clarification | None = None
    certificate_number: str | None = None
    policy_id: str | None = None
    effective_on: date | None = None
    next_look_at: datetime | None = None
    awaited_message: str | None = None
    present_policy_id: str | None = None
    warned_at: datetime | None = None
    history: tuple[Moment, ...] = ()
    chain: ChainHead = field(default_factory=ChainHead)

    @property
    def is_live(self) -> bool:
        """Whether it was submitted and has not reached its end."""
        return self.submitted_at is not None and self.state not in FINAL_STATES

    @property
    def is_editable(self) -> bool:
        """Whether the form may be changed now."""
        return self.state in EDITABLE_STATES

    @property
    def keep_until(self) -> datetime:
        """When an unused draft expires."""
        return self.updated_at + DRAFT_KEPT_FOR

    @property
    def draft_looked_at(self) -> datetime:
        """When a timer looks at a draft: to warn of its end, and then to end it; saving it begins anew."""
        is_warned = self.warned_at is not None and self.warned_at > self.updated_at
        return self.keep_until if is_warned else self.keep_until - DRAFT_WARNED_BEFORE

    def section(self, name: str) -> Mapping[str, str]:
        """Return a section of the form, empty if it is not filled yet."""
        return self.form.get(name, {})

    def check(self, kind: CheckKind) -> CheckRecord | None:
        """Return the record of a check, or None if it was not asked yet."""
        return next((record for record in self.checks if record.kind is kind), None)


def advance(
    *,
    application: Application,
    event: ApplicationEvent,
    at: datetime,
    actor: Actor,
    reason: str = "",
) -> Application:
    """Move the application along one arrow of its machine and remember the step.

    Raises:
        StateConflict: the arrow does not start in the present state, or the policy is already issued.
    """
    rule = transition_rule(state=application.state, event=event)
    if event is ApplicationEvent.WITHDRAW and application.policy_id is not None:
        raise StateConflict("Отозвать заявление уже нельзя: решение по нему исполнено")
    moment = Moment(state=rule.target, at=at, actor=actor, reason=reason)
    return replace(application, state=rule.target, updated_at=at, history=(*application.history, moment))
