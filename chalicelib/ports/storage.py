"""The store of everything: reads that cost one call each, and units of work that are one transaction each.

The store keeps to DESIGN's rules: every write is conditional, uniqueness is a marker in the same transaction,
and what must leave afterwards is written with the change (the outbox).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeVar

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
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from chalicelib.domain.application import Application
    from chalicelib.domain.audit import AuditEntry
    from chalicelib.domain.civil_record import CivilRecord
    from chalicelib.domain.insurer import Insurer
    from chalicelib.domain.policy import Policy
    from chalicelib.domain.records import CabinetMessage, IdempotencyRecord, Pointer
    from chalicelib.domain.representation import Representation
    from chalicelib.domain.session import Session
    from chalicelib.domain.signing_code import Challenge
    from chalicelib.domain.temporary_certificate import TemporaryCertificate
    from chalicelib.domain.validity import ValidityCard
    from chalicelib.ports.folders import ApplicationFile, PersonFile
    from chalicelib.ports.queries import (
        ApplicationFilter,
        DraftChange,
        JournalLine,
        Limit,
        LookupRecord,
        Period,
        Slice,
        Spent,
    )
    from chalicelib.ports.unit_of_work import UnitOfWork as UnitOfWork  # noqa: PLC0414 — part of this port


T = TypeVar("T")


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
