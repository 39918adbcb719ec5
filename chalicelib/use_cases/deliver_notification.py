"""Delivering one notification: each channel once, preferences respected, the cabinet always (requirement M1)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING

from chalicelib.domain.dispatch import Dispatch, DispatchState, Recipient
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
from chalicelib.domain.quiet_hours import DEFAULT, quiet_until
from chalicelib.domain.records import CabinetMessage
from chalicelib.domain.reply_address import reply_address
from chalicelib.domain.signing_code import VALID_FOR, derive_code
from chalicelib.ports.errors import DependencyFailed
from chalicelib.use_cases.dispatches import Sending, dispatch_once, drop

if TYPE_CHECKING:
    from chalicelib.domain.person import Person
    from chalicelib.ports.notifications import Taken
    from chalicelib.ports.toolbox import Rendered, Toolbox

_INSURER_KINDS = frozenset(
    {
        NotificationKind.INSURER_NOTIFIED_OF_DEPARTURE,
        NotificationKind.INSURER_NOTIFIED_OF_ARRIVAL,
        NotificationKind.INSURER_NOTIFIED_OF_CORRECTION,
        NotificationKind.INSURER_WEBHOOK_STOPPED,
    }
)
_CLINIC_KINDS = frozenset(
    {
        NotificationKind.CLINIC_ASKED_FOR_APPOINTMENT,
        NotificationKind.CLINIC_ASKED_TO_ATTACH,
        NotificationKind.CLINIC_NOTIFIED_OF_ARRIVAL,
        NotificationKind.CLINIC_NOTIFIED_OF_DEPARTURE,
        NotificationKind.CLINIC_WEBHOOK_STOPPED,
    }
)
_ORGANISATION_KINDS = _INSURER_KINDS | _CLINIC_KINDS
_APPEALS, _SUPPORT, _EMPLOYERS = "/cabinet/appeals", "/cabinet/support", "/cabinet/employers"
_CERTIFICATES, _CLINICS, _PAPERS = "/cabinet/certificates", "/cabinet/clinics", "/cabinet/papers"
_PAGES: Mapping[NotificationKind, str] = {
    NotificationKind.APPEAL_FILED: _APPEALS,
    NotificationKind.APPEAL_QUESTION: _APPEALS,
    NotificationKind.APPEAL_UPHELD: _APPEALS,
    NotificationKind.APPEAL_REJECTED: _APPEALS,
    NotificationKind.APPEAL_REJECTED_BY_FUND: _APPEALS,
    NotificationKind.APPEAL_ESCALATED: _APPEALS,
    NotificationKind.APPEAL_WITHDRAWN: _APPEALS,
    NotificationKind.TICKET_OPENED: _SUPPORT,
    NotificationKind.TICKET_ANSWERED: _SUPPORT,
    NotificationKind.TICKET_CLOSED: _SUPPORT,
    NotificationKind.EMPLOYER_CONFIRMED: _EMPLOYERS,
    NotificationKind.EMPLOYER_REFUSED: _EMPLOYERS,
    NotificationKind.EMPLOYER_LIST_REFUSED: _EMPLOYERS,
    NotificationKind.EMPLOYER_REQUEST_READY: _EMPLOYERS,
    NotificationKind.EMPLOYER_ASKS_CONSENT: "/cabinet/employer-consents",
    NotificationKind.INSURANCE_CERTIFICATE_READY: _CERTIFICATES,
    NotificationKind.INSURANCE_CERTIFICATE_SENT: _CERTIFICATES,
    NotificationKind.INSURANCE_CERTIFICATE_REFUSED: _CERTIFICATES,
    NotificationKind.INSURANCE_CERTIFICATE_REVOKED: _CERTIFICATES,
    NotificationKind.ATTACHMENT_REQUESTED: _CLINICS,
    NotificationKind.ATTACHMENT_MADE: _CLINICS,
    NotificationKind.ATTACHMENT_REFUSED: _CLINICS,
    NotificationKind.APPOINTMENT_ACKNOWLEDGED: "/cabinet/appointments",
    NotificationKind.APPOINTMENT_DECLINED: "/cabinet/appointments",
    NotificationKind.EXTRACT_READY_FOR_PICKUP: _PAPERS,
    NotificationKind.EXTRACT_SENT: _PAPERS,
    NotificationKind.EXTRACT_DELIVERED: _PAPERS,
    NotificationKind.EXTRACT_RETURNED: _PAPERS,
    NotificationKind.EXTRACT_DELIVERY_CANCELLED: _PAPERS,
    NotificationKind.INSURER_LEAVES: "/cabinet/applications/new?kind=insurer_change",
    NotificationKind.INSURER_STAYS: "/cabinet",
    NotificationKind.PHONE_UNREACHABLE: "/cabinet/profile",
    NotificationKind.EMAIL_UNREACHABLE: "/cabinet/profile",
    NotificationKind.INSURER_WEBHOOK_STOPPED: "/docs",
    NotificationKind.CLINIC_WEBHOOK_STOPPED: "/docs",
}
"""Kind → the page of the cabinet on which one goes on; of any other kind it is the page of the application's state."""

_CODE_KINDS = frozenset({NotificationKind.ONE_TIME_CODE, NotificationKind.CONTACT_VERIFICATION_CODE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A notification as it comes from the queue: kind, person, and numbers and dates for its text.

    With ``channel`` it is another try by that channel alone.
    """

    order_id: str
    kind: NotificationKind
    person_id: str
    context: Mapping[str, str]
    ordered_at: datetime
    channel: Channel | None = None


def deliver_notification(*, tools: Toolbox, order: Order, at: datetime) -> Mapping[str, str]:
    """Deliver by every channel that is not done yet; returns where each channel stands.

    A code that has expired meanwhile is not sent any more. A channel that does not work for now is tried again by a
    plan of its own; one that another process is at lets the message come again.

    Raises:
        DependencyFailed: the message has to come again: something was not kept, or another process is at it.
    """
    if order.kind in _CODE_KINDS and at >= order.ordered_at + VALID_FOR:
        return _dropped(tools, order, DispatchState.TOO_LATE, at)
    file = tools.store.person_file(person_id=order.person_id)
    if order.kind not in _ORGANISATION_KINDS and file.person is not None and file.person.death is not None:
        # Whoever acted for the dead is told under the own id; nobody writes to the dead (D4).
        return _dropped(tools, order, DispatchState.CANCELLED, at)
    contacts = replace(_contacts(tools, order, file.person), reply_to=_reply_to(tools, order))
    channels = _channels(order, file.person, contacts)
    if order.channel is not None and order.channel not in channels:
        return _dropped(tools, order, DispatchState.CANCELLED, at)
    context = _context(tools, order)
    outcomes: dict[str, str] = {}
    failures: list[DependencyFailed] = []
    for channel in sorted(channels - {Channel.CABINET} if order.channel is None else {order.channel}):
        try:
            outcomes[channel] = _sent(tools, order, channel, file.person, contacts, context, at)
        except DependencyFailed as failure:
            failures.append(failure)
    if Channel.CABINET in channels and order.channel is None:
        _show(tools, order, context, at)
    if failures:
        raise failures[0]
    return outcomes


def _dropped(tools: Toolbox, order: Order, state: DispatchState, at: datetime) -> Mapping[str, str]:
    """Nothing leaves any more; a message that was planned ends by name."""
    if order.channel is not None:
        planned = tools.store.dispatch(order_id=order.order_id, channel=order.channel)
        drop(tools=tools, dispatch=planned, state=state, at=at)
    return {"all": state.value}


def _channels(order: Order, person: Person | None, contacts: Contacts) -> frozenset[Channel]:
    channels = channels_for(kind=order.kind, preferences=_preferences(person), contacts=contacts)
    return channels & {Channel.EMAIL} if order.kind in _ORGANISATION_KINDS else channels


def _sent(
    tools: Toolbox,
    order: Order,
    channel: Channel,
    person: Person | None,
    contacts: Contacts,
    context: Mapping[str, str | int | date],
    at: datetime,
) -> str:
    rendered = tools.texts.render(kind=order.kind, channel=channel, context=context)
    to = contacts.phone if channel is Channel.SMS else contacts.email
    first = Dispatch(
        order_id=order.order_id,
        channel=channel,
        kind=order.kind,
        person_id=order.person_id,
        recipient=_recipient(order.kind),
        contact_hash=contact_hash(tools=tools, value=to or ""),
        context=order.context,
        ordered_at=order.ordered_at,
    )
    # A code can be asked for again; what tells of a decision or a term had better come twice than never.
    sending = Sending(
        by=_sender(tools, channel, contacts, rendered, urgent=order.kind in _CODE_KINDS),
        not_before=_quiet_until(order.kind, channel, person, at),
        repeat_unknown=order.kind not in _CODE_KINDS,
    )
    return dispatch_once(tools=tools, first=first, is_new=order.channel is None, sending=sending, at=at).value


def _quiet_until(kind: NotificationKind, channel: Channel, person: Person | None, at: datetime) -> datetime | None:
    if person is None:
        return None
    hours, region = person.quiet_hours or DEFAULT, person.address.get("region", "")
    return quiet_until(kind=kind, channel=channel, hours=hours, region=region, at=at)


def _recipient(kind: NotificationKind) -> Recipient:
    if kind in _ORGANISATION_KINDS:
        return Recipient.ORGANISATION
    is_new = kind is NotificationKind.CONTACT_VERIFICATION_CODE
    return Recipient.NEW_CONTACT if is_new else Recipient.PERSON


def contact_hash(*, tools: Toolbox, value: str) -> str:
    """The hash by which a receipt is known to be about a contact."""
    return tools.secrets.lookup_hash(kind="sent_to", value=value)


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
        phone=person.phone.value if person.phone and person.phone.takes_messages else None,
        email=person.email.value if person.email and person.email.takes_messages else None,
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
        "link": _link(tools, order),
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


def _link(tools: Toolbox, order: Order) -> str:
    if order.kind in _PAGES:
        return f"{tools.public_base_url}{_PAGES[order.kind]}"
    return status_link(tools=tools, number=order.context.get("number", ""))


def status_link(*, tools: Toolbox, number: str) -> str:
    """The page that shows how far an application is; the number stands in the fragment, which no log sees."""
    return f"{tools.public_base_url}/status#{number}" if number else f"{tools.public_base_url}/status"


def _sender(
    tools: Toolbox, channel: Channel, contacts: Contacts, rendered: Rendered, *, urgent: bool
) -> Callable[[str], Taken]:
    if channel is Channel.SMS:
        to, text = contacts.phone or "", rendered.text
        return lambda reference: tools.sms.send(to=to, text=text, reference=reference, urgent=urgent)
    return lambda reference: tools.email.send(
        to=contacts.email or "",
        subject=rendered.subject,
        text=rendered.text,
        html=rendered.html,
        reference=reference,
        reply_to=contacts.reply_to,
    )


def _show(tools: Toolbox, order: Order, context: Mapping[str, str | int | date], at: datetime) -> None:
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
        )
    )
    work.commit()
