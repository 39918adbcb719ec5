"""Noting a look into somebody's data before it is shown (requirement A7)."""

from __future__ import annotations

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
    from chalicelib.ports.storage import PersonFile
    from chalicelib.ports.toolbox import Toolbox

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
        log = known.views or ViewLog(person_id=person_id)
        action = Action(name=name, at=at, actor=actor_of(principal), details=details)
        entry_id = tools.ids.new_id(at=at)
        entry, head = append(head=log.chain, chain=f"views:{person_id}", entry_id=entry_id, action=action)
        work = tools.store.work(at=at)
        work.record(person_id=person_id, entry=entry)
        viewed = replace(log, chain=head)
        if known.views is None:
            work.create(viewed)
        else:
            work.update(viewed)
        try:
            work.commit()
        except (StaleWrite, AlreadyExists):
            continue
        return known
    raise StaleWrite("Данные этого человека сейчас запрашивают другие: повторите")
