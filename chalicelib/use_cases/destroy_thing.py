"""Destroying one thing for good: its files first, then its records, and a mark of it without personal data (P2)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from chalicelib.domain.audit import SYSTEM
from chalicelib.domain.data_export import DataExport
from chalicelib.domain.employee_consent import EmployeeConsent
from chalicelib.domain.employer_request import EmployerRequest
from chalicelib.domain.erased import Erased
from chalicelib.domain.erasure import ErasureRequest, counted, emptied_consent, emptied_representation
from chalicelib.domain.fund_change import FundChange
from chalicelib.domain.held import ended_at, kind_of, term_of
from chalicelib.domain.records import StoredDocument
from chalicelib.domain.representation import Representation
from chalicelib.domain.scan import Scan
from chalicelib.use_cases.journal import chain_name, record
from chalicelib.use_cases.lost_numbers import forget_numbers
from chalicelib.use_cases.scans import chain_of_scan

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from chalicelib.domain.audit import ChainHead
    from chalicelib.ports.storage import UnitOfWork
    from chalicelib.ports.toolbox import Toolbox

AT_ONCE = 60
"""How many records one transaction takes away beside the thing itself."""


def destroy_thing(
    *, tools: Toolbox, thing: Any, at: datetime, demand: ErasureRequest | None = None
) -> ErasureRequest | None:
    """Destroy a thing with all that belongs to it, and count it in the answer to a demand.

    Files go first: what stops midway is found again, and a second run finishes it. Returns the demand as it is then.

    Raises:
        StaleWrite: it changed meanwhile; nothing but what belonged to it is gone.
        Unavailable: the storage did not answer.
    """
    belongings = list(tools.store.belongings(thing=thing))
    for one in (thing, *belongings):
        _erase_files(tools, one)
    while len(belongings) > AT_ONCE:
        belongings = _destroy_some(tools, thing, belongings, at)
    work = tools.store.work(at=at)
    _take_away(work, tools, thing, belongings, at)
    following = None if demand is None else counted(demand, kind_of(thing))
    if following is not None:
        work.update(following)
    work.commit()
    return None if following is None else replace(following, version=following.version + 1)


def _take_away(work: UnitOfWork, tools: Toolbox, thing: Any, belongings: Sequence[object], at: datetime) -> None:
    kind, details = kind_of(thing), {"kind": kind_of(thing).value}
    noted = record(thing, work=work, tools=tools, name="data_erased", at=at, actor=SYSTEM, details=details)
    if isinstance(noted, Representation):
        work.update(emptied_representation(noted, at=at))
        return
    if isinstance(noted, EmployeeConsent):
        work.update(emptied_consent(noted))
        return
    heads = {chain_name(noted): noted.chain, **_heads_of(belongings)}
    law = term_of(thing, on=(ended_at(thing) or at).date()).law
    forget_numbers(work=work, tools=tools, thing=thing)
    for one in belongings:
        work.remove(one)
    work.destroy(noted)
    left = Erased(person_id=noted.person_id, name=chain_name(noted), kind=kind, law=law, erased_at=at, heads=heads)
    work.put(left)


def _destroy_some(tools: Toolbox, thing: Any, belongings: list[object], at: datetime) -> list[object]:
    """Take a part of many belongings away, with the ends of their chains: their thing follows in the end."""
    part, rest = belongings[:AT_ONCE], belongings[AT_ONCE:]
    work = tools.store.work(at=at)
    for one in part:
        work.remove(one)
    heads = _heads_of(part)
    if heads:
        name, law = min(heads), term_of(thing, on=at.date()).law
        left = Erased(person_id=thing.person_id, name=name, kind=kind_of(thing), law=law, erased_at=at, heads=heads)
        work.put(left)
    work.commit()
    return rest


def _heads_of(belongings: Sequence[object]) -> dict[str, ChainHead]:
    scans = {chain_of_scan(one): one.chain for one in belongings if isinstance(one, Scan)}
    return scans | {chain_name(one): one.chain for one in belongings if isinstance(one, FundChange)}


def _erase_files(tools: Toolbox, one: object) -> None:
    if isinstance(one, Scan):
        pictures = (one.preview_key, f"views/{one.view_id}/" if one.view_id else None)
        for key in (one.object_key, *pictures):
            if key:
                tools.scans.erase(prefix=key)
    elif isinstance(one, StoredDocument):
        tools.documents.erase(prefix=one.object_key)
    elif isinstance(one, DataExport):
        tools.documents.erase(prefix=f"exports/{one.files_id}/")
    elif isinstance(one, EmployerRequest):
        tools.documents.erase(prefix=f"employers/{one.work_id}/")
        tools.scans.erase(prefix=f"lists/{one.employer_id}/{one.request_id}/")
