"""One transaction per unit of work: conditional writes, outbox and journal together, then a hint to the relay."""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from chalicelib.adapters.dynamodb import items, keys
from chalicelib.adapters.dynamodb.clinics import places_freed, places_taken
from chalicelib.adapters.dynamodb.failures import cancellation_reasons, is_cancelled, translated
from chalicelib.adapters.dynamodb.limits import refusal_of, turn_taken, use_of
from chalicelib.domain.errors import RuleRefused
from chalicelib.domain.fund_change import change_of
from chalicelib.domain.insurance_history import CertificateVersion, PolicyVersion
from chalicelib.domain.policy import Policy
from chalicelib.domain.records import IdempotencyRecord, LiveMarker, OutboxEntry, Pointer
from chalicelib.domain.signing_code import ApplicationChallenge
from chalicelib.domain.temporary_certificate import TemporaryCertificate
from chalicelib.ports.errors import ANOTHER_PERSON, KEY_USED, AlreadyExists, StaleWrite

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date, datetime

    from chalicelib.domain.audit import AuditEntry
    from chalicelib.domain.validity import ValidityCard
    from chalicelib.ports.queries import Limit

log = logging.getLogger(__name__)

CONFLICT_RETRIES = 3
"""A transaction that met another is tried again this often: it is conditional, so that is safe."""


@dataclass(frozen=True, slots=True)
class _Write:
    action: dict[str, Any]
    refusal: Exception


class DynamoDBUnitOfWork:
    """Collects writes for one TransactWriteItems (at most 100)."""

    def __init__(self, *, client: Any, table: str, at: datetime, hint: Callable[[str], None]) -> None:
        self._client = client
        self._table = table
        self._at = at
        self._hint = hint
        self._writes: list[_Write] = []
        self._outbox: list[OutboxEntry] = []

    @property
    def size(self) -> int:
        """How many items are written so far; a transaction takes 100."""
        return len(self._writes)

    def create(self, entity: object) -> None:
        """Add an entity that must not stand yet."""
        condition = {"ConditionExpression": f"attribute_not_exists({keys.PARTITION})"}
        self._add("Put", {"Item": items.to_item(entity), **condition}, _already_exists(entity))
        self._keep_version(entity)

    def update(self, entity: object) -> None:
        """Replace an entity, conditional on the version that it carries; stores the next version."""
        following = _with_version(entity, _version(entity) + 1)
        self._add("Put", {"Item": items.to_item(following), **_as_read(entity)}, _stale())
        self._keep_version(following)

    def discard(self, entity: object) -> None:
        """Take an entity away, conditional on the version that it carries."""
        self._add("Delete", {"Key": items.key_of(entity).item(), **_as_read(entity)}, _stale())
        self._keep_version(_with_version(entity, _version(entity) + 1), gone=True)

    def destroy(self, entity: object) -> None:
        """Take an entity away for good, conditional on the version that it carries: no version of it is left."""
        self._add("Delete", {"Key": items.key_of(entity).item(), **_as_read(entity)}, _stale())

    def put(self, entity: object) -> None:
        """Write a record whatever stood there."""
        self._add("Put", {"Item": items.to_item(entity)}, StaleWrite())

    def put_card(self, *, kind: str, value_hash: str, card: ValidityCard, shared: bool = False) -> None:
        """Write the validity card of a number; a ``shared`` one stands beside those of other people."""
        self._add("Put", {"Item": items.card_item(kind, value_hash, card, shared=shared)}, StaleWrite())

    def remove_card(self, *, kind: str, value_hash: str, shared_by: str = "") -> None:
        """Remove the validity card of a number."""
        self._add("Delete", {"Key": keys.card(kind, value_hash, shared_by).item()}, StaleWrite())

    def claim(self, pointer: Pointer) -> None:
        """Point an identifier at its person, unless it is another person's already."""
        condition = {
            "ConditionExpression": f"attribute_not_exists({keys.PARTITION}) OR person_id = :person",
            "ExpressionAttributeValues": {":person": {"S": pointer.person_id}},
        }
        refusal = AlreadyExists("Эти данные принадлежат другой записи", marker=f"{ANOTHER_PERSON}{pointer.kind}")
        self._add("Put", {"Item": items.to_item(pointer), **condition}, refusal)

    def repoint(self, pointer: Pointer, *, owner: str) -> None:
        """Point an identifier at its person, if it is the ``owner``'s now."""
        self._add("Put", {"Item": items.to_item(pointer), **_owned(owner)}, _stale())

    def release(self, pointer: Pointer) -> None:
        """Take a pointer away, if it still leads to its person."""
        self._add("Delete", {"Key": items.key_of(pointer).item(), **_owned(pointer.person_id)}, _stale())

    def remove(self, entity: object) -> None:
        """Remove a record, whether it stands or not."""
        self._add("Delete", {"Key": items.key_of(entity).item()}, StaleWrite())

    def require_consent(self, *, person_id: str, version: str) -> None:
        """Commit only if the consent of this version is in force."""
        self._check(
            keys.person(person_id),
            "consent_version = :consent",
            {":consent": {"S": version}},
            RuleRefused("consent_required", "Сначала дайте согласие на обработку персональных данных"),
        )

    def require_open_insurer(self, *, code: str, on: date) -> None:
        """Commit only if the insurer's licence and registry entry are in force on the day."""
        self._check(
            keys.insurer(code),
            "open_from <= :day AND open_until > :day",
            {":day": {"S": on.isoformat()}},
            RuleRefused("insurer_not_available", "Эта страховая организация сейчас недоступна: выберите другую"),
        )

    def count(self, limit: Limit) -> None:
        """Count one use against a limit; what is refused counts nothing."""
        self._add("Update", use_of(limit, self._at), refusal_of(limit, self._at))

    def take_turn(self, *, name: str, folder: str, seen: str) -> None:
        """Take the turn to add to a folder, unless one who saw as much of it has just taken it."""
        self._add("Update", turn_taken(name, folder, seen, self._at), _stale())

    def give_turn_back(self, *, name: str, folder: str) -> None:
        """Forget who took the turn last."""
        self._add("Delete", {"Key": keys.turn(name, folder).item()}, StaleWrite())

    def take_place(self, *, clinic_code: str, doctor_id: str, limit: int) -> None:
        """Take one of a doctor's places if one is left."""
        refusal = RuleRefused("no_places", "У этого врача не осталось мест: выберите другого")
        self._add("Update", places_taken(clinic_code, doctor_id, limit), refusal)

    def free_place(self, *, clinic_code: str, doctor_id: str) -> None:
        """Give a doctor's place back."""
        self._add("Update", places_freed(clinic_code, doctor_id), StaleWrite())

    def send(self, entry: OutboxEntry) -> None:
        """Add a message to the outbox."""
        self._outbox.append(entry)
        self._add("Put", {"Item": items.to_item(entry)}, StaleWrite())

    def record(self, *, person_id: str, entry: AuditEntry) -> None:
        """Add a journal entry; its id is new, so it can never overwrite another."""
        condition = {"ConditionExpression": f"attribute_not_exists({keys.PARTITION})"}
        self._add("Put", {"Item": items.activity_item(person_id, entry), **condition}, StaleWrite())

    def commit(self) -> None:
        """Write everything or nothing, then hint the relay; a lost hint is made good by the schedule."""
        for attempt in range(CONFLICT_RETRIES + 1):
            conflict = self._transact()
            if conflict is None:
                break
            if attempt == CONFLICT_RETRIES:
                raise conflict
        if self._outbox:
            self._hint(json.dumps({"entries": [entry.entry_id for entry in self._outbox]}))

    def _keep_version(self, entity: object, *, gone: bool = False) -> None:
        """A policy or certificate leaves what is known of it from now on, so that a past knowledge can be told.

        Of a policy the fund is going to be told, too.
        """
        version: object | None = None
        if isinstance(entity, Policy):
            version = PolicyVersion(policy=entity, known_at=self._at, gone=gone)
        elif isinstance(entity, TemporaryCertificate):
            version = CertificateVersion(certificate=entity, known_at=self._at, gone=gone)
        if version is not None:
            self.put(version)
        change = change_of(policy=entity, at=self._at) if isinstance(entity, Policy) and not gone else None
        if change is not None:
            self.put(change)

    def _transact(self) -> StaleWrite | None:
        actions = [write.action for write in self._writes]
        with translated():
            try:
                self._client.transact_write_items(TransactItems=actions)
            except self._client.exceptions.ClientError as failure:
                if not is_cancelled(failure):
                    raise
                reasons = cancellation_reasons(failure)
                for write, reason in zip(self._writes, reasons, strict=True):
                    if reason == "ConditionalCheckFailed":
                        raise write.refusal from None
                if "TransactionConflict" in reasons:
                    return StaleWrite("Данные меняются прямо сейчас: повторите")
                raise
        return None

    def _check(self, key: keys.Key, condition: str, values: dict[str, Any], refusal: Exception) -> None:
        self._add(
            "ConditionCheck",
            {
                "Key": key.item(),
                "ConditionExpression": condition,
                "ExpressionAttributeValues": values,
            },
            refusal,
        )

    def _add(self, action: str, body: dict[str, Any], refusal: Exception) -> None:
        self._writes.append(_Write({action: {"TableName": self._table, **body}}, refusal))


def _version(entity: object) -> int:
    version: int = entity.version  # type: ignore[attr-defined]
    return version


def _as_read(entity: object) -> dict[str, Any]:
    return {
        "ConditionExpression": "#version = :version",
        "ExpressionAttributeNames": {"#version": "version"},
        "ExpressionAttributeValues": {":version": {"N": str(_version(entity))}},
    }


def _owned(person_id: str) -> dict[str, Any]:
    return {
        "ConditionExpression": "person_id = :person",
        "ExpressionAttributeValues": {":person": {"S": person_id}},
    }


def _stale() -> StaleWrite:
    return StaleWrite("Данные изменились: обновите страницу")


def _with_version(entity: object, version: int) -> object:
    if isinstance(entity, ApplicationChallenge):
        return replace(entity, challenge=replace(entity.challenge, version=version))
    return replace(entity, version=version)  # type: ignore[type-var]


def _already_exists(entity: object) -> AlreadyExists:
    if isinstance(entity, LiveMarker):
        return AlreadyExists("Такое заявление уже подано и рассматривается", marker="live_application")
    if isinstance(entity, IdempotencyRecord):
        return AlreadyExists("Запрос с этим ключом уже выполнен", marker=KEY_USED)
    if isinstance(entity, Pointer):
        return AlreadyExists("Такой номер уже занят", marker=entity.kind)
    return AlreadyExists("Такая запись уже есть", marker=type(entity).__name__)
