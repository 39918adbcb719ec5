"""Tells everyone whom an insurer insures that it stops its work, or stays, page by page, once (I1; 108н, p. 23-24)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from chalicelib.domain.insurer_departure import choose_until, to_tell, told
from chalicelib.domain.records import Queue
from chalicelib.domain.regions import local_date
from chalicelib.use_cases.journal import notify, send

if TYPE_CHECKING:
    from datetime import date, datetime

    from chalicelib.domain.insurer_departure import InsurerDeparture
    from chalicelib.ports.toolbox import Toolbox

PAGE = 80
"""People of one transaction: a message each, the progress and the message that goes on."""


def tell_departure(
    *, tools: Toolbox, insurer_code: str, leaves_on: date, page: int, at: datetime
) -> InsurerDeparture | None:
    """Queue the messages of one page and the page that follows, in one transaction (4 AWS calls).

    A page that was told already, by an earlier delivery of the same message, changes nothing. Who acts for several
    people insured there gets one message. If the registry says another day meanwhile, or none, the rest is not told
    of this one.

    Raises:
        StaleWrite: another delivery of the same message was first; the message comes again and finds it done.
    """
    departure = tools.store.insurer_departure(insurer_code=insurer_code, leaves_on=leaves_on)
    if departure is None or departure.done_at is not None or departure.pages != page:
        return departure
    if not _stands(tools, departure, at):
        return _keep(tools, replace(departure, done_at=at), at)
    found = tools.store.insured_by(insurer_code=insurer_code, shard=departure.shard, limit=PAGE, after=departure.after)
    people = to_tell(departure=departure, reached=(policy.told_id for policy in found.items))
    work = tools.store.work(at=at)
    kind, context = _message(departure)
    for person_id in people:
        notify(work=work, tools=tools, kind=kind, person_id=person_id, at=at, context=context)
    moved = told(departure=departure, people=people, after=found.after, shards=tools.store.insured_shards, at=at)
    if moved.done_at is None:
        body = {"step": "departure", "insurer_code": insurer_code, "leaves_on": str(leaves_on), "page": str(page + 1)}
        send(work=work, tools=tools, queue=Queue.EXCHANGE, body=body, at=at)
    work.update(moved)
    work.commit()
    return moved


def _stands(tools: Toolbox, departure: InsurerDeparture, at: datetime) -> bool:
    """Tell whether the registry still says that the insurer leaves on the day, or stays if that was revoked."""
    insurer = tools.store.insurer(code=departure.insurer_code)
    if insurer is None:
        return False
    leaves_on = insurer.leaves_on(on=local_date(at=at, region=insurer.region))
    return leaves_on == (None if departure.is_revoked else departure.leaves_on)


def _message(departure: InsurerDeparture) -> tuple[str, dict[str, str]]:
    context = {"insurer_code": departure.insurer_code, "leaves_on": str(departure.leaves_on)}
    if departure.is_revoked:
        return "insurer_stays", context
    return "insurer_leaves", context | {"choose_until": str(choose_until(leaves_on=departure.leaves_on))}


def _keep(tools: Toolbox, departure: InsurerDeparture, at: datetime) -> InsurerDeparture:
    work = tools.store.work(at=at)
    work.update(departure)
    work.commit()
    return departure
