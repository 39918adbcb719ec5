"""A policy made anew: data changed, an error, lost or damaged (requirements B2, F7; Правила ОМС, cl. 60-63)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from chalicelib.domain.audit import SYSTEM, ChainHead
from chalicelib.domain.policy import Policy, PolicyState, end
from chalicelib.domain.records import ActivePolicyMarker, Revocation
from chalicelib.use_cases.certificates import STATUS_COUNTER
from chalicelib.use_cases.demands import local_day
from chalicelib.use_cases.identity import claim_identity
from chalicelib.use_cases.issued_policy import (
    claim_number,
    drawn_number,
    end_of_policy,
    finish,
    number_fits,
    order_documents,
    update_person,
)
from chalicelib.use_cases.journal import record
from chalicelib.use_cases.ordered_documents import supersede
from chalicelib.use_cases.policy_cards import put_number_card, put_policy_card
from chalicelib.use_cases.registered_policy import adopted_policy
from chalicelib.use_cases.supersede_legacy_policy import supersede_legacy_policy

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.domain.application import Application
    from chalicelib.ports.folders import PersonFile
    from chalicelib.ports.storage import UnitOfWork
    from chalicelib.ports.toolbox import Toolbox


def replace_policy(tools: Toolbox, application: Application, known: PersonFile, at: datetime) -> Application:
    """Make a successor of the policy: the codes of the old one die with the transaction and point to it."""
    work = tools.store.work(at=at)
    successor = put_successor(tools, work, application, known, at)
    changed = finish(tools, work, replace(application, policy_id=successor.policy_id), successor, at)
    work.commit()
    return changed


def put_successor(
    tools: Toolbox,
    work: UnitOfWork,
    application: Application,
    known: PersonFile,
    at: datetime,
    *,
    base: Policy | None = None,
) -> Policy:
    """Add a successor of the policy that stands, or of one that only the register knows, to the unit of work.

    ``base`` is what the successor is made from, if it is not the policy itself. A change of sex or birth date makes
    another ЕНП; the old one stays known as history (order No. 79, cl. 5.1).
    """
    old = known.standing_policy
    status_index = tools.store.next_serial(counter=STATUS_COUNTER)
    base = base or old or adopted_policy(tools, application, status_index, at)
    successor = _successor(tools, application, base, status_index, at)
    successor = supersede_legacy_policy(work=work, tools=tools, known=known, policy=successor, at=at)
    if old is not None:
        _retire(tools, work, application, known, old, successor, at)
    details = {"application_id": application.application_id, "policy_id": successor.policy_id}
    successor = record(successor, work=work, tools=tools, name="policy_replaced", at=at, actor=SYSTEM, details=details)
    work.create(successor)
    work.put(ActivePolicyMarker(person_id=successor.person_id, policy_id=successor.policy_id))
    claim_number(tools, work, successor)
    claim_identity(work=work, tools=tools, application=application)
    put_policy_card(work=work, tools=tools, policy=successor, person=application.section("person"))
    update_person(work, known.person, application, successor, at)
    order_documents(tools, work, application, successor, at)
    return successor


def _successor(tools: Toolbox, application: Application, old: Policy, status_index: int, at: datetime) -> Policy:
    day = local_day(application, at=at)
    fits = number_fits(old.policy_number, application, on=day)
    options = application.section("options")
    return replace(
        old,
        policy_id=tools.ids.new_id(at=at),
        policy_number=old.policy_number if fits else drawn_number(tools, application),
        issued_on=day,
        issued_at=at,
        valid_until=end_of_policy(tools, application, at),
        status_index=status_index,
        form=options.get("policy_form", old.form),
        name_in_qr=options.get("name_in_qr", "yes" if old.name_in_qr else "no") == "yes",
        category=application.category.value,
        account_id=application.account_id,
        warned_days=(),
        version=1,
        chain=ChainHead(),
    )


def _retire(
    tools: Toolbox,
    work: UnitOfWork,
    application: Application,
    known: PersonFile,
    old: Policy,
    successor: Policy,
    at: datetime,
) -> None:
    day = local_day(application, at=at)
    reason = application.section("replacement")["reason"]
    retired = end(policy=old, state=PolicyState.REPLACED, on=day, reason=reason, successor_id=successor.policy_id)
    details = {"application_id": application.application_id, "policy_id": old.policy_id, "reason": reason}
    retired = record(retired, work=work, tools=tools, name="policy_retired", at=at, actor=SYSTEM, details=details)
    work.update(retired)
    work.put(Revocation(status_index=old.status_index, status="replaced", at=at))
    supersede(work=work, file=known, subject_id=old.policy_id)
    if old.policy_number != successor.policy_number:
        put_number_card(work=work, tools=tools, policy=retired, person=application.section("person"))
