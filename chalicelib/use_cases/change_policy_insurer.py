"""Moving a policy to another insurer by an approved application (requirements I1, I2)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from chalicelib.domain.audit import SYSTEM
from chalicelib.domain.checks import CheckKind, CheckStatus
from chalicelib.domain.errors import InvalidValue, RuleRefused
from chalicelib.domain.insurer_change import ChangeReason, ChangeRequest, check_change
from chalicelib.domain.policy import InsurerPeriod, Policy, change_insurer
from chalicelib.domain.policy_number import (
    check_against,
    parse_policy_number,
)
from chalicelib.domain.records import (
    ActivePolicyMarker,
)
from chalicelib.domain.sex import Sex
from chalicelib.domain.working_days import RUSSIAN_CALENDAR
from chalicelib.use_cases.certificates import STATUS_COUNTER
from chalicelib.use_cases.forms import local_day, region_of
from chalicelib.use_cases.identity import claim_identity
from chalicelib.use_cases.journal import record
from chalicelib.use_cases.policy_cards import put_policy_card
from chalicelib.use_cases.supersede_legacy_policy import supersede_legacy_policy

if TYPE_CHECKING:
    from chalicelib.domain.application import Application
    from chalicelib.ports.storage import PersonFile
    from chalicelib.ports.toolbox import Toolbox

from chalicelib.use_cases.issued_policy import Issue, claim_number, finish, new_policy, update_person

CHANGE_DAYS = 3
"""Requirement I2: working days until the new insurer takes effect."""


def change_policy_insurer(tools: Toolbox, application: Application, known: PersonFile, at: datetime) -> Application:
    """Schedule the new insurer for its day (requirement I2).

    Raises:
        RuleRefused: no rule allows the change; carries the article and the first possible date.
        InvalidValue: the register's number contradicts the person.
    """
    day = local_day(application, at=at)
    policy = known.active_policy
    status_index = tools.store.next_serial(counter=STATUS_COUNTER)
    periods = policy.periods if policy else (_registered_period(application),)
    code = application.section("insurer")["code"]
    basis = check_change(request=_change_request(tools, application, policy, periods))
    effective_on = max(
        RUSSIAN_CALENDAR.add_working_days(start=_submitted_day(application), days=CHANGE_DAYS),
        day + timedelta(days=1),
    )
    application = replace(application, effective_on=effective_on)
    base = policy or _foreign_policy(tools, application, periods, status_index, at)
    changed = change_insurer(
        policy=base,
        insurer_code=code,
        effective_on=effective_on,
        basis=basis,
        application_number=application.number,
    )
    return _commit_change(tools, application, known, changed, at)


def _submitted_day(application: Application) -> date:
    return local_day(application, at=application.submitted_at or application.updated_at)


def _commit_change(
    tools: Toolbox, application: Application, known: PersonFile, policy: Policy, at: datetime
) -> Application:
    work = tools.store.work(at=at)
    details = {"application_id": application.application_id, "policy_id": policy.policy_id}
    policy = record(
        policy,
        work=work,
        tools=tools,
        name="insurer_change_scheduled",
        at=at,
        actor=SYSTEM,
        details={**details, "effective_on": str(application.effective_on)},
    )
    person = application.section("person")
    if known.active_policy is None:
        policy = supersede_legacy_policy(work=work, tools=tools, known=known, policy=policy, at=at)
        work.create(policy)
        work.create(ActivePolicyMarker(person_id=policy.person_id, policy_id=policy.policy_id))
        claim_number(tools, work, policy)
        claim_identity(work=work, tools=tools, application=application)
        update_person(work, known.person, application, policy, at)
    else:
        work.update(policy)
    put_policy_card(work=work, tools=tools, policy=policy, person=person)
    changed = replace(application, policy_id=policy.policy_id)
    changed = finish(tools, work, changed, policy, at)
    work.commit()
    return changed


def _change_request(
    tools: Toolbox,
    application: Application,
    policy: Policy | None,
    periods: tuple[InsurerPeriod, ...],
) -> ChangeRequest:
    on = _submitted_day(application)
    current = next((period for period in periods if period.covers(on)), None)
    old = tools.store.insurer(code=current.insurer_code) if current else None
    region = region_of(application.form)
    return ChangeRequest(
        periods=periods,
        policy_received_on=policy.received_on if policy else None,
        new_insurer=application.section("insurer")["code"],
        new_region=region,
        old_region=old.region if old else region,
        old_insurer_may_insure=old is not None and old.may_be_chosen_on(on),
        reason=ChangeReason(application.section("insurer")["change_reason"]),
        on=on,
    )


def _registered_period(application: Application) -> InsurerPeriod:
    """The insurer by the register of insured persons; raises RuleRefused if it knows none."""
    record_ = application.check(CheckKind.INSURED_PERSON)
    if record_ is None or record_.status is not CheckStatus.CONFIRMED:
        raise RuleRefused("not_insured_yet", "Сменить страховую организацию нельзя: полис ещё не оформлен")
    return InsurerPeriod(
        insurer_code=record_.data["insurer_code"],
        insured_from=date.fromisoformat(record_.data["insured_from"]),
        basis="register",
    )


def _foreign_policy(
    tools: Toolbox,
    application: Application,
    periods: tuple[InsurerPeriod, ...],
    status_index: int,
    at: datetime,
) -> Policy:
    """The policy that the register of insured persons knows; raises InvalidValue if its number is wrong."""
    record_ = application.check(CheckKind.INSURED_PERSON)
    number = parse_policy_number(text=record_.data.get("enp", "") if record_ else "")
    person = application.section("person")
    day = local_day(application, at=at)
    errors = check_against(
        number=number,
        born_on=date.fromisoformat(person["born_on"]),
        sex=Sex(person["sex"]),
        on=day,
    )
    if errors:
        raise InvalidValue("register_number_wrong", "Номер полиса в реестре не сходится с датой рождения и полом")
    issue = Issue(number=number, periods=periods, status_index=status_index, day=periods[0].insured_from)
    return new_policy(tools, application, issue, at)
