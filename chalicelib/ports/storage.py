"""The store of everything: reads that cost one call each, and units of work that are one transaction each.

The store keeps to DESIGN's rules: every write is conditional, uniqueness is a marker in the same transaction,
and what must leave afterwards is written with the change (the outbox).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from chalicelib.domain.application import Application
from chalicelib.domain.attachment import Attachment, AttachmentBook
from chalicelib.domain.erasure import Erased
from chalicelib.domain.legacy_registration import LegacyPolicy
from chalicelib.domain.person import Person
from chalicelib.domain.policy import STANDING, Policy, PolicyState
from chalicelib.domain.records import IdempotencyRecord, Pointer, StoredDocument, ViewLog
from chalicelib.domain.representation import Representation
from chalicelib.domain.scan import Scan
from chalicelib.domain.signing_code import Challenge
from chalicelib.domain.temporary_certificate import CertificateState, TemporaryCertificate
from chalicelib.ports.appeals import Appeals
from chalicelib.ports.cases import Cases
from chalicelib.ports.clinics import ClinicReads
from chalicelib.ports.corrections import CorrectionReads
from chalicelib.ports.deliveries import Deliveries
from chalicelib.ports.dispatches import Dispatches
from chalicelib.ports.employers import Employers
from chalicelib.ports.fund_exchange import FundReads
from chalicelib.ports.insurance_certificates import InsuranceCertificates
from chalicelib.ports.outbox import Outbox
from chalicelib.ports.privacy import PrivacyReads
from chalicelib.ports.registry import RegistryReads
from chalicelib.ports.sms_routes import SmsRoutes
from chalicelib.ports.tickets import Tickets
from chalicelib.ports.webhooks import Webhooks

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from chalicelib.domain.audit import AuditEntry
    from chalicelib.domain.civil_record import CivilRecord
    from chalicelib.domain.insurer import Insurer
    from chalicelib.domain.records import CabinetMessage
    from chalicelib.domain.session import Session
    from chalicelib.domain.validity import ValidityCard
    from chalicelib.ports.queries import ApplicationFilter, JournalLine, Period, Spent
    from chalicelib.ports.unit_of_work import UnitOfWork as UnitOfWork  # noqa: PLC0414 — part of this port


T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicationFile:
    """An application with all that lies in its folder."""

    application: Application
    scans: tuple[Scan, ...] = ()
    challenge: Challenge | None = None

    def scan(self, scan_id: str) -> Scan | None:
        """Return a scan by its id."""
        return next((scan for scan in self.scans if scan.scan_id == scan_id), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonFile:
    """A person with policies, certificates, registrations of earlier policies and generated documents.

    ``represented`` are those the person acts for; ``attachment_books`` say which attachments stand or are asked for,
    ``erased`` what was destroyed.
    """

    person: Person | None = None
    policies: tuple[Policy, ...] = ()
    certificates: tuple[TemporaryCertificate, ...] = ()
    legacy_policies: tuple[LegacyPolicy, ...] = ()
    documents: tuple[StoredDocument, ...] = ()
    views: ViewLog | None = None
    represented: tuple[Representation, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    attachment_books: tuple[AttachmentBook, ...] = ()
    erased: tuple[Erased, ...] = ()

    @property
    def standing_policy(self) -> Policy | None:
        """The one policy that is active or suspended, if any."""
        return next((p for p in self.policies if p.state in STANDING), None)

    @property
    def active_policy(self) -> Policy | None:
        """The one active policy, if any."""
        return next((p for p in self.policies if p.state is PolicyState.ACTIVE), None)

    @property
    def active_certificate(self) -> TemporaryCertificate | None:
        """The temporary certificate in force, if any."""
        return next((c for c in self.certificates if c.state is CertificateState.ACTIVE), None)

    @property
    def live_legacy_policy(self) -> LegacyPolicy | None:
        """The one registration of an earlier policy that is pending or confirmed, if any."""
        return next((registration for registration in self.legacy_policies if registration.is_live), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice(Generic[T]):
    """A part of a list; ``after`` is where the next part begins, None at the end."""

    items: tuple[T, ...]
    after: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """At most ``times`` within ``seconds`` for one ``subject`` (already hashed)."""

    name: str
    subject: str
    times: int
    seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LookupRecord:
    """What is kept of a public lookup (requirement G4): when, by whom and of what, as hashes."""

    record_id: str
    at: datetime
    client_hash: str
    subject_hash: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftChange:
    """Sections of a form to replace in one write; ``if_version`` is the caller's If-Match."""

    application_id: str
    account_id: str
    at: datetime
    sections: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    if_version: int | None = None


class Store(
    Outbox,
    Deliveries,
    Dispatches,
    Cases,
    CorrectionReads,
    ClinicReads,
    InsuranceCertificates,
    Employers,
    Appeals,
    Tickets,
    RegistryReads,
    Webhooks,
    SmsRoutes,
    FundReads,
    PrivacyReads,
    Protocol,
):
    """Reads, counters and units of work."""

    def work(self, *, at: datetime) -> UnitOfWork:
        """Begin a unit of work."""
        ...

    def application_file(self, *, application_id: str) -> ApplicationFile:
        """Read an application's folder (1 call); raises NotFound."""
        ...

    def save_draft(self, *, change: DraftChange) -> Application:
        """Replace sections of an editable form (1 call).

        Raises:
            NotFound: there is none, or it is another account's.
            PreconditionFailed: If-Match is not the present version.
            StateConflict: it cannot be edited in one write now.
        """
        ...

    def applications_of(
        self, *, person_id: str, limit: int, after: str | None, wanted: ApplicationFilter
    ) -> Slice[Application]:
        """List a person's applications that are wanted, newest first (1 call; with a filter at most 5).

        A part of the list is full whatever the filter leaves out, unless the calls are used up before.
        """
        ...

    def person_file(self, *, person_id: str) -> PersonFile:
        """Read a person with policies, certificates and documents (1 call per 1 MB)."""
        ...

    def challenge(self, *, challenge_id: str) -> Challenge | None:
        """Read a challenge that is not an application's (1 call)."""
        ...

    def pointers(self, *, kind: str, value_hash: str) -> Sequence[Pointer]:
        """Follow an identifier; more than one only where people may share it (1 call)."""
        ...

    def civil_record(self, *, record_id: str) -> CivilRecord | None:
        """Read a birth record (1 call)."""
        ...

    def civil_cases(self, *, region: str, limit: int, after: str | None) -> Slice[CivilRecord]:
        """List a region's birth records that need an operator, oldest first (1 call)."""
        ...

    def card(self, *, kind: str, value_hash: str) -> ValidityCard | None:
        """Read a validity card (1 call)."""
        ...

    def shared_cards(self, *, kind: str, value_hash: str) -> Sequence[ValidityCard]:
        """Read the validity cards of a number that several people may have (1 call)."""
        ...

    def idempotency_record(self, *, account_id: str, key_hash: str) -> IdempotencyRecord | None:
        """Read what a client's key created (1 call)."""
        ...

    def session(self, *, session_id: str) -> Session | None:
        """Read a session of the pages."""
        ...

    def insurer(self, *, code: str) -> Insurer | None:
        """Read an insurer (1 call)."""
        ...

    def insurer_name(self, *, code: str) -> str:
        """Name an insurer, "" if there is none; all names are kept in memory for some minutes (0 or 1 call).

        Which insurer is asked for, or whether there is one, makes no difference to the calls.
        """
        ...

    def insurers(self, *, region: str | None) -> Sequence[Insurer]:
        """List the insurers of a region, or all (1 call per page)."""
        ...

    def activity(self, *, person_id: str, limit: int, after: str | None) -> Slice[AuditEntry]:
        """List a person's journal of actions, newest first (1 call)."""
        ...

    def journal(self, *, person_id: str, period: Period, limit: int, after: str | None) -> Slice[JournalLine]:
        """Read a person's journal of a period, oldest first (1 call per 1 MB)."""
        ...

    def journal_of_all(self, *, since: datetime, until: datetime, limit: int, after: str | None) -> Slice[JournalLine]:
        """Read everybody's journals of a period, day by day (at most 40 calls); what is seconds old may miss."""
        ...

    def messages(self, *, person_id: str, limit: int, after: str | None) -> Slice[CabinetMessage]:
        """List the cabinet messages, newest first (1 call)."""
        ...

    def count_lookup(self, *, limits: Sequence[Limit], record: LookupRecord, spent: Spent | None, at: datetime) -> None:
        """Count a lookup against every limit, keep its record and spend what it brings, or nothing at all (1 call).

        Raises:
            RateLimited: a limit is used up.
            AlreadyExists: what it brings was spent before.
        """
        ...

    def next_serial(self, *, counter: str) -> int:
        """Draw the next number of a counter, from 1 (1 call)."""
        ...

    def next_serials(self, *, counter: str, count: int) -> int:
        """Draw the next numbers of a counter; returns the first of them (1 call)."""
        ...

    def due_certificates(self, *, until: datetime, page: int) -> Iterator[Sequence[TemporaryCertificate]]:
        """Page through certificates whose next step is due, earliest first (1 call per page)."""
        ...

    def due_applications(self, *, until: datetime, page: int) -> Iterator[Sequence[Application]]:
        """Page through applications that a timer has to look at, earliest first (1 call per page)."""
        ...

    def due_policies(self, *, until: datetime, page: int) -> Iterator[Sequence[Policy]]:
        """Page through policies whose next step is due, earliest first (1 call per page)."""
        ...

    def due_representations(self, *, until: datetime, page: int) -> Iterator[Sequence[Representation]]:
        """Page through representations that a timer has to look at, earliest first (1 call per page)."""
        ...

    def revocations(self, *, status_list: int) -> Mapping[int, str]:
        """Read the entries of a status list (1 call per page)."""
        ...
