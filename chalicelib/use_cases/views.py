"""Noting a look into somebody's data before it is shown (requirement A7)."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from chalicelib.domain.audit import Action, append
from chalicelib.domain.records import ViewLog
from chalicelib.ports.errors import AlreadyExists, StaleWrite
from chalicelib.use_cases.access import actor_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from chalicelib.domain.principal import Principal
    from chalicelib.ports.folders import PersonFile
    from chalicelib.ports.storage import UnitOfWork
    from chalicelib.ports.toolbox import Toolbox

VIEWS_AT_ONCE = 50
"""A transaction takes 100 items: each view is an entry of the journal and the end of its chain."""

VIEW_TRIES = 4
"""How often a view is chained anew when another one was chained first."""


def note_view(
    *, tools: Toolbox, principal: Principal, person_id: str, name: str, details: Mapping[str, str], at: datetime
) -> PersonFile:
    """Chain a view to the journal of the person and return the person's folder as it was read (2 AWS calls).

    Nothing may be shown that is not noted: show what comes from here or is read afterwards.

    Raises:
        StaleWrite: too many look at this person at this very moment.
    """
    for _ in range(VIEW_TRIES):
        known = tools.store.person_file(person_id=person_id)
        work = tools.store.work(at=at)
        action = Action(name=name, at=at, actor=actor_of(principal), details=details)
        _add_view(work, tools, person_id, known, action)
        try:
            work.commit()
        except (StaleWrite, AlreadyExists):
            continue
        return known
    raise StaleWrite("Данные этого человека сейчас запрашивают другие: повторите")


def note_views(
    *,
    tools: Toolbox,
    principal: Principal,
    known: Mapping[str, PersonFile],
    name: str,
    details: Mapping[str, Mapping[str, str]],
    at: datetime,
) -> Mapping[str, PersonFile]:
    """Chain a view to the journal of each person, 50 people a transaction; returns the folders that may be shown.

    Where somebody else looks at one of them at this moment, those of the transaction are noted one by one, each with
    its folder read anew; who is then still in use is left out.
    """
    noted: dict[str, PersonFile] = {}
    actor, people = actor_of(principal), list(known)
    for start in range(0, len(people), VIEWS_AT_ONCE):
        chunk = people[start : start + VIEWS_AT_ONCE]
        work = tools.store.work(at=at)
        for person_id in chunk:
            action = Action(name=name, at=at, actor=actor, details=details[person_id])
            _add_view(work, tools, person_id, known[person_id], action)
        try:
            work.commit()
        except (StaleWrite, AlreadyExists):
            for person_id in chunk:
                with suppress(StaleWrite):
                    noted[person_id] = note_view(
                        tools=tools,
                        principal=principal,
                        person_id=person_id,
                        name=name,
                        details=details[person_id],
                        at=at,
                    )
        else:
            noted |= {person_id: known[person_id] for person_id in chunk}
    return noted


def _add_view(work: UnitOfWork, tools: Toolbox, person_id: str, known: PersonFile, action: Action) -> None:
    log = known.views or ViewLog(person_id=person_id)
    entry_id = tools.ids.new_id(at=action.at)
    entry, head = append(head=log.chain, chain=f"views:{person_id}", entry_id=entry_id, action=action)
    work.record(person_id=person_id, entry=entry)
    viewed = replace(log, chain=head)
    if known.views is None:
        work.create(viewed)
    else:
        work.update(viewed)
