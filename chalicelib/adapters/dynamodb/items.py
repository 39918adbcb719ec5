"""Entities as items and back: the body as JSON text, and beside it only what conditions and indexes need."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from chalicelib.adapters.dynamodb import (
    appeal_items,
    certificate_keys,
    clinic_items,
    correction_keys,
    dispatch_items,
    fund_items,
    index_keys,
    keys,
    privacy_items,
    proof_items,
    registry_items,
    session_keys,
    ticket_items,
    webhook_items,
)
from chalicelib.adapters.dynamodb.attributes import expiry as expiry  # noqa: PLC0414 — known under this name
from chalicelib.adapters.dynamodb.images import decoded_changes, encoded_changes
from chalicelib.domain.application import Application
from chalicelib.domain.application_states import FINAL_STATES, ApplicationState
from chalicelib.domain.case_summary import CaseSummary, summary_of
from chalicelib.domain.civil_record import CivilRecord, ReceivedVersion
from chalicelib.domain.corrections import Correction, CorrectionChanges
from chalicelib.domain.delivery import Delivery
from chalicelib.domain.employee_consent import EmployeeConsent
from chalicelib.domain.employer import Employer
from chalicelib.domain.employer_request import EmployerRequest
from chalicelib.domain.insurance_certificate import InsuranceCertificate
from chalicelib.domain.legacy_registration import LegacyPolicy
from chalicelib.domain.person import Person
from chalicelib.domain.records import (
    ActivePolicyMarker,
    CabinetMessage,
    IdempotencyRecord,
    LiveMarker,
    OutboxEntry,
    Pointer,
    Revocation,
    StoredDocument,
    ViewLog,
)
from chalicelib.domain.scan import Scan
from chalicelib.domain.session import LONGEST, Session
from chalicelib.domain.signing_code import ApplicationChallenge, Challenge

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from chalicelib.domain.audit import AuditEntry
    from chalicelib.domain.validity import ValidityCard

Item = dict[str, dict[str, Any]]
E = TypeVar("E")

SCHEMA = "1"
"""Raised when the body of an entity changes in a way that old readers cannot take."""

IDEMPOTENCY_KEPT_FOR = timedelta(hours=24)
CHALLENGE_KEPT_FOR = timedelta(days=1)

_encoder = msgspec.json.Encoder(order="deterministic")
_section_decoder = msgspec.json.Decoder(dict[str, str])

_decoders: dict[Any, msgspec.json.Decoder[Any]] = {}


def _decoder(kind: Any) -> msgspec.json.Decoder[Any]:
    if kind not in _decoders:
        _decoders[kind] = msgspec.json.Decoder(kind)
    return _decoders[kind]


def _text(value: str) -> dict[str, str]:
    return {"S": value}


def _number(value: float) -> dict[str, str]:
    return {"N": str(int(value))}


def _application_item(entity: Application) -> Item:
    item: Item = {
        "account": _text(entity.account_id),
        "state": _text(entity.state.value),
        "updated_at": _text(entity.updated_at.isoformat()),
        "form": {"M": {name: _text(encoded(section)) for name, section in entity.form.items()}},
        **index_keys.owner_index(entity.person_id, entity.application_id),
    }
    summary = summary_of(entity)
    if summary is not None:
        item |= {"summary": _text(encoded(summary)), **index_keys.case_keys(summary)}
    due_at = application_due_at(entity)
    return item if due_at is None else {**item, **index_keys.due_index("application", entity.application_id, due_at)}


def case_summary(item: Mapping[str, Mapping[str, Any]]) -> CaseSummary:
    """Read what an operators' index holds of an application."""
    summary: CaseSummary = _decoder(CaseSummary).decode(item["summary"]["S"])
    return summary


def application_due_at(entity: Application) -> datetime | None:
    """When a timer has to look at an application: an unused draft's end, or a due date that passes."""
    if entity.state in {ApplicationState.DRAFT, ApplicationState.AWAITING_SIGNATURE}:
        return entity.draft_looked_at
    if entity.state in FINAL_STATES:
        return None
    return entity.next_look_at


def _person_item(entity: Person) -> Item:
    """Nobody applies under the record of a dead person, nor under one that leads to another."""
    consent = entity.consent if entity.may_apply else None
    return {"consent_version": _text(consent.version if consent else "")}


def _delivery_item(entity: Delivery) -> Item:
    due_on = entity.due_on.isoformat()
    listed = index_keys.papers_index(entity.insurer_code, entity.state.value, due_on, entity.delivery_id)
    at = entity.next_step_at
    return listed if at is None else {**listed, **index_keys.due_index("delivery", entity.delivery_id, at)}


def _civil_record_item(entity: CivilRecord) -> Item:
    return dict(index_keys.birth_index(entity.message.region, entity.record_id)) if entity.needs_operator else {}


_KEYS: Mapping[type, Callable[[Any], keys.Key]] = {
    **dispatch_items.KEYS,
    **proof_items.KEYS,
    **privacy_items.KEYS,
    Application: lambda e: keys.application(e.application_id),
    Scan: lambda e: keys.scan(e.application_id, e.scan_id),
    ApplicationChallenge: lambda e: keys.application_challenge(e.application_id),
    Challenge: lambda e: keys.challenge(e.challenge_id),
    Person: lambda e: keys.person(e.person_id),
    Delivery: lambda e: keys.paper(e.person_id, e.delivery_id),
    CivilRecord: lambda e: keys.civil_record(e.record_id),
    ReceivedVersion: lambda e: keys.civil_version(e.record_id, e.message.version),
    LegacyPolicy: lambda e: keys.legacy_policy(e.person_id, e.registration_id),
    StoredDocument: lambda e: keys.document(e.person_id, e.document_id),
    ViewLog: lambda e: keys.views(e.person_id),
    CabinetMessage: lambda e: keys.message(e.person_id, e.message_id),
    LiveMarker: lambda e: keys.live_marker(e.person_id, e.kind),
    ActivePolicyMarker: lambda e: keys.active_policy(e.person_id),
    Pointer: lambda e: keys.pointer(e.kind, e.value_hash, e.target if e.shared else ""),
    IdempotencyRecord: lambda e: keys.idempotency(e.account_id, e.key_hash),
    OutboxEntry: lambda e: keys.outbox(e.shard, e.entry_id),
    Revocation: lambda e: keys.revocation(e.status_index),
    InsuranceCertificate: lambda e: certificate_keys.insurance_certificate(e.person_id, e.certificate_id),
    Employer: lambda e: certificate_keys.employer(e.account_id, e.employer_id),
    EmployerRequest: lambda e: certificate_keys.employer_request(e.employer_id, e.request_id),
    EmployeeConsent: lambda e: certificate_keys.employee_consent(e.person_id, e.organisation_id),
    Correction: lambda e: correction_keys.correction(e.correction_id),
    CorrectionChanges: lambda e: correction_keys.correction_changes(e.correction_id),
    **appeal_items.KEYS,
    **ticket_items.KEYS,
    **clinic_items.KEYS,
    **registry_items.KEYS,
    **webhook_items.KEYS,
    **fund_items.KEYS,
    Session: lambda e: session_keys.session(e.session_id),
}

_EXTRAS: Mapping[type, Callable[[Any], Item]] = {
    **dispatch_items.EXTRAS,
    **proof_items.EXTRAS,
    **privacy_items.EXTRAS,
    Application: _application_item,
    Person: _person_item,
    Delivery: _delivery_item,
    CivilRecord: _civil_record_item,
    Pointer: lambda e: {
        "person_id": _text(e.person_id),
        **correction_keys.pointers_index(e.person_id, e.kind, e.value_hash),
    },
    Correction: lambda e: dict(correction_keys.correction_index(e.scope, e.state.value, e.correction_id)),
    IdempotencyRecord: lambda e: dict(expiry(e.created_at + IDEMPOTENCY_KEPT_FOR)),
    ApplicationChallenge: lambda e: dict(expiry(e.challenge.sent_at + CHALLENGE_KEPT_FOR)),
    Challenge: lambda e: dict(expiry(e.sent_at + CHALLENGE_KEPT_FOR)),
    **appeal_items.EXTRAS,
    **ticket_items.EXTRAS,
    **clinic_items.EXTRAS,
    **registry_items.EXTRAS,
    **webhook_items.EXTRAS,
    **fund_items.EXTRAS,
    Session: lambda e: dict(expiry(e.opened_at + LONGEST)),
}


def key_of(entity: object) -> keys.Key:
    """Return the key of any entity."""
    return _KEYS[type(entity)](entity)


def encoded(value: object) -> str:
    """Write a value as JSON text, always the same for the same value."""
    return _encoder.encode(value).decode()


def to_item(entity: object) -> Item:
    """Make the item of an entity: keys, type, schema, version, body and what its indexes need."""
    extras, key = _EXTRAS.get(type(entity)), key_of(entity)
    item = {
        **key.item(),
        "type": _text(type(entity).__name__),
        "schema": _number(int(SCHEMA)),
        "version": _number(getattr(entity, "version", 1)),
        "data": _text(_body(entity)),
        **(extras(entity) if extras else {}),
    }
    return item if index_keys.DUE_SORT in item else {**item, **privacy_items.retained(entity, key)}


def _body(entity: object) -> str:
    if isinstance(entity, CorrectionChanges):
        return encoded_changes(entity)
    return encoded(replace(entity, form={}) if isinstance(entity, Application) else entity)


def activity_item(person_id: str, entry: AuditEntry) -> Item:
    """Make the item of a journal entry."""
    return {
        **keys.activity(person_id, entry.entry_id).item(),
        "type": _text("AuditEntry"),
        "schema": _number(int(SCHEMA)),
        "version": _number(1),
        "data": _text(encoded(entry)),
        **index_keys.journal_index(entry.entry_id, entry.action.at),
    }


def card_item(kind: str, value_hash: str, card: ValidityCard, *, shared: bool = False) -> Item:
    """Make the item of a validity card; a ``shared`` one stands beside those of other people."""
    return {
        **keys.card(kind, value_hash, card.person_id if shared else "").item(),
        "type": _text("ValidityCard"),
        "schema": _number(int(SCHEMA)),
        "version": _number(1),
        "data": _text(encoded(card)),
    }


def from_item(kind: type[E], item: Mapping[str, Mapping[str, Any]]) -> E:
    """Read an entity back; the attributes beside the body win, since single-attribute writes touch only them."""
    entity: E = _decoder(kind).decode(item["data"]["S"])
    if isinstance(entity, Application):
        form = {name: _section_decoder.decode(value["S"]) for name, value in item["form"]["M"].items()}
        return replace(
            entity,
            form=form,
            version=int(item["version"]["N"]),
            state=ApplicationState(item["state"]["S"]),
            updated_at=datetime.fromisoformat(item["updated_at"]["S"]),
        )
    return entity


def changes_from_item(item: Mapping[str, Mapping[str, Any]]) -> CorrectionChanges:
    """Read back what a correction changed."""
    return decoded_changes(item["data"]["S"])


def section_value(section: Mapping[str, str]) -> dict[str, str]:
    """One section of a form as it is stored."""
    return _text(encoded(section))


_BY_NAME: Mapping[str, type] = {kind.__name__: kind for kind in _KEYS}


def entity_of(item: Mapping[str, Mapping[str, Any]]) -> object:
    """Read back an entity of whatever type it is."""
    kind = _BY_NAME[item["type"]["S"]]
    return changes_from_item(item) if kind is CorrectionChanges else from_item(kind, item)
