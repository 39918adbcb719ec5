"""Registering a policy of an earlier sample: its states, and what the register's word means (requirement F5)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from chalicelib.domain.application import CheckRecord, Delay, Refusal
from chalicelib.domain.audit import Actor, ChainHead
from chalicelib.domain.birth_date import earliest_day, read_date
from chalicelib.domain.checks import CheckStatus
from chalicelib.domain.decision import FINDINGS, Outcome
from chalicelib.domain.errors import InvalidValue, StateConflict
from chalicelib.domain.legacy_policy import PolicyBlank
from chalicelib.domain.policy_number import check_against, parse_policy_number
from chalicelib.domain.sex import Sex

if TYPE_CHECKING:
    from chalicelib.domain.legacy_claim import ReadClaim


class LegacyState(StrEnum):
    """Where a registration is in its life."""

    PENDING = "pending"
    CONFIRMED = "confirmed"
    REFUSED = "refused"
    SUPERSEDED = "superseded"


class LegacyEvent(StrEnum):
    """What may happen to a registration."""

    CONFIRM = "confirm"
    REFUSE = "refuse"
    SUPERSEDE = "supersede"
    REOPEN = "reopen"


LEGACY_STATE_TITLES = {
    LegacyState.PENDING: "Проверяется",
    LegacyState.CONFIRMED: "Подтверждён",
    LegacyState.REFUSED: "Отказано",
    LegacyState.SUPERSEDED: "Заменён цифровым полисом",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class LegacyTransition:
    """One arrow: its notification, and the name of its entry in the journal."""

    event: LegacyEvent
    sources: frozenset[LegacyState]
    target: LegacyState
    notification: str


LEGACY_TRANSITIONS = {
    rule.event: rule
    for rule in (
        LegacyTransition(
            event=LegacyEvent.CONFIRM,
            sources=frozenset({LegacyState.PENDING}),
            target=LegacyState.CONFIRMED,
            notification="legacy_policy_confirmed",
        ),
        LegacyTransition(
            event=LegacyEvent.REFUSE,
            sources=frozenset({LegacyState.PENDING}),
            target=LegacyState.REFUSED,
            notification="legacy_policy_refused",
        ),
        LegacyTransition(
            event=LegacyEvent.SUPERSEDE,
            sources=frozenset({LegacyState.PENDING, LegacyState.CONFIRMED}),
            target=LegacyState.SUPERSEDED,
            notification="legacy_policy_superseded",
        ),
        LegacyTransition(
            event=LegacyEvent.REOPEN,
            sources=frozenset({LegacyState.REFUSED}),
            target=LegacyState.PENDING,
            notification="appeal_upheld",
        ),
    )
}

LIVE_STATES = frozenset({LegacyState.PENDING, LegacyState.CONFIRMED})
"""A person has at most one registration in these states."""

LIVE_KIND = "legacy_policy"
"""The kind of the marker that holds the place of the live registration."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LegacyMoment:
    """One step of the history: the state reached, when and by whom."""

    state: LegacyState
    at: datetime
    actor: Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class LegacyPolicy:
    """The registration of a policy that its holder has; ``form`` is what the confirmed account said of the person.

    ``policy_number`` is the ЕНП as the holder gave it, empty for types that do not show it. The register is asked anew
    in each ``check_round``.
    """

    registration_id: str
    person_id: str
    account_id: str
    state: LegacyState
    blank: PolicyBlank
    registered_at: datetime
    updated_at: datetime
    policy_number: str = ""
    valid_until: date | None = None
    is_scanned: bool = False
    form: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    check: CheckRecord | None = None
    delay: Delay | None = None
    refusals: tuple[Refusal, ...] = ()
    policy_id: str | None = None
    awaited_message: str | None = None
    check_round: int = 0
    history: tuple[LegacyMoment, ...] = ()
    version: int = 1
    chain: ChainHead = field(default_factory=ChainHead)

    @property
    def is_live(self) -> bool:
        """Whether it holds the place of the person's one registration."""
        return self.state in LIVE_STATES

    def section(self, name: str) -> Mapping[str, str]:
        """Return a section of what the account said, empty if it said nothing."""
        return self.form.get(name, {})

    def is_of(self, claim: ReadClaim) -> bool:
        """Tell whether a claim is of this very policy; a scanned one may leave the number of the blank out."""
        if claim.blank.policy_type is not self.blank.policy_type:
            return False
        if claim.policy_number and self.policy_number:
            return claim.policy_number == self.policy_number
        return claim.blank.claim == self.blank.claim


def advance_legacy(*, registration: LegacyPolicy, event: LegacyEvent, at: datetime, actor: Actor) -> LegacyPolicy:
    """Move a registration along one arrow and remember the step.

    Raises:
        StateConflict: the arrow does not start in the present state.
    """
    rule = LEGACY_TRANSITIONS[event]
    if registration.state not in rule.sources:
        title = LEGACY_STATE_TITLES[registration.state]
        raise StateConflict(f"Действие невозможно: регистрация полиса в состоянии «{title}»")
    moment = LegacyMoment(state=rule.target, at=at, actor=actor)
    return replace(registration, state=rule.target, updated_at=at, delay=None, history=(*registration.history, moment))


ANOTHER_PERSONS = "another_persons_policy"
_NOT_FOUND = "not_in_register"
_CONTRADICTION = "register_contradiction"
_UNCLEAR = "register_answer_unclear"
_DIFFERS = "policy_number_differs"

_COMPARE = (
    "Сверьте номер с полисом и зарегистрируйте его снова; если номер верен, обратитесь в страховую организацию "
    "с полисом и паспортом"
)

LEGACY_REFUSALS: Mapping[str, tuple[str, str]] = {
    ANOTHER_PERSONS: (
        "Такой номер полиса, СНИЛС или документ записан за другим человеком",
        _COMPARE,
    ),
    _NOT_FOUND: (
        "В регистре застрахованных лиц такого действующего полиса на ваше имя нет",
        "Сверьте номер с полисом и зарегистрируйте его снова или подайте заявление о полисе",
    ),
    _DIFFERS: (
        "Номер полиса не совпадает с номером в регистре застрахованных лиц",
        _COMPARE,
    ),
    _CONTRADICTION: (
        "Сведения о полисе в регистре застрахованных лиц противоречат вашим дате рождения и полу",
        "Обратитесь в страховую организацию или территориальный фонд с паспортом: они исправят регистр",
    ),
    _UNCLEAR: (
        "Регистр застрахованных лиц не смог подтвердить этот полис",
        "Обратитесь в страховую организацию или территориальный фонд с полисом и паспортом",
    ),
}
"""Code → what the person is told, and the mend. None of them tells anything of anybody else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterInsurance:
    """What the register of insured persons holds of the person."""

    policy_number: str
    insurer_code: str
    insured_from: date


@dataclass(frozen=True, slots=True, kw_only=True)
class LegacyJudgement:
    """Insurance that confirms the policy, or the reasons why it is refused."""

    insurance: RegisterInsurance | None = None
    refusals: tuple[Refusal, ...] = ()


def refused_because(code: str) -> LegacyJudgement:
    """Refuse for one reason of ``LEGACY_REFUSALS``."""
    message, mend = LEGACY_REFUSALS[code]
    return LegacyJudgement(refusals=(Refusal(code=code, message=message, mend=mend),))


def judge_legacy(*, registration: LegacyPolicy, record: CheckRecord, on: date) -> LegacyJudgement:
    """Decide by the final word of the register of insured persons."""
    if record.status is CheckStatus.NOT_FOUND:
        return refused_because(_NOT_FOUND)
    if record.status is CheckStatus.MISMATCH:
        return _mismatch(record.reasons)
    try:
        insurance = _insurance(record.data)
    except InvalidValue:
        return refused_because(_UNCLEAR)
    person = registration.section("person")
    number = parse_policy_number(text=insurance.policy_number)
    if check_against(number=number, born_on=earliest_day(text=person["born_on"]), sex=Sex(person["sex"]), on=on):
        return refused_because(_CONTRADICTION)
    if registration.policy_number and registration.policy_number != number:
        return refused_because(_DIFFERS)
    return LegacyJudgement(insurance=insurance)


_INSURER_CODE = re.compile(r"[0-9]{5}")


def _insurance(data: Mapping[str, str]) -> RegisterInsurance:
    code = data.get("insurer_code", "")
    if not _INSURER_CODE.fullmatch(code):
        raise InvalidValue("insurer_code", "Код страховой организации состоит из 5 цифр")
    return RegisterInsurance(
        policy_number=parse_policy_number(text=data.get("enp", "")),
        insurer_code=code,
        insured_from=read_date(text=data.get("insured_from", "")),
    )


def _mismatch(reasons: tuple[str, ...]) -> LegacyJudgement:
    refusals = {}
    for reason in reasons or (_UNCLEAR,):
        finding = FINDINGS.get(reason)
        if finding is None or finding.outcome is Outcome.OPERATOR:
            (known,) = refused_because(reason if reason in LEGACY_REFUSALS else _UNCLEAR).refusals
        else:
            known = Refusal(code=finding.code, message=finding.message, mend=finding.mend)
        refusals[known.message] = known
    return LegacyJudgement(refusals=tuple(refusals.values()))
