"""An approved application orders an extract on paper (requirements B2, F3, F8).

The application is complete here, with the message «extract_ordered»: what it asked for is decided and done. The
delivery goes on by itself, with its own states, terms and journal: for weeks, in the hands of an insurer and the
post. An application that stayed open so long would hold the place of the next one (B11), so that a parcel that got
lost could not be ordered again, and every step would have to move two things at once.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from chalicelib.domain.audit import SYSTEM
from chalicelib.domain.delivery import Delivery, DeliveryStep, Recipient, due_days
from chalicelib.domain.delivery_states import DeliveryMethod, DeliveryState
from chalicelib.domain.form_sections import SECTIONS
from chalicelib.domain.records import DocumentType
from chalicelib.domain.regions import find_region
from chalicelib.use_cases.delivery_steps import entry_details
from chalicelib.use_cases.demands import local_day, region_of
from chalicelib.use_cases.issued_policy import finish
from chalicelib.use_cases.journal import record
from chalicelib.use_cases.ordered_documents import order_document
from chalicelib.use_cases.policy_acts import policy_at_hand, show_policy
from chalicelib.use_cases.registered_policy import keep_policy

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.domain.application import Application
    from chalicelib.domain.policy import Policy
    from chalicelib.ports.folders import PersonFile
    from chalicelib.ports.storage import UnitOfWork
    from chalicelib.ports.toolbox import Toolbox


def deliver_extract(tools: Toolbox, application: Application, known: PersonFile, at: datetime) -> Application:
    """Order a fresh extract and its delivery; a policy that only the register knows is taken over first."""
    policy = policy_at_hand(tools, application, known, at)
    work = tools.store.work(at=at)
    if known.standing_policy is None:
        policy = _taken_over(tools, work, application, known, policy, at)
    document = order_document(
        work=work,
        tools=tools,
        application=application,
        document_type=DocumentType.EXTRACT,
        subject_id=policy.policy_id,
        at=at,
    )
    delivery = _delivery(application, policy, document.document_id, at)
    details = entry_details(delivery)
    work.create(record(delivery, work=work, tools=tools, name="delivery_ordered", at=at, actor=SYSTEM, details=details))
    changed = finish(tools, work, replace(application, policy_id=policy.policy_id), policy, at)
    work.commit()
    return changed


def _taken_over(
    tools: Toolbox, work: UnitOfWork, application: Application, known: PersonFile, policy: Policy, at: datetime
) -> Policy:
    details = {"application_id": application.application_id, "policy_id": policy.policy_id}
    policy = record(policy, work=work, tools=tools, name="policy_registered", at=at, actor=SYSTEM, details=details)
    keep_policy(tools, work, application, known, policy, at)
    show_policy(work=work, tools=tools, policy=policy, person=application.section("person"), at=at)
    return policy


def _delivery(application: Application, policy: Policy, document_id: str, at: datetime) -> Delivery:
    form, day = application.section("delivery"), local_day(application, at=at)
    method, recipient = DeliveryMethod(form["method"]), Recipient(form["recipient"])
    expected_on, due_on = due_days(method=method, on=day)
    period = policy.insurer_on(day) or policy.periods[-1]
    by_post = method is DeliveryMethod.POST
    return Delivery(
        delivery_id=application.application_id,
        person_id=application.person_id,
        account_id=application.account_id,
        application_number=application.number or "",
        document_id=document_id,
        insurer_code=period.insurer_code,
        method=method,
        state=DeliveryState.ORDERED,
        ordered_at=at,
        expected_on=expected_on,
        due_on=due_on,
        utc_offset_hours=find_region(code=region_of(application.form)).utc_offset_hours,
        recipient=recipient,
        recipient_name=_recipient_name(application, recipient),
        office="" if by_post else form.get("office", ""),
        address={part: form.get(part, "") for part in SECTIONS["registration_address"]} if by_post else {},
        history=(DeliveryStep(event=None, state=DeliveryState.ORDERED, at=at, actor=SYSTEM),),
    )


def _recipient_name(application: Application, recipient: Recipient) -> str:
    """Who comes for it: the named representative, or who applied: the person, or who acts for the person."""
    if recipient is Recipient.REPRESENTATIVE:
        return application.section("delivery")["recipient_name"]
    applicant = application.section("person" if application.relation is None else "representative")
    names = (applicant.get(part, "") for part in ("family_name", "given_name", "middle_name"))
    return " ".join(name for name in names if name)
