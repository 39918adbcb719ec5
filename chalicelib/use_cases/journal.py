"""Adding to a unit of work what every change leaves behind: a journal entry and outbox messages."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from chalicelib.domain.application import Application
from chalicelib.domain.audit import Action, Actor, append
from chalicelib.domain.civil_record import CivilRecord
from chalicelib.domain.person import Person
from chalicelib.domain.policy import Policy
from chalicelib.domain.records import OutboxEntry, Queue
from chalicelib.domain.representation import Representation
from chalicelib.domain.temporary_certificate import TemporaryCertificate

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from chalicelib.ports.storage import UnitOfWork
    from chalicelib.ports.toolbox import Toolbox

Chained = TypeVar("Chained", Application, Policy, TemporaryCertificate, Person, Representation, CivilRecord)


def chain_name(
    entity: Application | Policy | TemporaryCertificate | Person | Representation | CivilRecord,
) -> str:
    """The name of an entity's chain in the journal."""
    if isinstance(entity, Application):
        return f"application:{entity.application_id}"
    if isinstance(entity, Policy):
        return f"policy:{entity.policy_id}"
    if isinstance(entity, TemporaryCertificate):
        return f"certificate:{entity.application_id}"
    if isinstance(entity, Representation):
        return f"representation:{entity.representative_id}:{entity.person_id}"
    if isinstance(entity, CivilRecord):
        return f"civil_record:{entity.record_id}"
    return f"person:{entity.person_id}"


def record(
    entity: Chained,
    *,
    work: UnitOfWork,
    tools: Toolbox,
    name: str,
    at: datetime,
    actor: Actor,
    details: Mapping[str, str] | None = None,
) -> Chained:
    """Chain an action to the entity's journal and return the entity with its new chain head."""
    action = Action(name=name, at=at, actor=actor, details=details or {})
    entry, head = append(head=entity.chain, chain=chain_name(entity), entry_id=tools.ids.new_id(at=at), action=action)
    work.record(person_id=entity.person_id, entry=entry)
    return replace(entity, chain=head)


def send(
    *,
    work: UnitOfWork,
    tools: Toolbox,
    queue: Queue,
    body: Mapping[str, str],
    at: datetime,
    delay_seconds: int = 0,
) -> str:
    """Put a message into the outbox of the unit of work; returns its id."""
    entry = OutboxEntry(
        entry_id=tools.ids.new_id(at=at),
        queue=queue,
        body=body,
        created_at=at,
        delay_seconds=delay_seconds,
    )
    work.send(entry)
    return entry.entry_id


def notify(
    *,
    work: UnitOfWork,
    tools: Toolbox,
    kind: str,
    person_id: str,
    at: datetime,
    context: Mapping[str, str] | None = None,
) -> None:
    """Queue a notification: its kind, for whom, and the numbers and dates that it may name."""
    body = {"kind": kind, "person_id": person_id, **{f"context.{k}": v for k, v in (context or {}).items()}}
    send(work=work, tools=tools, queue=Queue.NOTIFICATIONS, body=body, at=at)
