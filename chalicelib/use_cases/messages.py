"""What a person was told, and what became of each message by each channel (requirements M1, M2)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from chalicelib.domain.dispatch import Dispatch
from chalicelib.domain.person import Person
from chalicelib.domain.principal import Role
from chalicelib.domain.records import CabinetMessage
from chalicelib.ports.queries import Slice
from chalicelib.use_cases.access import require_citizen, require_role
from chalicelib.use_cases.correction_case import check_scope, read_case
from chalicelib.use_cases.views import note_view

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.domain.principal import Principal
    from chalicelib.ports.toolbox import Toolbox


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A message of the cabinet with its SMS and letter."""

    message: CabinetMessage
    dispatches: Sequence[Dispatch]


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldPerson:
    """What an operator sees of a person's messages."""

    person: Person | None
    told: Slice[Told]


def own_messages(*, tools: Toolbox, principal: Principal, limit: int, after: str | None) -> Slice[Told]:
    """List what the person was told, newest first (2 AWS calls, 3 of more than 50)."""
    return _told(tools, require_citizen(principal), limit, after)


def messages_of_person(
    *, tools: Toolbox, principal: Principal, person_id: str, limit: int, after: str | None, at: datetime
) -> ToldPerson:
    """List what a person of the operator's insurer or region was told; the look is noted (7 to 8 AWS calls).

    Raises:
        NotFound: the person is not of the operator's insurer or region.
    """
    require_role(principal, Role.INSURER_OPERATOR, Role.FUND_OPERATOR)
    case = read_case(tools=tools, person_id=person_id, at=at)
    check_scope(case, principal)
    known = note_view(
        tools=tools, principal=principal, person_id=person_id, name="person_viewed", details={"by": "messages"}, at=at
    )
    return ToldPerson(person=known.person, told=_told(tools, person_id, limit, after))


def _told(tools: Toolbox, person_id: str, limit: int, after: str | None) -> Slice[Told]:
    found = tools.store.messages(person_id=person_id, limit=limit, after=after)
    ids = [message.message_id for message in found.items]
    sent = tools.store.dispatches(order_ids=ids)
    told = tuple(Told(message=message, dispatches=sent[message.message_id]) for message in found.items)
    return Slice(items=told, after=found.after)
