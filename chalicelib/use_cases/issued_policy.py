"""What issuing a policy and moving it to another insurer have in common (requirements F1-F4, I2)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from chalicelib.domain.application import Application, advance
from chalicelib.domain.application_states import ApplicationEvent
from chalicelib.domain.audit import SYSTEM
from chalicelib.domain.birth_date import earliest_day
from chalicelib.domain.errors import InvalidValue
from chalicelib.domain.form_circumstances import caps_of
from chalicelib.domain.kind_rules import KIND_RULES
from chalicelib.domain.policy import InsurerPeriod, Policy, PolicyState
from chalicelib.domain.policy_number import build_policy_number, check_against, facet, parse_policy_number
from chalicelib.domain.policy_term import policy_end
from chalicelib.domain.records import (
    DocumentType,
    Pointer,
)
from chalicelib.domain.regions import end_of_day, find_region
from chalicelib.domain.sex import Sex
from chalicelib.use_cases.closing import free_place
from chalicelib.use_cases.demands import local_day, region_of, row_of
from chalicelib.use_cases.journal import notify, record
from chalicelib.use_cases.ordered_documents import order_document

if TYPE_CHECKING:
    from chalicelib.domain.person import Person
    from chalicelib.ports.storage import UnitOfWork
    from chalicelib.ports.toolbox import Toolbox
    from chalicelib.use_cases.demands import Filed

PERSON_UNKNOWN = "person_unknown"
"""There is no profile to keep what was confirmed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """What a new policy begins with: number, insurers, place in the status list, day of issue."""

    number: str
    periods: tuple[InsurerPeriod, ...]
    status_index: int
    day: date


def policy_of(tools: Toolbox, filed: Filed, issue: Issue, at: datetime) -> Policy:
    """Make a policy from what was filed, without a term."""
    region = find_region(code=region_of(filed.form))
    options = filed.section("options")
    return Policy(
        policy_id=tools.ids.new_id(at=at),
        person_id=filed.person_id,
        policy_number=issue.number,
        state=PolicyState.ACTIVE,
        issued_on=issue.day,
        issued_at=at,
        valid_from=issue.periods[0].insured_from,
        periods=issue.periods,
        status_index=issue.status_index,
        received_on=issue.day,
        form=options.get("policy_form", "digital"),
        name_in_qr=options.get("name_in_qr") == "yes",
        utc_offset_hours=region.utc_offset_hours,
    )


def new_policy(tools: Toolbox, application: Application, issue: Issue, at: datetime) -> Policy:
    """Make the policy of an application, with the term of its holder's category (requirement F6)."""
    return replace(
        policy_of(tools, application, issue, at),
        account_id=application.account_id,
        category=application.category.value,
        valid_until=end_of_policy(tools, application, at),
    )


def end_of_policy(tools: Toolbox, application: Application, at: datetime) -> date | None:
    """The first day without the policy, counted from the day of filing; None for no term."""
    row = row_of(application, at=at)
    on = local_day(application, at=application.submitted_at or at)
    caps = caps_of(application.form, row, on)
    return policy_end(rule=row.term_rule(tools.policy_terms), caps=caps, on=on)


def drawn_number(tools: Toolbox, application: Application) -> str:
    """Draw the next ЕНП for the birth date and sex of an application (1 AWS call; requirement F1)."""
    person = application.section("person")
    territory = region_of(application.form)
    return next_number(tools, territory=territory, born_on=earliest_day(text=person["born_on"]), sex=Sex(person["sex"]))


def next_number(tools: Toolbox, *, territory: str, born_on: date, sex: Sex) -> str:
    """Draw the next ЕНП of a territory for a birth date and sex (1 AWS call; requirement F1)."""
    counter = f"enp:{territory}:{facet(born_on=born_on, sex=sex)}"
    # The counter's name would tell a birth date: only its hash is a key.
    serial = tools.store.next_serial(counter=tools.secrets.lookup_hash(kind="counter", value=counter))
    return build_policy_number(territory=territory, born_on=born_on, sex=sex, serial=serial)


def number_fits(number: str, application: Application, *, on: date) -> bool:
    """Whether a ЕНП tells the birth date and sex of an application."""
    person = application.section("person")
    born_on, sex = earliest_day(text=person["born_on"]), Sex(person["sex"])
    return not check_against(number=parse_policy_number(text=number), born_on=born_on, sex=sex, on=on)


def claim_number(tools: Toolbox, work: UnitOfWork, policy: Policy) -> None:
    """Claim the ЕНП for its person: the commit raises AlreadyExists if it is another's (requirement F1)."""
    value_hash = tools.secrets.lookup_hash(kind="policy_number", value=policy.policy_number)
    work.claim(
        Pointer(
            kind="policy_number",
            value_hash=value_hash,
            target=policy.person_id,
            person_id=policy.person_id,
        )
    )


def update_person(
    work: UnitOfWork,
    person: Person | None,
    application: Filed,
    policy: Policy,
    at: datetime,
) -> None:
    """Keep in the profile what the registers confirmed; raises InvalidValue without a profile."""
    if person is None:
        raise InvalidValue(PERSON_UNKNOWN, "Нет сведений о застрахованном лице")
    form = application.section("person")
    changed = replace(
        person,
        family_name=form["family_name"],
        given_name=form["given_name"],
        middle_name=form.get("middle_name", ""),
        born_on=form["born_on"],
        sex=form["sex"],
        snils=form.get("snils", ""),
        policy_number=policy.policy_number,
        updated_at=at,
    )
    work.update(changed)


def order_documents(tools: Toolbox, work: UnitOfWork, application: Application, policy: Policy, at: datetime) -> None:
    """Order the policy and the extract (requirement F3)."""
    for document_type in (DocumentType.POLICY, DocumentType.EXTRACT):
        order_document(
            work=work,
            tools=tools,
            application=application,
            document_type=document_type,
            subject_id=policy.policy_id,
            at=at,
        )


def finish(tools: Toolbox, work: UnitOfWork, application: Application, policy: Policy, at: datetime) -> Application:
    """Complete the application now, or on the day when the new insurer takes effect."""
    if application.effective_on is not None:
        return _schedule(tools, work, application, policy, at)
    tells = KIND_RULES[application.kind].tells
    application = advance(application=application, event=ApplicationEvent.COMPLETE, at=at, actor=SYSTEM)
    application = replace(application, next_look_at=None)
    free_place(work, application)
    context = {"number": application.number or "", "day": str(local_day(application, at=at))}
    notify(work=work, tools=tools, kind=tells, person_id=application.account_id, at=at, context=context)
    return _recorded(tools, work, application, tells, at)


def _schedule(tools: Toolbox, work: UnitOfWork, application: Application, policy: Policy, at: datetime) -> Application:
    start_on = application.effective_on or local_day(application, at=at)
    start = end_of_day(start_on - timedelta(days=1), region_of(application.form))
    application = replace(application, next_look_at=start)
    context = {"number": application.number or "", "day": str(start_on)}
    _tell_change(tools, work, application, policy, context, at)
    return _recorded(tools, work, application, "insurer_change_approved", at)


def _recorded(tools: Toolbox, work: UnitOfWork, application: Application, name: str, at: datetime) -> Application:
    details = {"application_id": application.application_id, "number": application.number or ""}
    application = record(application, work=work, tools=tools, name=name, at=at, actor=SYSTEM, details=details)
    work.update(application)
    return replace(application, version=application.version + 1)


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
        person_id=application.account_id,
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
