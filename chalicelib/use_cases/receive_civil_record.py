"""Taking in what the civil registry tells of a birth: once, whatever the order of its versions (requirement N1)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from chalicelib.domain.civil_record import (
    Arrival,
    CivilMessage,
    CivilRecord,
    ReceivedVersion,
    RecordState,
    judge_arrival,
)
from chalicelib.domain.civil_record_checks import message_errors, tidy_message
from chalicelib.domain.errors import ValidationFailed
from chalicelib.domain.principal import Role
from chalicelib.domain.records import Pointer, Queue
from chalicelib.domain.regions import DEFAULT_REGION, is_region, local_date
from chalicelib.ports.errors import AlreadyExists, StaleWrite
from chalicelib.use_cases.access import actor_of, require_role
from chalicelib.use_cases.journal import record as recorded
from chalicelib.use_cases.journal import send

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.domain.principal import Principal
    from chalicelib.ports.storage import UnitOfWork
    from chalicelib.ports.toolbox import Toolbox

NUMBER_KIND = "civil_record"
"""The kind of pointer that leads from the number of a record to the record."""

TRIES = 3
"""Versions of one record that come at the same moment are taken in one after another."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """The answer to the registry: what its message was, and the record as it stands now."""

    arrival: Arrival
    record: CivilRecord


def receive_civil_record(*, tools: Toolbox, principal: Principal, message: CivilMessage, at: datetime) -> Received:
    """Keep a new version of a record and queue its handling (at most 4 AWS calls).

    The number and version of the record make it repeatable: the same message again changes nothing, an older version
    is passed over. A version is the whole record, so that a correction that overtakes its original is the record.

    Raises:
        NotPermitted: the principal is not the civil registry.
        ValidationFailed: with every mistake.
        StateConflict: the version is known with another content.
        StaleWrite: other versions of the record come at this very moment.
    """
    require_role(principal, Role.CIVIL_REGISTRY)
    message = tidy_message(message)
    region = message.region if is_region(code=message.region) else DEFAULT_REGION
    errors = message_errors(message=message, on=local_date(at=at, region=region))
    if errors:
        raise ValidationFailed(errors)
    for _ in range(TRIES):
        known = _known(tools, message.number)
        arrival = judge_arrival(known=known.message if known else None, message=message)
        if known is not None and arrival is not Arrival.ACCEPTED:
            return Received(arrival=arrival, record=known)
        try:
            return Received(arrival=arrival, record=_keep(tools, principal, known, message, at))
        except (AlreadyExists, StaleWrite):
            # Another version was first: this one is judged beside it.
            continue
    raise StaleWrite("Эту запись сейчас меняет другое сообщение: повторите")


def _number_hash(tools: Toolbox, number: str) -> str:
    return tools.secrets.lookup_hash(kind=NUMBER_KIND, value=number)


def _known(tools: Toolbox, number: str) -> CivilRecord | None:
    pointers = tools.store.pointers(kind=NUMBER_KIND, value_hash=_number_hash(tools, number))
    return tools.store.civil_record(record_id=pointers[0].target) if pointers else None


def _keep(
    tools: Toolbox, principal: Principal, known: CivilRecord | None, message: CivilMessage, at: datetime
) -> CivilRecord:
    work = tools.store.work(at=at)
    found = known or _new_record(tools, work, message, at)
    renewed = replace(found, message=message, state=RecordState.RECEIVED, reason=None, released=(), chosen_insurer="")
    details = {"record_id": found.record_id, "kind": message.kind.value, "record_version": str(message.version)}
    renewed = recorded(
        renewed,
        work=work,
        tools=tools,
        name="civil_record_received",
        at=at,
        actor=actor_of(principal),
        details=details,
    )
    if known is None:
        work.create(renewed)
    else:
        work.update(renewed)
    work.create(ReceivedVersion(record_id=found.record_id, message=message, received_at=at))
    send(work=work, tools=tools, queue=Queue.ISSUANCE, body={"record_id": found.record_id}, at=at)
    work.commit()
    return renewed


def _new_record(tools: Toolbox, work: UnitOfWork, message: CivilMessage, at: datetime) -> CivilRecord:
    record_id = tools.ids.new_id(at=at)
    work.create(
        Pointer(kind=NUMBER_KIND, value_hash=_number_hash(tools, message.number), target=record_id, person_id=record_id)
    )
    return CivilRecord(record_id=record_id, person_id=tools.ids.new_id(at=at), message=message, received_at=at)
