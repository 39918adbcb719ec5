"""The store over DynamoDB: one call per read, one transaction per unit of work."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING, Any

from chalicelib.adapters.dynamodb import index_keys, items, keys, session_keys
from chalicelib.adapters.dynamodb.appeals import AppealReads
from chalicelib.adapters.dynamodb.applications import applications_of
from chalicelib.adapters.dynamodb.cases import CaseReads
from chalicelib.adapters.dynamodb.clinics import ClinicReads
from chalicelib.adapters.dynamodb.corrections import CorrectionReads
from chalicelib.adapters.dynamodb.deliveries import DeliveryReads
from chalicelib.adapters.dynamodb.dispatches import DispatchReads
from chalicelib.adapters.dynamodb.drafts import save_draft
from chalicelib.adapters.dynamodb.due import due_pages
from chalicelib.adapters.dynamodb.employers import EmployerReads
from chalicelib.adapters.dynamodb.fund_exchange import FundReads
from chalicelib.adapters.dynamodb.insurance_certificates import InsuranceCertificateReads
from chalicelib.adapters.dynamodb.journal import journal, journal_of_all
from chalicelib.adapters.dynamodb.limits import count_lookup
from chalicelib.adapters.dynamodb.many import ManyReads
from chalicelib.adapters.dynamodb.outbox import OutboxReads
from chalicelib.adapters.dynamodb.privacy import PrivacyReads
from chalicelib.adapters.dynamodb.registry import RegistryReads
from chalicelib.adapters.dynamodb.sms_routes import SmsRouteReads
from chalicelib.adapters.dynamodb.table import Table
from chalicelib.adapters.dynamodb.tickets import TicketReads
from chalicelib.adapters.dynamodb.unit_of_work import DynamoDBUnitOfWork
from chalicelib.adapters.dynamodb.webhooks import WebhookReads
from chalicelib.domain.application import Application
from chalicelib.domain.attachment import Attachment, AttachmentBook
from chalicelib.domain.audit import AuditEntry
from chalicelib.domain.civil_record import CivilRecord
from chalicelib.domain.erased import Erased
from chalicelib.domain.insurer import Insurer
from chalicelib.domain.legacy_registration import LegacyPolicy
from chalicelib.domain.person import Person
from chalicelib.domain.policy import Policy
from chalicelib.domain.records import (
    STATUS_LIST_SIZE,
    CabinetMessage,
    IdempotencyRecord,
    Pointer,
    Revocation,
    StoredDocument,
    ViewLog,
)
from chalicelib.domain.representation import Representation
from chalicelib.domain.scan import Scan
from chalicelib.domain.session import Session
from chalicelib.domain.signing_code import ApplicationChallenge, Challenge
from chalicelib.domain.temporary_certificate import TemporaryCertificate
from chalicelib.domain.validity import ValidityCard
from chalicelib.ports.errors import NotFound
from chalicelib.ports.folders import ApplicationFile, PersonFile
from chalicelib.ports.queries import Slice

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import datetime

    from chalicelib.ports.queries import ApplicationFilter, DraftChange, JournalLine, Limit, LookupRecord, Period, Spent

NAMES_KEPT_SECONDS = 300

_FILE_KINDS: Mapping[str, type] = {
    "Person": Person,
    "Policy": Policy,
    "TemporaryCertificate": TemporaryCertificate,
    "LegacyPolicy": LegacyPolicy,
    "StoredDocument": StoredDocument,
    "ViewLog": ViewLog,
    "Representation": Representation,
    "Attachment": Attachment,
    "AttachmentBook": AttachmentBook,
    "Erased": Erased,
}


class DynamoDBStore(
    OutboxReads,
    DispatchReads,
    DeliveryReads,
    CaseReads,
    CorrectionReads,
    ClinicReads,
    ManyReads,
    InsuranceCertificateReads,
    EmployerReads,
    AppealReads,
    TicketReads,
    RegistryReads,
    WebhookReads,
    SmsRouteReads,
    FundReads,
    PrivacyReads,
):
    """Implements the Store port on one table."""

    def __init__(self, *, client: Any, table: str, hint: Callable[[str], None]) -> None:
        self._table = Table(client=client, name=table)
        self._client = client
        self._name = table
        self._hint = hint
        self._names: tuple[float, Mapping[str, str]] | None = None

    def work(self, *, at: datetime) -> DynamoDBUnitOfWork:
        """Begin a unit of work."""
        return DynamoDBUnitOfWork(client=self._client, table=self._name, at=at, hint=self._hint)

    def application_file(self, *, application_id: str) -> ApplicationFile:
        """Read an application with its scans and challenge; raises NotFound."""
        found = self._table.query_all(keys.application(application_id).partition)
        by_type: dict[str, list[items.Item]] = {}
        for item in found:
            by_type.setdefault(item["type"]["S"], []).append(item)
        if "Application" not in by_type:
            raise NotFound("Заявление не найдено")
        challenges = by_type.get("ApplicationChallenge", [])
        return ApplicationFile(
            application=items.from_item(Application, by_type["Application"][0]),
            scans=tuple(items.from_item(Scan, item) for item in by_type.get("Scan", [])),
            challenge=items.from_item(ApplicationChallenge, challenges[0]).challenge if challenges else None,
        )

    def save_draft(self, *, change: DraftChange) -> Application:
        """Replace sections of an editable form in one conditional write."""
        return save_draft(table=self._table, change=change)

    def applications_of(
        self, *, person_id: str, limit: int, after: str | None, wanted: ApplicationFilter
    ) -> Slice[Application]:
        """List a person's applications that are wanted, newest first; ``after`` is the last application id seen."""
        return applications_of(table=self._table, person_id=person_id, limit=limit, after=after, wanted=wanted)

    def person_file(self, *, person_id: str) -> PersonFile:
        """Read a person with policies, certificates and documents."""
        found = self._table.query_all(keys.person(person_id).partition, prefix=keys.FILE_PREFIX)
        read: dict[str, list[Any]] = {name: [] for name in _FILE_KINDS}
        for item in found:
            name = item["type"]["S"]
            read[name].append(items.from_item(_FILE_KINDS[name], item))
        return PersonFile(
            person=read["Person"][0] if read["Person"] else None,
            policies=tuple(read["Policy"]),
            certificates=tuple(read["TemporaryCertificate"]),
            legacy_policies=tuple(read["LegacyPolicy"]),
            documents=tuple(read["StoredDocument"]),
            views=read["ViewLog"][0] if read["ViewLog"] else None,
            represented=tuple(read["Representation"]),
            attachments=tuple(read["Attachment"]),
            attachment_books=tuple(read["AttachmentBook"]),
            erased=tuple(read["Erased"]),
        )

    def challenge(self, *, challenge_id: str) -> Challenge | None:
        """Read a challenge that is not an application's."""
        return self._table.get(Challenge, keys.challenge(challenge_id))

    def pointers(self, *, kind: str, value_hash: str) -> Sequence[Pointer]:
        """Follow an identifier."""
        partition = keys.pointer(kind, value_hash).partition
        found = self._table.query_all(partition, prefix=keys.POINTER_PREFIX)
        return [items.from_item(Pointer, item) for item in found]

    def civil_record(self, *, record_id: str) -> CivilRecord | None:
        """Read a birth record."""
        return self._table.get(CivilRecord, keys.civil_record(record_id))

    def civil_cases(self, *, region: str, limit: int, after: str | None) -> Slice[CivilRecord]:
        """List a region's birth records that need an operator, oldest first; ``after`` is the last id seen."""
        start = (
            index_keys.index_start(keys.civil_record(after), index_keys.birth_index(region, after)) if after else None
        )
        found, following = self._table.query_index(
            index_keys.OWNER_INDEX, index_keys.birth_partition(region), limit=limit, after=start, newest_first=False
        )
        records = tuple(items.from_item(CivilRecord, item) for item in found)
        return Slice(items=records, after=records[-1].record_id if following else None)

    def card(self, *, kind: str, value_hash: str) -> ValidityCard | None:
        """Read a validity card."""
        return self._table.get(ValidityCard, keys.card(kind, value_hash))

    def shared_cards(self, *, kind: str, value_hash: str) -> Sequence[ValidityCard]:
        """Read the validity cards of a number that several people may have."""
        found = self._table.query_all(keys.card(kind, value_hash).partition, prefix=keys.CARD_PREFIX)
        return [items.from_item(ValidityCard, item) for item in found]

    def idempotency_record(self, *, account_id: str, key_hash: str) -> IdempotencyRecord | None:
        """Read what a client's key created."""
        return self._table.get(IdempotencyRecord, keys.idempotency(account_id, key_hash))

    def session(self, *, session_id: str) -> Session | None:
        """Read a session of the pages."""
        return self._table.get(Session, session_keys.session(session_id))

    def insurer(self, *, code: str) -> Insurer | None:
        """Read an insurer of the registry."""
        return self._table.get(Insurer, keys.insurer(code))

    def insurer_name(self, *, code: str) -> str:
        """Name an insurer, from memory when any was asked for lately; all names are read together."""
        if self._names is None or monotonic() - self._names[0] >= NAMES_KEPT_SECONDS:
            self._names = (monotonic(), {insurer.code: insurer.name for insurer in self.insurers(region=None)})
        return self._names[1].get(code, "")

    def insurers(self, *, region: str | None) -> Sequence[Insurer]:
        """List the insurers of a region, or all."""
        read: list[Insurer] = []
        after: str | None = None
        while True:
            found, after = self._table.query_index(
                index_keys.OWNER_INDEX,
                index_keys.REGISTRY_PARTITION,
                prefix=f"{region}#" if region else "",
                after=after,
                newest_first=False,
            )
            read.extend(items.from_item(Insurer, item) for item in found)
            if after is None:
                return read

    def activity(self, *, person_id: str, limit: int, after: str | None) -> Slice[AuditEntry]:
        """List a person's journal, newest first."""
        return self._newest(AuditEntry, person_id, keys.ACTIVITY_PREFIX, limit, after)

    def journal(self, *, person_id: str, period: Period, limit: int, after: str | None) -> Slice[JournalLine]:
        """Read a person's journal of a period, oldest first."""
        return journal(table=self._table, person_id=person_id, period=period, limit=limit, after=after)

    def journal_of_all(self, *, since: datetime, until: datetime, limit: int, after: str | None) -> Slice[JournalLine]:
        """Read everybody's journals of a period, day by day."""
        return journal_of_all(table=self._table, since=since, until=until, limit=limit, after=after)

    def messages(self, *, person_id: str, limit: int, after: str | None) -> Slice[CabinetMessage]:
        """List the cabinet messages, newest first."""
        return self._newest(CabinetMessage, person_id, keys.MESSAGE_PREFIX, limit, after)

    def count_lookup(self, *, limits: Sequence[Limit], record: LookupRecord, spent: Spent | None, at: datetime) -> None:
        """Count a lookup, keep its record and spend what it brings; raises RateLimited and AlreadyExists."""
        count_lookup(table=self._table, limits=limits, record=record, spent=spent, at=at)

    def next_serial(self, *, counter: str) -> int:
        """Draw the next number of a counter, from 1."""
        return self._table.add_one(keys.counter(counter))

    def next_serials(self, *, counter: str, count: int) -> int:
        """Draw the next numbers of a counter; returns the first of them."""
        return self._table.add(keys.counter(counter), count) - count + 1

    def due_certificates(self, *, until: datetime, page: int) -> Iterator[Sequence[TemporaryCertificate]]:
        """Page through certificates whose next step is due."""
        return due_pages(self._table, "certificate", TemporaryCertificate, until=until, page=page)

    def due_applications(self, *, until: datetime, page: int) -> Iterator[Sequence[Application]]:
        """Page through applications that a timer has to look at."""
        return due_pages(self._table, "application", Application, until=until, page=page)

    def due_policies(self, *, until: datetime, page: int) -> Iterator[Sequence[Policy]]:
        """Page through policies whose next step is due."""
        return due_pages(self._table, "policy", Policy, until=until, page=page)

    def due_representations(self, *, until: datetime, page: int) -> Iterator[Sequence[Representation]]:
        """Page through representations that a timer has to look at."""
        return due_pages(self._table, "representation", Representation, until=until, page=page)

    def revocations(self, *, status_list: int) -> Mapping[int, str]:
        """Read the entries of a status list."""
        found = self._table.query_all(keys.status_list(status_list))
        entries = [items.from_item(Revocation, item) for item in found]
        return {entry.status_index % STATUS_LIST_SIZE: entry.status for entry in entries}

    def _newest(self, kind: type[Any], person_id: str, prefix: str, limit: int, after: str | None) -> Slice[Any]:
        partition = keys.person(person_id).partition
        start = keys.start(keys.Key(partition, f"{prefix}{after}")) if after else None
        found, following = self._table.query(partition, prefix=prefix, limit=limit, after=start, newest_first=True)
        last = keys.of_item(found[-1]).sort.removeprefix(prefix) if following else None
        return Slice(items=tuple(items.from_item(kind, item) for item in found), after=last)
