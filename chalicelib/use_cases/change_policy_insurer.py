"""Moving a policy to another insurer by an approved application (requirements I1, I2)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from chalicelib.domain.audit import SYSTEM
from chalicelib.domain.insurer_change import ChangeRequest, check_change
from chalicelib.domain.policy import InsurerPeriod, Policy, change_insurer
from chalicelib.domain.working_days import RUSSIAN_CALENDAR
from chalicelib.use_cases.certificates import STATUS_COUNTER
from chalicelib.use_cases.demands import local_day, region_of
from chalicelib.use_cases.issued_policy import finish
from chalicelib.use_cases.journal import record
from chalicelib.use_cases.policy_cards import put_policy_card
from chalicelib.use_cases.registered_policy import adopted_policy, keep_policy, registered_period
from chalicelib.use_cases.sign_application import change_reason

if TYPE_CHECKING:
    from chalicelib.domain.application import Application
    from chalicelib.ports.folders import PersonFile
    from chalicelib.ports.toolbox import Toolbox

CHANGE_DAYS = 3
"""Requirement I2: working days until the new insurer takes effect."""


def change_policy_insurer(tools: Toolbox, application: Application, known: PersonFile, at: datetime) -> Application:
    """Schedule the new insurer for its day (requirement I2).

    Raises:
        RuleRefused: no rule allows the change; carries the article and the first possible date.
        InvalidValue: the register's number contradicts the person.
    """
    day = local_day(application, at=at)
    policy = known.standing_policy
    status_index = tools.store.next_serial(counter=STATUS_COUNTER)
    periods = policy.periods if policy else (registered_period(application),)
    code = application.section("insurer")["code"]
    basis = check_change(request=_change_request(tools, application, policy, periods))
    effective_on = max(
        RUSSIAN_CALENDAR.add_working_days(start=_submitted_day(application), days=CHANGE_DAYS),
        day + timedelta(days=1),
    )
    application = replace(application, effective_on=effective_on)
    base = policy or adopted_policy(tools, application, status_index, at)
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
    policy = keep_policy(tools, work, application, known, policy, at)
    put_policy_card(work=work, tools=tools, policy=policy, person=application.section("person"))
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
        reason=change_reason(application),
        on=on,
        birth_registered_on=policy.birth_registered_on if policy else None,
    )
