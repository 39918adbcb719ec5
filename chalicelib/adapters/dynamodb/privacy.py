"""Reads of what is held of a person: the folder, and what the journal in it names elsewhere (requirement P2)."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any

from chalicelib.adapters.dynamodb import (
    appeal_keys,
    correction_keys,
    fund_keys,
    index_keys,
    items,
    keys,
    privacy_keys,
    ticket_keys,
)
from chalicelib.domain.appeal import Appeal
from chalicelib.domain.application import Application
from chalicelib.domain.civil_record import CivilRecord
from chalicelib.domain.corrections import Correction
from chalicelib.domain.data_export import DataExport
from chalicelib.domain.erasure import ErasureRequest
from chalicelib.domain.insurance_certificate import InsuranceCertificate
from chalicelib.domain.policy import Policy
from chalicelib.domain.records import CabinetMessage, DocumentType, StoredDocument
from chalicelib.domain.temporary_certificate import TemporaryCertificate
from chalicelib.domain.ticket import Ticket
from chalicelib.ports.privacy import Holdings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import datetime

    from chalicelib.adapters.dynamodb.table import Table

_ELSEWHERE: Mapping[str, Callable[[str], keys.Key]] = {
    "application": keys.application,
    "appeal": appeal_keys.appeal,
    "ticket": ticket_keys.ticket,
    "correction": correction_keys.correction,
    "civil_record": keys.civil_record,
    "representation": lambda pair: keys.representation(*pair.split(":")),
}
"""Chain of the journal → where its thing lies, if not in the person's own folder."""

_FOLDERS = (Application, Appeal, Ticket, Correction, CivilRecord)
_VERSIONED = {Policy: "POLICY", TemporaryCertificate: "CERTIFICATE"}
_CHAIN = re.compile(r'"chain":"([a-z_]+):([^"]+)"')


class PrivacyReads:
    """The part of the store that retention, erasure and exports use."""

    _table: Table

    def holdings(self, *, person_id: str) -> Holdings:
        """Read all that is held of a person."""
        here: dict[keys.Key, items.Item] = {}
        named: set[keys.Key] = set()
        messages: list[CabinetMessage] = []
        for item in self._table.query_all(keys.person(person_id).partition):
            kind = item["type"]["S"]
            if kind == "AuditEntry":
                named |= _named(item)
            elif kind == "CabinetMessage":
                messages.append(items.from_item(CabinetMessage, item))
            elif kind in _held_names():
                here[keys.of_item(item)] = item
        found = self._table.batch_get(sorted(named - set(here)))
        things = tuple(items.entity_of(item) for item in (*here.values(), *found))
        return Holdings(things=things, messages=tuple(messages))

    def belongings(self, *, thing: object) -> Sequence[object]:
        """Read what belongs to a thing and ends with it."""
        key = items.key_of(thing)
        found: list[object] = []
        if isinstance(thing, _FOLDERS):
            found = [items.entity_of(item) for item in self._table.query_all(key.partition)]
            found = [one for one in found if type(one) is not type(thing)]
        name = _VERSIONED.get(type(thing))
        if name is not None:
            prefix = f"{correction_keys.VERSION_PREFIX}{name}#{_subject_of(thing)}#"
            found = [items.entity_of(item) for item in self._table.query_all(key.partition, prefix=prefix)]
        if isinstance(thing, Policy):
            told = self._table.query_all(fund_keys.changes_of(thing.policy_id))
            found += [items.entity_of(item) for item in told]
        return [*found, *_documents_of(self._table, thing)]

    def due_retained(self, *, until: datetime, page: int) -> Iterator[Sequence[object]]:
        """Page through what is kept too long, and demands that wait, earliest first."""
        limit_key = f"{until.isoformat(timespec='seconds')}#~"
        for shard in range(index_keys.DUE_SHARDS):
            partition, after = index_keys.due_partition(privacy_keys.RETENTION, shard), None
            while True:
                found, after = self._table.query_due(partition, until=limit_key, limit=page, after=after)
                if found:
                    yield [items.entity_of(item) for item in found]
                if after is None:
                    break

    def erasure_requests_of(self, *, person_id: str) -> Sequence[ErasureRequest]:
        """List a person's demands, newest first."""
        return _newest_first(self._table, ErasureRequest, person_id, privacy_keys.ERASURE_PREFIX)

    def data_export(self, *, person_id: str, export_id: str) -> DataExport | None:
        """Read an export of one's own data."""
        return self._table.get(DataExport, privacy_keys.data_export(person_id, export_id))

    def data_exports_of(self, *, person_id: str) -> Sequence[DataExport]:
        """List a person's exports, newest first."""
        return _newest_first(self._table, DataExport, person_id, privacy_keys.EXPORT_PREFIX)


@cache
def _held_names() -> frozenset[str]:
    from chalicelib.domain.held import HELD  # noqa: PLC0415 — it knows every kind: only where all of a person is read

    return frozenset(kind.__name__ for kind in HELD)


def _newest_first(table: Table, kind: type[Any], person_id: str, prefix: str) -> Sequence[Any]:
    found = table.query_all(keys.person(person_id).partition, prefix=prefix)
    return [items.from_item(kind, item) for item in reversed(found)]


def _named(item: items.Item) -> set[keys.Key]:
    """Where the thing lies that an entry of the journal is about."""
    found = _CHAIN.search(item["data"]["S"])
    lies = _ELSEWHERE.get(found[1]) if found else None
    return set() if found is None or lies is None else {lies(found[2])}


def _subject_of(thing: object) -> str:
    """By what the documents of a thing name it."""
    if isinstance(thing, Policy):
        return thing.policy_id
    if isinstance(thing, InsuranceCertificate):
        return thing.certificate_id
    if isinstance(thing, Application | TemporaryCertificate):
        return thing.application_id
    return thing.appeal_id if isinstance(thing, Appeal) else ""


def _documents_of(table: Table, thing: object) -> Iterator[StoredDocument]:
    subject = _subject_of(thing)
    person_id = getattr(thing, "person_id", "")
    if not subject:
        return
    prefix = keys.document(person_id, "").sort
    for item in table.query_all(keys.person(person_id).partition, prefix=prefix):
        document = items.from_item(StoredDocument, item)
        is_certificates = document.document_type is DocumentType.TEMPORARY_CERTIFICATE
        # An application and its temporary certificate bear one id.
        if document.subject_id == subject and is_certificates is isinstance(thing, TemporaryCertificate):
            yield document
