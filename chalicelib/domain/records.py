"""Small records beside the main entities: generated documents, cabinet messages, outbox entries, markers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from chalicelib.domain.audit import ChainHead

OUTBOX_SHARDS = 8

STATUS_LIST_SIZE = 100_000
"""Entries of one published status list."""


class Queue(StrEnum):
    """Where an outbox entry goes."""

    VERIFICATION = "verification"
    ISSUANCE = "issuance"
    DOCUMENTS = "documents"
    NOTIFICATIONS = "notifications"
    RECEIPTS = "receipts"
    EXCHANGE = "exchange"
    EMPLOYER_LISTS = "employer_lists"
    WEBHOOKS = "webhooks"


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxEntry:
    """A message that must leave once the change is committed; the body holds ids and codes only.

    ``delay_seconds`` (0..900) postpones its delivery.
    """

    entry_id: str
    queue: Queue
    body: Mapping[str, str]
    created_at: datetime
    delay_seconds: int = 0

    @property
    def shard(self) -> int:
        """The outbox partition of the entry."""
        return sum(self.entry_id.encode()) % OUTBOX_SHARDS


class DocumentType(StrEnum):
    """The documents that the service makes."""

    RECEIPT = "receipt"
    TEMPORARY_CERTIFICATE = "temporary_certificate"
    POLICY = "policy"
    EXTRACT = "extract"
    APPEAL_RECEIPT = "appeal_receipt"
    INSURANCE_CERTIFICATE = "insurance_certificate"


DOCUMENT_FILE_TITLES = {
    DocumentType.RECEIPT: "Расписка о приёме заявления",
    DocumentType.TEMPORARY_CERTIFICATE: "Временное свидетельство",
    DocumentType.POLICY: "Полис ОМС",
    DocumentType.EXTRACT: "Выписка о полисе ОМС",
    DocumentType.APPEAL_RECEIPT: "Расписка о приёме жалобы",
    DocumentType.INSURANCE_CERTIFICATE: "Справка о страховании по ОМС",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredDocument:
    """A generated PDF: ordered in the transaction of the change, made afterwards, then ready to download.

    ``subject_id`` is the id of the application, policy or certificate (of either kind); ``application_id`` is empty
    where none was filed here. ``qr_link`` appears when it is made.
    """

    document_id: str
    person_id: str
    document_type: DocumentType
    subject_id: str
    application_id: str
    object_key: str
    ordered_at: datetime
    made_at: datetime | None = None
    qr_link: str = ""
    superseded: bool = False
    bilingual: bool = False
    version: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class CabinetMessage:
    """A message shown in the cabinet; what became of its SMS and e-mail is told by its dispatches."""

    message_id: str
    person_id: str
    kind: str
    subject: str
    text: str
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveMarker:
    """Holds the place of the one live application of a kind (requirement B11)."""

    person_id: str
    kind: str
    application_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivePolicyMarker:
    """Holds the place of the one active policy of a person (requirement F2)."""

    person_id: str
    policy_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Pointer:
    """Leads from an identifier (its hash) to what it names.

    Unique per ``kind`` and ``value_hash``, unless it is ``shared``: namesakes may have one birthday.
    """

    kind: str
    value_hash: str
    target: str
    person_id: str = ""
    shared: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class IdempotencyRecord:
    """Remembers for 24 hours what a client's key created (requirement B12)."""

    account_id: str
    key_hash: str
    request_digest: str
    result: str
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Revocation:
    """An entry of the public status list: the code of a document and why it is not valid any more."""

    status_index: int
    status: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewLog:
    """The chain of views of one person's data, apart from the profile so that a view is no edit (requirement A7)."""

    person_id: str
    version: int = 1
    chain: ChainHead = field(default_factory=ChainHead)
