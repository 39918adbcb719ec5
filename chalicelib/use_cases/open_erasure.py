"""Opening a demand to be forgotten, with the day of the law by which it is done (P2; 152-ФЗ, art. 21)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.domain.erasure import CAUSES, ErasureCause, ErasureRequest
from chalicelib.domain.regions import home_region, local_date
from chalicelib.use_cases.journal import record

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.domain.audit import Actor
    from chalicelib.domain.person import Person
    from chalicelib.ports.storage import UnitOfWork
    from chalicelib.ports.toolbox import Toolbox


def open_erasure(
    *, work: UnitOfWork, tools: Toolbox, person: Person, cause: ErasureCause, actor: Actor, at: datetime
) -> ErasureRequest:
    """Add a demand to a unit of work: the schedule carries it out, by the day of the law at the latest."""
    region = home_region(form={"registration_address": person.address})
    demand = ErasureRequest(
        request_id=tools.ids.new_id(at=at),
        person_id=person.person_id,
        cause=cause,
        asked_at=at,
        due_on=CAUSES[cause].due_on(local_date(at=at, region=region)),
    )
    details = {"request_id": demand.request_id, "cause": cause.value, "due_on": demand.due_on.isoformat()}
    demand = record(demand, work=work, tools=tools, name="erasure_asked", at=at, actor=actor, details=details)
    work.create(demand)
    return demand
