"""Forgetting a person: the profile is emptied, nothing leads to it any more, messages go (requirement P2)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from chalicelib.domain.audit import SYSTEM
from chalicelib.domain.erasure import ErasureRequest, counted, emptied_person, without_contacts
from chalicelib.domain.held import is_emptied
from chalicelib.domain.person import Person
from chalicelib.domain.retention import retention_of
from chalicelib.domain.retention_terms import Kept
from chalicelib.use_cases.journal import record

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.domain.records import CabinetMessage
    from chalicelib.ports.privacy import Holdings
    from chalicelib.ports.storage import UnitOfWork
    from chalicelib.ports.toolbox import Toolbox

AT_ONCE = 80


def person_in(holdings: Holdings) -> Person | None:
    """The profile among what is held, unless it was emptied before."""
    found = next((thing for thing in holdings.things if isinstance(thing, Person)), None)
    return None if found is None or found.erased_at is not None else found


def others_in(holdings: Holdings) -> tuple[object, ...]:
    """What is held beside the profile and the demands to be forgotten, which hold nothing personal."""
    personal = (thing for thing in holdings.things if not is_emptied(thing))
    return tuple(thing for thing in personal if not isinstance(thing, Person | ErasureRequest))


def empty_profile(
    *, tools: Toolbox, person: Person, work: UnitOfWork, at: datetime, demand: ErasureRequest | None = None
) -> ErasureRequest | None:
    """Add to a unit of work: who it is is forgotten, and no identifier leads there (1 AWS call)."""
    for pointer in tools.store.pointers_of(person_id=person.person_id):
        work.release(pointer)
    details = {"kind": Kept.PROFILE.value}
    person = record(person, work=work, tools=tools, name="data_erased", at=at, actor=SYSTEM, details=details)
    work.update(emptied_person(person, at=at))
    return None if demand is None else counted(demand, Kept.PROFILE)


def forget_contacts(
    *, tools: Toolbox, person: Person, work: UnitOfWork, at: datetime, demand: ErasureRequest
) -> ErasureRequest:
    """Add to a unit of work: where the person can be reached is forgotten, the rest of the profile has to stay."""
    details = {"kind": Kept.CONTACTS.value}
    person = record(person, work=work, tools=tools, name="data_erased", at=at, actor=SYSTEM, details=details)
    work.update(without_contacts(person))
    return counted(demand, Kept.CONTACTS)


def drop_messages(
    *, tools: Toolbox, messages: tuple[CabinetMessage, ...], demand: ErasureRequest, at: datetime
) -> ErasureRequest:
    """Destroy messages of the cabinet, some at a time, and count them in the answer to the demand."""
    for start in range(0, len(messages), AT_ONCE):
        part = messages[start : start + AT_ONCE]
        work = tools.store.work(at=at)
        for message in part:
            work.remove(message)
        demand = counted(demand, Kept.MESSAGE, len(part))
        work.update(demand)
        work.commit()
        demand = replace(demand, version=demand.version + 1)
    return demand


def look_at_profile(*, tools: Toolbox, person_id: str, at: datetime) -> bool:
    """Forget a person of whom nothing else is held and whose own term is over; returns whether that was so.

    Else the profile is looked at again a term later, or when the last other thing is gone.
    """
    holdings = tools.store.holdings(person_id=person_id)
    person = person_in(holdings)
    if person is None:
        return False
    changed = person.updated_at
    is_over = changed is None or retention_of(Kept.PROFILE, on=changed.date()).until(changed) <= at
    if others_in(holdings):
        if is_over:
            work = tools.store.work(at=at)
            work.update(replace(person, looked_at=at))
            work.commit()
        return False
    if not is_over:
        return False
    work = tools.store.work(at=at)
    empty_profile(tools=tools, person=person, work=work, at=at)
    for message in holdings.messages[:AT_ONCE]:
        work.remove(message)
    work.commit()
    return True
