"""Delivering one notification: each channel once, preferences respected, the cabinet always (requirement M1)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from chalicelib.domain.notifications import (
    RULES,
    Channel,
    Contacts,
    NotificationKind,
    Preferences,
    channels_for,
)
from chalicelib.domain.person import CONSENT_VERSION
from chalicelib.domain.pickup_code import derive_pickup_code
from chalicelib.domain.records import CabinetMessage
from chalicelib.domain.reply_address import reply_address
from chalicelib.domain.signing_code import VALID_FOR, derive_code
from chalicelib.ports.errors import DependencyFailed, Rejected
from chalicelib.ports.notifications import OutcomeUnknown

if TYPE_CHECKING:
    from chalicelib.domain.person import Person
    from chalicelib.ports.toolbox import Rendered, Toolbox

LEASE = timedelta(seconds=60)
"""How long a claim of a delivery stands if the process that took it dies."""

_INSURER_KINDS = frozenset(
    {
        NotificationKind.INSURER_NOTIFIED_OF_DEPARTURE,
        NotificationKind.INSURER_NOTIFIED_OF_ARRIVAL,
        NotificationKind.INSURER_NOTIFIED_OF_CORRECTION,
    }
)
_CLINIC_KINDS = frozenset(
    {
        NotificationKind.CLINIC_ASKED_FOR_APPOINTMENT,
        NotificationKind.CLINIC_ASKED_TO_ATTACH,
        NotificationKind.CLINIC_NOTIFIED_OF_ARRIVAL,
        NotificationKind.CLINIC_NOTIFIED_OF_DEPARTURE,
    }
)
_ORGANISATION_KINDS = _INSURER_KINDS | _CLINIC_KINDS
_CODE_KINDS = frozenset({NotificationKind.ONE_TIME_CODE, NotificationKind.CONTACT_VERIFICATION_CODE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A notification as it comes from the queue: kind, person, and numbers and dates for its text."""

    order_id: str
    kind: NotificationKind
    person_id: str
    context: Mapping[str, str]
    ordered_at: datetime


def deliver_notification(*, tools: Toolbox, order: Order, at: datetime) -> Mapping[str, str]:
    """Deliver by every channel that is not done yet; returns the outcome per channel.

    A code that has expired meanwhile is not sent any more.

    Raises:
        DependencyFailed: a channel did not work for now; the message will come again and only what is
            missing is sent.
    """
    if order.kind in _CODE_KINDS and at >= order.ordered_at + VALID_FOR:
        return {"all": "too_late"}
    file = tools.store.person_file(person_id=order.person_id)
    if order.kind not in _ORGANISATION_KINDS and file.person is not None and file.person.death is not None:
        # Whoever acted for the dead is told under the own id; nobody writes to the dead (D4).
        return {"all": "person_died"}
    contacts = replace(_contacts(tools, order, file.person), reply_to=_reply_to(tools, order))
    preferences = _preferences(file.person)
    channels = channels_for(kind=order.kind, preferences=preferences, contacts=contacts)
    if order.kind in _ORGANISATION_KINDS:
        channels &= {Channel.EMAIL}
    context = _context(tools, order)
    outcomes: dict[str, str] = {}
    failures: list[DependencyFailed] = []
    for channel in sorted(channels - {Channel.CABINET}):
        rendered = tools.texts.render(kind=order.kind, channel=channel, context=context)
        try:
            outcomes[channel] = _send_once(tools, order, channel, contacts, rendered, at)
        except DependencyFailed as failure:
            failures.append(failure)
    if Channel.CABINET in channels:
        _show(tools, order, context, outcomes, at)
    if failures:
        raise failures[0]
    return outcomes


def _contacts(tools: Toolbox, order: Order, person: Person | None) -> Contacts:
    if order.kind in _INSURER_KINDS:
        insurer = tools.store.insurer(code=order.context.get("insurer_code", ""))
        return Contacts(email=(insurer.email or None) if insurer else None)
    if order.kind in _CLINIC_KINDS:
        clinic = tools.store.clinic(code=order.context.get("clinic_code", ""))
        return Contacts(email=(clinic.email or None) if clinic else None)
    if person is None:
        return Contacts()
    if order.kind is NotificationKind.CONTACT_VERIFICATION_CODE:
        phone, email = person.phone, person.email
        if order.context.get("channel") == Channel.SMS:
            return Contacts(phone=phone.pending if phone else None)
        return Contacts(email=email.pending if email else None)
    return Contacts(
        phone=person.phone.value if person.phone and person.phone.verified_at else None,
        email=person.email.value if person.email and person.email.verified_at else None,
    )


def _reply_to(tools: Toolbox, order: Order) -> str:
    """Where an answer to the letter goes: to the ticket that it tells of, if letters are received (L2)."""
    ticket_id = order.context.get("ticket_id")
    if ticket_id is None:
        return ""
    return reply_address(ticket_id=ticket_id, secret=tools.secrets.signing_secret, domain=tools.mail_replies_domain)


def _preferences(person: Person | None) -> Preferences:
    """Preferences are kept as ``kind.channel`` → wanted (requirement A5)."""
    if person is None:
        return Preferences()
    pairs = (name.split(".") for name, wanted in person.preferences.items() if not wanted)
    return Preferences(switched_off=frozenset((NotificationKind(kind), Channel(channel)) for kind, channel in pairs))


def _context(tools: Toolbox, order: Order) -> dict[str, str | int | date]:
    given: dict[str, str | int | date] = {
        **order.context,
        "link": status_link(tools=tools, number=order.context.get("number", "")),
        "version": CONSENT_VERSION,
        "valid_minutes": int(VALID_FOR.total_seconds() // 60),
    }
    if "challenge_id" in order.context:
        given["code"] = derive_code(secret=tools.secrets.signing_secret, challenge_id=order.context["challenge_id"])
    if "pickup_id" in order.context:
        given["code"] = derive_pickup_code(secret=tools.secrets.signing_secret, pickup_id=order.context["pickup_id"])
    fields = RULES[order.kind].fields
    # Every kind names its own date; the order gives it as the day of the event.
    return {name: given[name] if name in given else order.context["day"] for name in fields}


def status_link(*, tools: Toolbox, number: str) -> str:
    """The page that shows how far an application is; the number stands in the fragment, which no log sees."""
    return f"{tools.public_base_url}/status#{number}" if number else f"{tools.public_base_url}/status"


def _send_once(
    tools: Toolbox,
    order: Order,
    channel: Channel,
    contacts: Contacts,
    rendered: Rendered,
    at: datetime,
) -> str:
    key = f"{order.order_id}#{channel.value}"
    claim = tools.store.claim_delivery(key=key, at=at, lease_seconds=int(LEASE.total_seconds()))
    if claim == "taken":
        raise DependencyFailed("Отправка уже идёт", retry_after=int(LEASE.total_seconds()))
    if claim != "claimed":
        return claim
    try:
        _send(tools, channel, contacts, rendered, key)
    except Rejected:
        outcome = "failed"
    except OutcomeUnknown:
        # It may have been accepted: the claim's lease decides when it is tried again.
        raise
    except DependencyFailed:
        tools.store.release_delivery(key=key)
        raise
    else:
        outcome = "sent"
    _note(tools, key, outcome, at)
    return outcome


def _note(tools: Toolbox, key: str, outcome: str, at: datetime) -> None:
    try:
        tools.store.finish_delivery(key=key, outcome=outcome, at=at)
    except DependencyFailed:
        # What is not noted is sent again after the lease: worth another try.
        tools.store.finish_delivery(key=key, outcome=outcome, at=at)


def _send(tools: Toolbox, channel: Channel, contacts: Contacts, rendered: Rendered, key: str) -> None:
    if channel is Channel.SMS:
        tools.sms.send(to=contacts.phone or "", text=rendered.text, dedup_id=key)
        return
    tools.email.send(
        to=contacts.email or "",
        subject=rendered.subject,
        text=rendered.text,
        html=rendered.html,
        dedup_id=key,
        reply_to=contacts.reply_to,
    )


def _show(
    tools: Toolbox,
    order: Order,
    context: Mapping[str, str | int | date],
    outcomes: Mapping[str, str],
    at: datetime,
) -> None:
    rendered = tools.texts.render(kind=order.kind, channel=Channel.CABINET, context=context)
    work = tools.store.work(at=at)
    work.put(
        CabinetMessage(
            message_id=order.order_id,
            person_id=order.person_id,
            kind=order.kind.value,
            subject=rendered.subject,
            text=rendered.text,
            created_at=order.ordered_at,
            delivery=dict(outcomes),
        )
    )
    work.commit()
