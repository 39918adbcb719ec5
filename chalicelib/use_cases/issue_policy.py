"""Issuing the policy of an approved application, or moving it to another insurer (requirements F1-F4, I1, I2)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from chalicelib.domain.application import Application, ApplicationKind, Refusal, advance
from chalicelib.domain.application_states import ApplicationEvent, ApplicationState
from chalicelib.domain.audit import SYSTEM
from chalicelib.domain.checks import CheckKind, CheckStatus
from chalicelib.domain.decision import ALREADY_INSURED
from chalicelib.domain.errors import InvalidValue, RuleRefused
from chalicelib.domain.insurer_change import ChangeReason, ChangeRequest, check_change
from chalicelib.domain.policy import InsurerPeriod, Policy, PolicyState, change_insurer
from chalicelib.domain.policy_number import (
    build_policy_number,
    check_against,
    facet,
    parse_policy_number,
)
from chalicelib.domain.working_days import RUSSIAN_CALENDAR
from chalicelib.domain.records import (
    ActivePolicyMarker,
    DocumentType,
    LiveMarker,
    Pointer,
)
from chalicelib.domain.sex import Sex
from chalicelib.ports.errors import AlreadyExists
from chalicelib.use_cases.certificates import STATUS_COUNTER, revoke_certificate
from chalicelib.use_cases.closing import close_unfavorably
from chalicelib.use_cases.forms import local_day, region_of
from chalicelib.use_cases.identity import claim_identity
from chalicelib.use_cases.journal import notify, record
from chalicelib.use_cases.ordered_documents import order_document
from chalicelib.use_cases.policy_cards import put_policy_card
from chalicelib.use_cases.submit_application import end_of_day

if TYPE_CHECKING:
    from chalicelib.domain.person import Person
    from chalicelib.ports.storage import PersonFile, UnitOfWork
    from chalicelib.ports.toolbox import Toolbox

SERIAL_DRAWS = 5
"""How often another serial number is drawn when a number is taken already."""

CHANGE_DAYS = 3
"""Requirement I2: working days until the new insurer takes effect."""


def issue_policy(*, tools: Toolbox, application_id: str, at: datetime) -> Application:
    """Carry out the approval (at most 6 AWS calls); repeating it changes nothing.

    Raises:
        NotFound: there is no such application.
        StaleWrite: something changed meanwhile; the message will come again.
    """
    application = tools.store.application_file(application_id=application_id).application
    if application.state is not ApplicationState.APPROVED or application.policy_id is not None:
        return application
    if application.needs_operator:
        return application
    known = tools.store.person_file(person_id=application.person_id)
    try:
        if application.kind is ApplicationKind.INSURER_CHANGE:
            return _change(tools, application, known, at)
        return _first_policy(tools, application, known, at)
    except RuleRefused as refusal:
        return _refuse(tools, application, refusal, at)
    except InvalidValue:
        return _leave_to_operator(tools, application, "register_number_wrong", at)
    except AlreadyExists as clash:
        return _leave_to_operator(tools, application, clash.marker, at)


def _first_policy(
    tools: Toolbox, application: Application, known: PersonFile, at: datetime
) -> Application:
    if known.active_policy is not None:
        raise RuleRefused(ALREADY_INSURED.code, ALREADY_INSURED.message)
    day = local_day(application, at=at)
    period = InsurerPeriod(
        insurer_code=application.section("insurer")["code"],
        insured_from=day,
        application_number=application.number,
    )
    status_index = tools.store.next_serial(counter=STATUS_COUNTER)
    for draw in range(SERIAL_DRAWS):
        number = _drawn_number(tools, application)
        issue = _Issue(number=number, periods=(period,), status_index=status_index, day=day)
        try:
            return _commit_policy(tools, application, known, issue, at)
        except AlreadyExists as clash:
            if clash.marker != "policy_number" or draw == SERIAL_DRAWS - 1:
                raise
    raise AssertionError("the loop returns or raises")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Issue:
    number: str
    periods: tuple[InsurerPeriod, ...]
    status_index: int
    day: date


def _drawn_number(tools: Toolbox, application: Application) -> str:
    person = application.section("person")
    territory = region_of(application.form)
    born_on, sex = date.fromisoformat(person["born_on"]), Sex(person["sex"])
    counter = f"enp:{territory}:{facet(born_on=born_on, sex=sex)}"
    # The counter's name would tell a birth date: only its hash is a key.
    serial = tools.store.next_serial(counter=tools.secrets.lookup_hash(kind="counter", value=counter))
    return build_policy_number(territory=territory, born_on=born_on, sex=sex, serial=serial)


def _commit_policy(
    tools: Toolbox, application: Application, known: PersonFile, issue: _Issue, at: datetime
) -> Application:
    work = tools.store.work(at=at)
    policy = _new_policy(tools, application, issue, at)
    policy = record(
        policy,
        work=work,
        tools=tools,
        name="policy_issued",
        at=at,
        actor=SYSTEM,
        details={"application_id": application.application_id, "policy_id": policy.policy_id},
    )
    work.create(policy)
    work.create(ActivePolicyMarker(person_id=policy.person_id, policy_id=policy.policy_id))
    _claim_number(tools, work, policy)
    claim_identity(work=work, tools=tools, application=application)
    put_policy_card(work=work, tools=tools, policy=policy, person=application.section("person"))
    _update_person(tools, work, known.person, application, policy, at)
    if known.active_certificate is not None:
        revoke_certificate(
            work=work,
            tools=tools,
            certificate=known.active_certificate,
            reason="policy_issued",
            at=at,
        )
    _order_documents(tools, work, application, policy, at)
    changed = replace(application, policy_id=policy.policy_id, delay=None)
    changed = _finish(tools, work, changed, policy, at)
    work.commit()
    return changed


def _new_policy(tools: Toolbox, application: Application, issue: _Issue, at: datetime) -> Policy:
    return Policy(
        policy_id=tools.ids.new_id(at=at),
        person_id=application.person_id,
        policy_number=issue.number,
        state=PolicyState.ACTIVE,
        issued_on=issue.day,
        issued_at=at,
        valid_from=issue.periods[0].insured_from,
        periods=issue.periods,
        status_index=issue.status_index,
        received_on=issue.day,
        form=application.section("options").get("policy_form", "digital"),
        name_in_qr=application.section("options").get("name_in_qr") == "yes",
    )


def _claim_number(tools: Toolbox, work: UnitOfWork, policy: Policy) -> None:
    value_hash = tools.secrets.lookup_hash(kind="policy_number", value=policy.policy_number)
    work.claim(
        Pointer(
            kind="policy_number",
            value_hash=value_hash,
            target=policy.person_id,
            person_id=policy.person_id,
        )
    )


def _update_person(
    tools: Toolbox,
    work: UnitOfWork,
    person: Person | None,
    application: Application,
    policy: Policy,
    at: datetime,
) -> None:
    if person is None:
        raise InvalidValue("person_unknown", "Нет сведений о застрахованном лице")
    form = application.section("person")
    changed = replace(
        person,
        family_name=form["family_name"],
        given_name=form["given_name"],
        middle_name=form.get("middle_name", ""),
        born_on=form["born_on"],
        sex=form["sex"],
        snils=form["snils"],
        policy_number=policy.policy_number,
        updated_at=at,
    )
    work.update(changed)


def _order_documents(
    tools: Toolbox, work: UnitOfWork, application: Application, policy: Policy, at: datetime
) -> None:
    for document_type in (DocumentType.POLICY, DocumentType.EXTRACT):
        order_document(
            work=work,
            tools=tools,
            application=application,
            document_type=document_type,
            subject_id=policy.policy_id,
            at=at,
        )


def _finish(
    tools: Toolbox, work: UnitOfWork, application: Application, policy: Policy, at: datetime
) -> Application:
    """Complete the application now, or on the day when the new insurer takes effect."""
    name = "policy_issued"
    context = {"number": application.number or "", "day": str(policy.issued_on)}
    if application.effective_on is None:
        application = advance(
            application=application, event=ApplicationEvent.COMPLETE, at=at, actor=SYSTEM
        )
        application = replace(application, next_look_at=None)
        _free_place(work, application)
        notify(
            work=work,
            tools=tools,
            kind="policy_issued",
            person_id=application.person_id,
            at=at,
            context=context,
        )
    else:
        name = "insurer_change_approved"
        start = end_of_day(application.effective_on - timedelta(days=1), region_of(application.form))
        application = replace(application, next_look_at=start)
        context["day"] = str(application.effective_on)
        _tell_change(tools, work, application, policy, context, at)
    details = {"application_id": application.application_id, "number": application.number or ""}
    application = record(
        application, work=work, tools=tools, name=name, at=at, actor=SYSTEM, details=details
    )
    work.update(application)
    return replace(application, version=application.version + 1)


def _free_place(work: UnitOfWork, application: Application) -> None:
    work.remove(
        LiveMarker(
            person_id=application.person_id,
            kind=application.kind.value,
            application_id=application.application_id,
        )
    )


def _tell_change(
    tools: Toolbox,
    work: UnitOfWork,
    application: Application,
    policy: Policy,
    context: dict[str, str],
    at: datetime,
) -> None:
    notify(
        work=work,
        tools=tools,
        kind="insurer_change_approved",
        person_id=application.person_id,
        at=at,
        context=context,
    )
    old, new = policy.periods[-2].insurer_code, policy.periods[-1].insurer_code
    for kind, code in (
        ("insurer_notified_of_departure", old),
        ("insurer_notified_of_arrival", new),
    ):
        notify(
            work=work,
            tools=tools,
            kind=kind,
            person_id=application.person_id,
            at=at,
            context={**context, "insurer_code": code},
        )


def _change(tools: Toolbox, application: Application, known: PersonFile, at: datetime) -> Application:
    day = local_day(application, at=at)
    policy = known.active_policy
    status_index = tools.store.next_serial(counter=STATUS_COUNTER)
    periods = policy.periods if policy else (_registered_period(application),)
    code = application.section("insurer")["code"]
    basis = check_change(request=_change_request(tools, application, policy, periods, at))
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
        work.create(policy)
        work.create(ActivePolicyMarker(person_id=policy.person_id, policy_id=policy.policy_id))
        _claim_number(tools, work, policy)
        claim_identity(work=work, tools=tools, application=application)
        _update_person(tools, work, known.person, application, policy, at)
    else:
        work.update(policy)
    put_policy_card(work=work, tools=tools, policy=policy, person=person)
    changed = replace(application, policy_id=policy.policy_id)
    changed = _finish(tools, work, changed, policy, at)
    work.commit()
    return changed


def _change_request(
    tools: Toolbox,
    application: Application,
    policy: Policy | None,
    periods: tuple[InsurerPeriod, ...],
    at: datetime,
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
    issue = _Issue(number=number, periods=periods, status_index=status_index, day=periods[0].insured_from)
    return _new_policy(tools, application, issue, at)


def _refuse(
    tools: Toolbox, application: Application, refusal: RuleRefused, at: datetime
) -> Application:
    reason = Refusal(
        code=refusal.reason,
        message=refusal.detail,
        mend="Подайте заявление снова, когда это станет возможно: оно заполнится само",
        rule=refusal.rule,
        possible_on=refusal.possible_on,
    )
    work = tools.store.work(at=at)
    refused = close_unfavorably(
        work=work,
        tools=tools,
        application=replace(application, refusals=(reason,), next_look_at=None),
        event=ApplicationEvent.REFUSE,
        actor=SYSTEM,
        at=at,
    )
    details = {"application_id": application.application_id, "reason": refusal.reason}
    refused = record(
        refused,
        work=work,
        tools=tools,
        name="application_refused",
        at=at,
        actor=SYSTEM,
        details=details,
    )
    work.update(refused)
    work.commit()
    return refused


def _leave_to_operator(
    tools: Toolbox, application: Application, reason: str, at: datetime
) -> Application:
    work = tools.store.work(at=at)
    details = {"application_id": application.application_id, "reason": reason}
    left = record(
        replace(application, needs_operator=True),
        work=work,
        tools=tools,
        name="operator_needed",
        at=at,
        actor=SYSTEM,
        details=details,
    )
    work.update(left)
    work.commit()
    return left
