"""What a provider tells of a message that it took: kept, shown, and a dead contact stopped (requirement M2)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from chalicelib.domain.audit import SYSTEM
from chalicelib.domain.dispatch import DEAD, Recipient, hear
from chalicelib.domain.notifications import Channel
from chalicelib.domain.person import ContactStop
from chalicelib.domain.regions import home_day
from chalicelib.ports.errors import StaleWrite, Unavailable
from chalicelib.use_cases.deliver_notification import contact_hash
from chalicelib.use_cases.dispatches import plan
from chalicelib.use_cases.journal import notify, record

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.domain.dispatch import Dispatch, Receipt, Reference
    from chalicelib.domain.person import Contact, Person
    from chalicelib.ports.storage import UnitOfWork
    from chalicelib.ports.toolbox import Toolbox

TRIES = 4
AWAITED_FOR = timedelta(minutes=10)
"""A receipt may be faster than the note of what it is about; later it is about nothing of ours."""

_FIELDS = {Channel.SMS: "phone", Channel.EMAIL: "email"}
_TOLD = {Channel.SMS: "phone_unreachable", Channel.EMAIL: "email_unreachable"}


def receive_receipt(*, tools: Toolbox, receipt: Receipt, at: datetime) -> str:
    """Take a receipt in, whatever order and how often it comes; returns where the message stands, or "unknown".

    A hard bounce or a complaint stops the contact in the same transaction, tells the person by the other ways and
    asks for a new contact.

    Raises:
        Unavailable: what it is about is not there yet: the receipt will come again.
        StaleWrite: the message changed each time.
    """
    for _ in range(TRIES):
        reference = _reference(tools, receipt)
        found = reference and tools.store.dispatch(order_id=reference.order_id, channel=reference.channel)
        if not found or not reference:
            if at < receipt.at + AWAITED_FOR:
                raise Unavailable("Сообщение этой квитанции ещё не записано")
            return "unknown"
        heard = hear(found, receipt, attempt=reference.attempt, at=at)
        if heard is found:
            return found.state.value
        work = tools.store.work(at=at)
        work.update(heard)
        plan(work=work, tools=tools, dispatch=heard, at=at)
        if receipt.outcome in DEAD and found.recipient is Recipient.PERSON:
            _stop_contact(work, tools, found, receipt, at)
        try:
            work.commit()
        except StaleWrite:
            continue
        return heard.state.value
    raise StaleWrite("Сообщение меняется прямо сейчас: повторите")


def _reference(tools: Toolbox, receipt: Receipt) -> Reference | None:
    if receipt.reference is not None:
        return receipt.reference
    pointer = tools.store.sent_pointer(provider=receipt.provider, provider_id=receipt.provider_id)
    return pointer.reference if pointer else None


def _stop_contact(work: UnitOfWork, tools: Toolbox, dispatch: Dispatch, receipt: Receipt, at: datetime) -> None:
    """Stop the contact that the message went to, unless the person has another one by now."""
    person = tools.store.person_file(person_id=dispatch.person_id).person
    contact = _contact(person, dispatch.channel)
    if person is None or contact is None or not contact.takes_messages:
        return
    if contact_hash(tools=tools, value=contact.value) != dispatch.contact_hash:
        return
    stopped = replace(contact, stopped=ContactStop(reason=receipt.outcome.value, at=at))
    name = _FIELDS[dispatch.channel]
    changed = replace(person, phone=stopped) if name == "phone" else replace(person, email=stopped)
    details = {"contact": name, "reason": receipt.outcome.value}
    changed = record(changed, work=work, tools=tools, name="contact_stopped", at=at, actor=SYSTEM, details=details)
    work.update(replace(changed, updated_at=at))
    notify(
        work=work,
        tools=tools,
        kind=_TOLD[dispatch.channel],
        person_id=person.person_id,
        at=at,
        context={"day": str(home_day(at=at, region=person.address.get("region", "")))},
    )


def _contact(person: Person | None, channel: Channel) -> Contact | None:
    if person is None:
        return None
    return person.phone if channel is Channel.SMS else person.email
