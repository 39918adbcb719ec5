"""A person's profile, consent, journal, messages, policies and documents as JSON."""

from __future__ import annotations

from datetime import datetime, time
from typing import TYPE_CHECKING

from pydantic import Field

from chalicelib.domain.notifications import Channel
from chalicelib.domain.quiet_hours import DEFAULT, NEVER, QuietHours
from chalicelib.http.models import In, Out
from chalicelib.http.schemas.messages import stopped_contacts

if TYPE_CHECKING:
    from chalicelib.domain.audit import AuditEntry
    from chalicelib.domain.person import Contact, Person


class ContactOut(Out):
    """A phone or e-mail; ``pending`` waits for its code; messages to a stopped one do not leave."""

    value: str
    is_verified: bool
    pending: str | None
    is_stopped: bool


class ConsentOut(Out):
    """A consent given, and when it was revoked."""

    version: str
    given_at: datetime
    channel: str
    revoked_at: datetime | None


class TaskOut(Out):
    """What the person is asked to do, so that messages arrive again."""

    code: str
    title: str
    since: datetime


class QuietHoursOut(Out):
    """When only urgent SMS come, by the clock of the person's region; ``is_chosen`` if it is not the usual time."""

    is_on: bool
    begins: str
    ends: str
    is_chosen: bool


class ProfileOut(Out):
    """What the service knows of the person."""

    family_name: str
    given_name: str
    middle_name: str
    born_on: str
    sex: str
    snils: str
    phone: ContactOut | None
    email: ContactOut | None
    address: dict[str, str]
    preferences: dict[str, bool]
    quiet_hours: QuietHoursOut
    has_consent: bool
    consents: list[ConsentOut]
    policy_number: str | None
    tasks: list[TaskOut]
    version: int


class AddressIn(In):
    """A postal address."""

    index: str = Field(max_length=20)
    region: str = Field(max_length=5)
    city: str = Field(max_length=300)
    street: str = Field(default="", max_length=300)
    house: str = Field(max_length=50)
    flat: str = Field(default="", max_length=50)


_TIME = r"^([01][0-9]|2[0-3]):[0-5][0-9]$"


class QuietHoursIn(In):
    """When only urgent SMS come, by the clock of the person's region; over midnight if it ends earlier."""

    is_on: bool = True
    begins: str = Field(default="22:00", pattern=_TIME, examples=["22:00"])
    ends: str = Field(default="08:00", pattern=_TIME, examples=["08:00"])


class ProfileIn(In):
    """What to change; what is left out stays."""

    phone: str | None = Field(default=None, max_length=40, examples=["+7 900 000-00-02"])
    email: str | None = Field(default=None, max_length=320)
    address: AddressIn | None = None
    quiet_hours: QuietHoursIn | None = None
    preferences: dict[str, bool] | None = Field(
        default=None,
        max_length=100,
        description="«вид.канал» → получать ли, например application_submitted.sms",
    )


class ConsentIn(In):
    """The version of the text that is agreed to."""

    version: str = Field(max_length=40, examples=["2026-11"])


class ConsentTextOut(Out):
    """The text to agree to."""

    version: str
    text: str


class CodeIn(In):
    """The code that came to the new phone or e-mail."""

    code: str = Field(pattern=r"^[0-9]{6}$")


class CodeSentOut(Out):
    """A code is on its way."""

    channel: Channel
    sent_at: datetime
    expires_at: datetime


class ActivityOut(Out):
    """An entry of the journal of actions."""

    id: str
    at: datetime
    action: str
    by: str
    organisation: str
    details: dict[str, str]
    digest: str


def _contact(contact: Contact | None) -> ContactOut | None:
    if contact is None:
        return None
    return ContactOut(
        value=contact.value,
        is_verified=contact.verified_at is not None,
        pending=contact.pending,
        is_stopped=contact.stopped is not None,
    )


_TASKS = {
    "phone": ("confirm_another_phone", "Укажите и подтвердите другой телефон: СМС на прежний не доходят"),
    "email": ("confirm_another_email", "Укажите и подтвердите другую почту: письма на прежнюю не доходят"),
}


def quiet_hours_of(body: ProfileIn) -> QuietHours | None:
    """The quiet hours that a change of the profile asks for, None if it leaves them."""
    wish = body.quiet_hours
    if wish is None:
        return None
    if not wish.is_on:
        return NEVER
    return QuietHours(begins=time.fromisoformat(wish.begins), ends=time.fromisoformat(wish.ends))


def _quiet_hours(person: Person) -> QuietHoursOut:
    hours = person.quiet_hours or DEFAULT
    return QuietHoursOut(
        is_on=hours.begins != hours.ends,
        begins=f"{hours.begins:%H:%M}",
        ends=f"{hours.ends:%H:%M}",
        is_chosen=person.quiet_hours is not None,
    )


def _tasks(person: Person) -> list[TaskOut]:
    contacts = stopped_contacts({"phone": person.phone, "email": person.email})
    return [TaskOut(code=_TASKS[c.contact][0], title=_TASKS[c.contact][1], since=c.since) for c in contacts]


def profile_out(person: Person) -> ProfileOut:
    """Present a profile."""
    return ProfileOut(
        family_name=person.family_name,
        given_name=person.given_name,
        middle_name=person.middle_name,
        born_on=person.born_on,
        sex=person.sex,
        snils=person.snils,
        phone=_contact(person.phone),
        email=_contact(person.email),
        address=dict(person.address),
        preferences=dict(person.preferences),
        quiet_hours=_quiet_hours(person),
        has_consent=person.consent is not None,
        consents=[
            ConsentOut(
                version=consent.version,
                given_at=consent.given_at,
                channel=consent.channel,
                revoked_at=consent.revoked_at,
            )
            for consent in person.consents
        ],
        policy_number=person.policy_number,
        tasks=_tasks(person),
        version=person.version,
    )


def activity_out(entry: AuditEntry) -> ActivityOut:
    """Present a journal entry."""
    action = entry.action
    return ActivityOut(
        id=entry.entry_id,
        at=action.at,
        action=action.name,
        by=action.actor.kind,
        organisation=action.actor.organisation,
        details=dict(action.details),
        digest=entry.digest,
    )
