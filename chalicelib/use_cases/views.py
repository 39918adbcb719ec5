"""Looking at another person's data: nothing is shown that is not noted in that person's journal (A7, O2)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from chalicelib.domain.audit import Action, append
from chalicelib.domain.records import ViewLog
from chalicelib.ports.errors import AlreadyExists, StaleWrite

if TYPE_CHECKING:
    from chalicelib.ports.storage import PersonFile
    from chalicelib.ports.toolbox import Toolbox

VIEW_TRIES = 4
"""Views of one person at the very same moment are chained one after another."""


def viewed_file(*, tools: Toolbox, person_id: str, action: Action) -> PersonFile:
    """Read a person's folder and chain the view to its journal (2 AWS calls).

    Raises:
        StaleWrite: others look at this person all the time.
    """
    for _ in range(VIEW_TRIES):
        known = tools.store.person_file(person_id=person_id)
        log = known.views or ViewLog(person_id=person_id)
        entry_id = tools.ids.new_id(at=action.at)
        entry, head = append(head=log.chain, chain=f"views:{person_id}", entry_id=entry_id, action=action)
        work = tools.store.work(at=action.at)
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
