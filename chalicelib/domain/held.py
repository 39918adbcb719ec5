"""What is held of a person, and until when: each kind of entity with the moment at which its term begins (P2)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from chalicelib.domain.appeal import Appeal
from chalicelib.domain.appeal_states import FINAL_APPEAL_STATES, AppealState
from chalicelib.domain.application import Application
from chalicelib.domain.application_states import FINAL_STATES
from chalicelib.domain.appointment import Appointment, AppointmentState
from chalicelib.domain.attachment import Attachment
from chalicelib.domain.civil_record import CivilRecord, RecordState
from chalicelib.domain.corrections import Correction
from chalicelib.domain.data_export import DataExport
from chalicelib.domain.delivery import Delivery
from chalicelib.domain.employee_consent import ConsentState, EmployeeConsent
from chalicelib.domain.employer import Employer, EmployerState
from chalicelib.domain.employer_request import RESTING, EmployerRequest
from chalicelib.domain.erasure import ErasureRequest
from chalicelib.domain.insurance_certificate import FINAL_CERTIFICATE_STATES, InsuranceCertificate
from chalicelib.domain.legacy_registration import LegacyPolicy
from chalicelib.domain.person import Person
from chalicelib.domain.policy import STANDING, Policy
from chalicelib.domain.representation import Representation
from chalicelib.domain.retention import retention_of
from chalicelib.domain.retention_terms import Kept, Retention, Wish, day_begins
from chalicelib.domain.temporary_certificate import CertificateState, TemporaryCertificate
from chalicelib.domain.ticket import Ticket
from chalicelib.domain.ticket_states import TicketState

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date

_ENDED_APPEALS = FINAL_APPEAL_STATES | {AppealState.REJECTED}
"""What the person may still take to the fund has ended too: the term is far longer than that for going there."""

_SAID_NO = frozenset({ConsentState.REFUSED, ConsentState.REVOKED})
_UNHANDLED = frozenset({RecordState.RECEIVED, RecordState.NEEDS_OPERATOR})


def _application_ended(entity: Application) -> datetime | None:
    return entity.updated_at if entity.state in FINAL_STATES else None


def _policy_ended(entity: Policy) -> datetime | None:
    if entity.state in STANDING:
        return None
    return entity.issued_at if entity.ended_on is None else day_begins(entity.ended_on)


def _certificate_ended(entity: TemporaryCertificate) -> datetime | None:
    return None if entity.state is CertificateState.ACTIVE else entity.ended_at or day_begins(entity.valid_until)


def _insurance_certificate_ended(entity: InsuranceCertificate) -> datetime | None:
    if entity.state not in FINAL_CERTIFICATE_STATES:
        return None
    return entity.history[-1].at if entity.history else entity.asked_at


def _delivery_ended(entity: Delivery) -> datetime | None:
    if entity.is_live:
        return None
    return entity.history[-1].at if entity.history else entity.ordered_at


def _attachment_ended(entity: Attachment) -> datetime | None:
    if entity.is_live:
        return None
    return entity.history[-1].at if entity.history else entity.requested_at


def _employer_ended(entity: Employer) -> datetime | None:
    if entity.state is not EmployerState.REFUSED:
        return None
    return entity.history[-1].at if entity.history else entity.registered_at


_ENDED: Final[Mapping[type, tuple[Kept, Callable[[Any], datetime | None]]]] = MappingProxyType(
    {
        Application: (Kept.APPLICATION, _application_ended),
        Appeal: (Kept.APPEAL, lambda e: e.updated_at if e.state in _ENDED_APPEALS else None),
        Ticket: (Kept.TICKET, lambda e: e.updated_at if e.state is TicketState.CLOSED else None),
        Policy: (Kept.POLICY, _policy_ended),
        TemporaryCertificate: (Kept.TEMPORARY_CERTIFICATE, _certificate_ended),
        LegacyPolicy: (Kept.LEGACY_POLICY, lambda e: None if e.is_live else e.updated_at),
        InsuranceCertificate: (Kept.INSURANCE_CERTIFICATE, _insurance_certificate_ended),
        Delivery: (Kept.DELIVERY, _delivery_ended),
        Attachment: (Kept.ATTACHMENT, _attachment_ended),
        Appointment: (
            Kept.APPOINTMENT,
            lambda e: None if e.state is AppointmentState.REQUESTED else e.history[-1].at,
        ),
        Correction: (Kept.CORRECTION, lambda e: e.decided_at),
        CivilRecord: (Kept.CIVIL_RECORD, lambda e: None if e.state in _UNHANDLED else e.received_at),
        Representation: (Kept.REPRESENTATION, lambda e: e.ended_at if e.erased_at is None else None),
        Employer: (Kept.EMPLOYER, _employer_ended),
        EmployerRequest: (
            Kept.EMPLOYER_REQUEST,
            lambda e: (e.updated_at or e.asked_at) if e.stage in RESTING else None,
        ),
        EmployeeConsent: (
            Kept.EMPLOYEE_CONSENT,
            lambda e: e.decided_at if e.state in _SAID_NO and e.organisation_name else None,
        ),
        DataExport: (Kept.EXPORT, lambda e: e.made_at),
        ErasureRequest: (Kept.ERASURE_REQUEST, lambda e: e.answered_at),
        Person: (Kept.PROFILE, lambda e: (e.looked_at or e.updated_at) if e.erased_at is None else None),
    }
)

HELD: Final = frozenset(_ENDED)
"""The types of entity that have a term; everything else belongs to one of them, or is ended by the storage."""

_UNSENT = {Kept.APPLICATION: "submitted_at", Kept.APPEAL: "filed_at"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What is to be done with one thing when its person wants to be forgotten.

    ``until`` is the first moment at which it is kept no more, None while it is in force.
    """

    kind: Kept
    erases: bool
    until: datetime | None = None


def kind_of(entity: object) -> Kept:
    """The kind of record that an entity is; what was never sent is a draft."""
    kind, _ = _ENDED[type(entity)]
    name = _UNSENT.get(kind)
    return Kept.DRAFT if name is not None and getattr(entity, name) is None else kind


def is_emptied(entity: object) -> bool:
    """Whether nothing personal is left in an entity that stays for its chain in the journal."""
    if isinstance(entity, Representation | Person):
        return entity.erased_at is not None
    return isinstance(entity, EmployeeConsent) and not entity.organisation_name


def ended_at(entity: object) -> datetime | None:
    """When the term of an entity began, None while it is in force."""
    _, ended = _ENDED[type(entity)]
    return ended(entity)


def term_of(entity: object, *, on: date) -> Retention:
    """The row by which an entity that ended on a day is kept: a later table does not change it."""
    return retention_of(kind_of(entity), on=on)


def kept_until(entity: object) -> datetime | None:
    """The first moment at which an entity is kept no more, None while it is in force."""
    started = ended_at(entity)
    return None if started is None else term_of(entity, on=started.date()).until(started)


def judge(entity: object, *, at: datetime) -> Verdict:
    """Decide what a person's wish to be forgotten does with an entity (152-ФЗ, art. 21, parts 4, 5 and 5.1)."""
    kind, until = kind_of(entity), kept_until(entity)
    if kind is Kept.DRAFT:
        return Verdict(kind=kind, erases=True)
    if until is None:
        return Verdict(kind=kind, erases=False)
    wished = term_of(entity, on=at.date()).on_wish is Wish.ERASES
    return Verdict(kind=kind, erases=wished or until <= at, until=until)
