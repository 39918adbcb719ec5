"""A person's profile, consent, journal, messages, policies and documents as JSON."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from pydantic import Field

from chalicelib.domain.notifications import Channel
from chalicelib.domain.policy import PolicyState
from chalicelib.domain.records import DOCUMENT_FILE_TITLES, DocumentType
from chalicelib.domain.temporary_certificate import CertificateState
from chalicelib.http.models import In, Out

if TYPE_CHECKING:
    from chalicelib.domain.audit import AuditEntry
    from chalicelib.domain.person import Contact, Person
    from chalicelib.domain.policy import Policy
    from chalicelib.domain.records import CabinetMessage, StoredDocument
    from chalicelib.domain.temporary_certificate import TemporaryCertificate


class ContactOut(Out):
    """A phone or e-mail; ``pending`` waits for its code."""

    value: str
    is_verified: bool
    pending: str | None


class ConsentOut(Out):
    """A consent given, and when it was revoked."""

    version: str
    given_at: datetime
    channel: str
    revoked_at: datetime | None


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
    has_consent: bool
    consents: list[ConsentOut]
    policy_number: str | None
    version: int


class AddressIn(In):
    """A postal address."""

    index: str = Field(max_length=20)
    region: str = Field(max_length=5)
    city: str = Field(max_length=300)
    street: str = Field(default="", max_length=300)
    house: str = Field(max_length=50)
    flat: str = Field(default="", max_length=50)


class ProfileIn(In):
    """What to change; what is left out stays."""

    phone: str | None = Field(default=None, max_length=40, examples=["+7 900 000-00-02"])
    email: str | None = Field(default=None, max_length=320)
    address: AddressIn | None = None
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


class MessageOut(Out):
    """A message in the cabinet."""

    id: str
    kind: str
    subject: str
    text: str
    created_at: datetime
    delivery: dict[str, str]


class PeriodOut(Out):
    """Who insures, from a day until a day (the last day is not included)."""

    insurer_code: str
    insured_from: date
    insured_until: date | None
    basis: str
    application_number: str | None


class PolicyOut(Out):
    """A policy and the history of its insurers."""

    id: str
    policy_number: str
    state: PolicyState
    issued_on: date
    valid_from: date
    valid_until: date | None
    form: str
    periods: list[PeriodOut]


class CertificateOut(Out):
    """A temporary certificate; ``valid_until`` is the first day without it."""

    number: str
    state: CertificateState
    insurer_code: str
    issued_on: date
    valid_until: date
    application_id: str


class DocumentOut(Out):
    """A document that the service makes; it can be downloaded once it is ready."""

    id: str
    document_type: DocumentType
    title: str
    application_id: str
    subject_id: str
    is_ready: bool
    is_superseded: bool
    ordered_at: datetime
    made_at: datetime | None
    qr_link: str


class InsuranceOut(Out):
    """Everything that proves the person's insurance."""

    policies: list[PolicyOut]
    certificates: list[CertificateOut]
    documents: list[DocumentOut]


def _contact(contact: Contact | None) -> ContactOut | None:
    if contact is None:
        return None
    return ContactOut(
        value=contact.value,
        is_verified=contact.verified_at is not None,
        pending=contact.pending,
    )


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


def message_out(message: CabinetMessage) -> MessageOut:
    """Present a cabinet message."""
    return MessageOut(
        id=message.message_id,
        kind=message.kind,
        subject=message.subject,
        text=message.text,
        created_at=message.created_at,
        delivery=dict(message.delivery),
    )


def policy_out(policy: Policy) -> PolicyOut:
    """Present a policy."""
    return PolicyOut(
        id=policy.policy_id,
        policy_number=policy.policy_number,
        state=policy.state,
        issued_on=policy.issued_on,
        valid_from=policy.valid_from,
        valid_until=policy.valid_until,
        form=policy.form,
        periods=[
            PeriodOut(
                insurer_code=period.insurer_code,
                insured_from=period.insured_from,
                insured_until=period.insured_until,
                basis=period.basis,
                application_number=period.application_number,
            )
            for period in policy.periods
        ],
    )


def certificate_out(certificate: TemporaryCertificate) -> CertificateOut:
    """Present a temporary certificate."""
    return CertificateOut(
        number=certificate.number,
        state=certificate.state,
        insurer_code=certificate.insurer_code,
        issued_on=certificate.issued_on,
        valid_until=certificate.valid_until,
        application_id=certificate.application_id,
    )


def document_out(document: StoredDocument) -> DocumentOut:
    """Present a generated document."""
    return DocumentOut(
        id=document.document_id,
        document_type=document.document_type,
        title=DOCUMENT_FILE_TITLES[document.document_type],
        application_id=document.application_id,
        subject_id=document.subject_id,
        is_ready=document.made_at is not None,
        is_superseded=document.superseded,
        ordered_at=document.ordered_at,
        made_at=document.made_at,
        qr_link=document.qr_link,
    )
