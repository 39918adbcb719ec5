"""A policy that the register of insured persons knows and this service does not have yet (requirements D1, I2)."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from chalicelib.domain.birth_date import earliest_day
from chalicelib.domain.checks import CheckKind, CheckStatus
from chalicelib.domain.decision import NOT_INSURED
from chalicelib.domain.errors import InvalidValue, RuleRefused
from chalicelib.domain.policy import STANDING, InsurerPeriod
from chalicelib.domain.policy_number import check_against, parse_policy_number
from chalicelib.domain.records import ActivePolicyMarker
from chalicelib.domain.sex import Sex
from chalicelib.use_cases.demands import local_day
from chalicelib.use_cases.identity import claim_identity
from chalicelib.use_cases.issued_policy import Issue, claim_number, new_policy, update_person
from chalicelib.use_cases.supersede_legacy_policy import supersede_legacy_policy

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.domain.application import Application
    from chalicelib.domain.policy import Policy
    from chalicelib.ports.folders import PersonFile
    from chalicelib.ports.storage import UnitOfWork
    from chalicelib.ports.toolbox import Toolbox


def registered_period(application: Application) -> InsurerPeriod:
    """The insurer by the register of insured persons; raises RuleRefused if it knows none."""
    known = application.check(CheckKind.INSURED_PERSON)
    if known is None or known.status is not CheckStatus.CONFIRMED:
        raise RuleRefused(NOT_INSURED.code, NOT_INSURED.message)
    return InsurerPeriod(
        insurer_code=known.data["insurer_code"],
        insured_from=date.fromisoformat(known.data["insured_from"]),
        basis="register",
    )


def adopted_policy(tools: Toolbox, application: Application, status_index: int, at: datetime) -> Policy:
    """Make the policy that the register knows.

    Raises:
        RuleRefused: the register knows none.
        InvalidValue: its number contradicts birth date or sex.
    """
    known = application.check(CheckKind.INSURED_PERSON)
    period = registered_period(application)
    number = parse_policy_number(text=known.data.get("enp", "") if known else "")
    person = application.section("person")
    errors = check_against(
        number=number,
        born_on=earliest_day(text=person["born_on"]),
        sex=Sex(person["sex"]),
        on=local_day(application, at=at),
    )
    if errors:
        raise InvalidValue("register_number_wrong", "Номер полиса в реестре не сходится с датой рождения и полом")
    issue = Issue(number=number, periods=(period,), status_index=status_index, day=period.insured_from)
    return new_policy(tools, application, issue, at)


def free_place_of(*, work: UnitOfWork, policy: Policy) -> None:
    """Give the one place of a person free when its policy has ended (requirement F2)."""
    if policy.state not in STANDING:
        work.remove(ActivePolicyMarker(person_id=policy.person_id, policy_id=policy.policy_id))


def keep_policy(
    tools: Toolbox, work: UnitOfWork, application: Application, known: PersonFile, policy: Policy, at: datetime
) -> Policy:
    """Store a policy: the next version of the one that stands, or an adopted one with all that makes it found."""
    if known.standing_policy is not None:
        work.update(policy)
        free_place_of(work=work, policy=policy)
        return policy
    policy = supersede_legacy_policy(work=work, tools=tools, known=known, policy=policy, at=at)
    work.create(policy)
    if policy.state in STANDING:
        work.create(ActivePolicyMarker(person_id=policy.person_id, policy_id=policy.policy_id))
    claim_number(tools, work, policy)
    claim_identity(work=work, tools=tools, application=application)
    update_person(work, known.person, application, policy, at)
    return policy
