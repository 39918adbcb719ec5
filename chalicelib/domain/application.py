"""An application (заявление): what it asks for, where it stands and how it moves (requirements B1-B12)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from chalicelib.domain.application_states import (
    BEFORE_THE_EFFECT,
    EDITABLE_STATES,
    FINAL_STATES,
    ApplicationEvent,
    ApplicationState,
    transition_rule,
)
from chalicelib.domain.audit import Actor, ChainHead
from chalicelib.domain.checks import CheckKind, CheckStatus
from chalicelib.domain.errors import StateConflict
from chalicelib.domain.operator_case import Attention, Lease
from chalicelib.domain.representation import Relation

DRAFT_KEPT_FOR = timedelta(days=30)
"""Requirement B1: a draft that nobody touches lives this long."""

DRAFT_WARNED_BEFORE = timedelta(days=7)
"""How long before its end the owner of a draft is told of it."""


class ApplicationKind(StrEnum):
    """What is asked for (requirement B2)."""

    FIRST_POLICY = "first_policy"
    INSURER_CHANGE = "insurer_change"
    REGION_CHANGE = "region_change"
    REPLACEMENT = "replacement"
    SUSPENSION = "suspension"
    RESUMPTION = "resumption"
    POLICY_REFUSAL = "policy_refusal"
    PAPER_EXTRACT = "paper_extract"


class ApplicantCategory(StrEnum):
    """Whom the application is about (requirement B5); who acts for that person is another matter."""

    CITIZEN_14_PLUS = "citizen_14_plus"
    CHILD_UNDER_14 = "child_under_14"
    FOREIGNER_PERMANENT = "foreigner_permanent"
    FOREIGNER_TEMPORARY = "foreigner_temporary"
    STATELESS_PERMANENT = "stateless_permanent"
    STATELESS_TEMPORARY = "stateless_temporary"
    REFUGEE = "refugee"
    TEMPORARY_ASYLUM = "temporary_asylum"
    EAEU_WORKER = "eaeu_worker"
    EAEU_OFFICIAL = "eaeu_official"
    STUDENT = "student"


KIND_TITLES = {
    ApplicationKind.FIRST_POLICY: "Оформление полиса ОМС впервые",
    ApplicationKind.INSURER_CHANGE: "Смена страховой медицинской организации",
    ApplicationKind.REGION_CHANGE: "Переезд в другой регион",
    ApplicationKind.REPLACEMENT: "Переоформление полиса ОМС",
    ApplicationKind.SUSPENSION: "Приостановление полиса ОМС",
    ApplicationKind.RESUMPTION: "Возобновление полиса ОМС",
    ApplicationKind.POLICY_REFUSAL: "Отказ от полиса ОМС",
    ApplicationKind.PAPER_EXTRACT: "Выписка о полисе ОМС на бумаге",
}
CATEGORY_TITLES = {
    ApplicantCategory.CITIZEN_14_PLUS: "Гражданин РФ старше 14 лет",
    ApplicantCategory.CHILD_UNDER_14: "Ребёнок до 14 лет",
    ApplicantCategory.FOREIGNER_PERMANENT: "Иностранный гражданин, постоянно проживающий в РФ",
    ApplicantCategory.FOREIGNER_TEMPORARY: "Иностранный гражданин, временно проживающий в РФ",
    ApplicantCategory.STATELESS_PERMANENT: "Лицо без гражданства, постоянно проживающее в РФ",
    ApplicantCategory.STATELESS_TEMPORARY: "Лицо без гражданства, временно проживающее в РФ",
    ApplicantCategory.REFUGEE: "Беженец",
    ApplicantCategory.TEMPORARY_ASYLUM: "Лицо, получившее временное убежище",
    ApplicantCategory.EAEU_WORKER: "Трудящийся государства ЕАЭС",
    ApplicantCategory.EAEU_OFFICIAL: "Должностное лицо или сотрудник органа ЕАЭС",
    ApplicantCategory.STUDENT: "Иностранный студент",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """One step of the history: the state reached, when, by whom and why.

    ``note`` is what an operator wrote for colleagues. ``paused_days`` are the working days that the person's answer
    took, by which the decision became due later, on ``due_on``.
    """

    state: ApplicationState
    at: datetime
    actor: Actor
    reason: str = ""
    note: str = ""
    paused_days: int | None = None
    due_on: date | None = None


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
    """What the person is asked to mend, and the last day to do it (requirement B9).

    ``asked_at`` and ``asked_on``, its local day, begin the pause of the decision's clock; documents are to be uploaded
    after it. Questions of earlier versions do not tell them.
    """

    fields: tuple[str, ...]
    documents: tuple[str, ...]
    message: str
    until_on: date
    asked_at: datetime | None = None
    asked_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """One application about one person; ``form`` holds sections of text fields as they were typed.

    ``account_id`` is who acts and is told: the person, or on the ground of ``relation`` somebody for that person.
    ``previous_id`` is the refused application that this one was made from. ``attention`` tells why ``needs_operator``,
    ``lease`` who works on it. What an operator asked for, an operator looks at: ``returns_to_operator``. The registers
    are asked anew in each ``check_round``.
    """

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
    attention: Attention | None = None
    lease: Lease | None = None
    returns_to_operator: bool = False
    check_round: int = 0
    is_overdue: bool = False
    refusals: tuple[Refusal, ...] = ()
    clarification: Clarification | None = None
    certificate_number: str | None = None
    policy_id: str | None = None
    effective_on: date | None = None
    next_look_at: datetime | None = None
    awaited_message: str | None = None
    present_policy_id: str | None = None
    relation: Relation | None = None
    previous_id: str | None = None
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
    note: str = "",
) -> Application:
    """Move the application along one arrow of its machine and remember the step.

    Raises:
        StateConflict: the arrow does not start in the present state, or the decision is carried out already.
    """
    rule = transition_rule(state=application.state, event=event)
    # A change that is to come is refused where its policy ends before its day (requirement I2).
    is_to_come = event is ApplicationEvent.REFUSE and application.effective_on is not None
    if event in BEFORE_THE_EFFECT and application.policy_id is not None and not is_to_come:
        raise StateConflict(_TOO_LATE.get(event, "Решение по заявлению уже исполнено"))
    moment = Moment(state=rule.target, at=at, actor=actor, reason=reason or rule.reason, note=note)
    moved = replace(application, state=rule.target, updated_at=at, history=(*application.history, moment))
    if rule.target in FINAL_STATES:
        # What has ended waits for nobody.
        return replace(moved, needs_operator=False, attention=None, lease=None, returns_to_operator=False)
    return moved


_TOO_LATE = {ApplicationEvent.WITHDRAW: "Отозвать заявление уже нельзя: решение по нему исполнено"}
