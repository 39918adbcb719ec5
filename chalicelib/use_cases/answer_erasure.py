"""Carrying out a demand to be forgotten: destroyed now, or kept until when and by what law (P2; 152-ФЗ, art. 21)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from chalicelib.domain.audit import SYSTEM
from chalicelib.domain.erasure import ErasureCause, ErasureRequest, ErasureState, StaysRow, stays_of
from chalicelib.domain.held import Verdict, judge
from chalicelib.domain.retention_terms import Kept
from chalicelib.use_cases.destroy_thing import destroy_thing
from chalicelib.use_cases.empty_profile import (
    drop_messages,
    empty_profile,
    forget_contacts,
    others_in,
    person_in,
)
from chalicelib.use_cases.journal import notify, record

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.domain.person import Person
    from chalicelib.ports.privacy import Holdings
    from chalicelib.ports.storage import UnitOfWork
    from chalicelib.ports.toolbox import Toolbox

AT_ONCE = 25
"""How many things one run destroys for one demand; the next run goes on."""

_TOLD_OF = frozenset({Kept.APPLICATION, Kept.APPEAL, Kept.TICKET, Kept.DELIVERY, Kept.APPOINTMENT})
"""While one of these is under way, its person has to be told of it: the contacts stay."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a demand destroys, and what stays."""

    erases: tuple[tuple[object, Verdict], ...]
    stays: tuple[StaysRow, ...]
    keeps_contacts: bool

    @property
    def empties_profile(self) -> bool:
        """Whether nothing is left that needs to know who it is."""
        return not self.stays


def plan_erasure(*, holdings: Holdings, at: datetime) -> Plan:
    """Decide of everything that is held of a person whether it can be destroyed now."""
    judged = [(thing, judge(thing, at=at)) for thing in others_in(holdings)]
    left = [verdict for _, verdict in judged if not verdict.erases]
    keeps_contacts = any(verdict.until is None and verdict.kind in _TOLD_OF for verdict in left)
    rows = [(verdict.kind, verdict.until) for verdict in left]
    if rows and person_in(holdings) is not None:
        rows.append((Kept.PROFILE, None))
        rows.extend([(Kept.CONTACTS, None)] if keeps_contacts else [])
    erases = tuple((thing, verdict) for thing, verdict in judged if verdict.erases)
    return Plan(erases=erases, stays=stays_of(rows), keeps_contacts=keeps_contacts)


def answer_erasure(*, tools: Toolbox, demand: ErasureRequest, at: datetime) -> ErasureRequest:
    """Do what a demand asks, as far as the law allows, and answer it; what is too much for one run goes on in the next.

    Raises:
        StaleWrite: something changed meanwhile; the next run finds what is left.
    """
    holdings = tools.store.holdings(person_id=demand.person_id)
    person = person_in(holdings)
    if demand.cause is ErasureCause.CONSENT_REVOKED and person is not None and person.consent is not None:
        return _closed(tools, tools.store.work(at=at), demand, ErasureState.CANCELLED, at)
    plan = plan_erasure(holdings=holdings, at=at)
    for thing, _ in plan.erases[:AT_ONCE]:
        demand = destroy_thing(tools=tools, thing=thing, at=at, demand=demand) or demand
    if len(plan.erases) > AT_ONCE:
        return demand
    demand = drop_messages(tools=tools, messages=holdings.messages, demand=demand, at=at)
    work = tools.store.work(at=at)
    if person is not None:
        demand = _forget(tools, work, person, plan, demand, at)
    return _closed(tools, work, replace(demand, stays=plan.stays), ErasureState.DONE, at)


def _forget(
    tools: Toolbox, work: UnitOfWork, person: Person, plan: Plan, demand: ErasureRequest, at: datetime
) -> ErasureRequest:
    if plan.empties_profile:
        return empty_profile(tools=tools, person=person, work=work, at=at, demand=demand) or demand
    if plan.keeps_contacts:
        return demand
    return forget_contacts(tools=tools, person=person, work=work, at=at, demand=demand)


def _closed(
    tools: Toolbox, work: UnitOfWork, demand: ErasureRequest, state: ErasureState, at: datetime
) -> ErasureRequest:
    closed = replace(demand, state=state, answered_at=at)
    details = {"request_id": demand.request_id, "state": state.value, "stays": str(sum(r.count for r in demand.stays))}
    closed = record(closed, work=work, tools=tools, name="erasure_answered", at=at, actor=SYSTEM, details=details)
    work.update(closed)
    if state is ErasureState.DONE:
        context = {"day": str(at.date())}
        notify(work=work, tools=tools, kind="erasure_answered", person_id=demand.person_id, at=at, context=context)
    work.commit()
    return replace(closed, version=closed.version + 1)
