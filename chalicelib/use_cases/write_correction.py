"""One unit of work of a correction: the changes, what follows from them, and a size that fits (D4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.domain.errors import RuleRefused
from chalicelib.use_cases.policy_places import put_places
from chalicelib.use_cases.undo_changes import folders_of
from chalicelib.use_cases.write_changes import Pen, write_changes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chalicelib.domain.changes import Change
    from chalicelib.domain.corrections import Correction
    from chalicelib.ports.storage import UnitOfWork
    from chalicelib.ports.toolbox import Toolbox
    from chalicelib.use_cases.correction_case import Case

MOST_WRITES = 90
"""A transaction takes 100; the rest is for the correction itself, its journal and the messages."""


def written(*, tools: Toolbox, case: Case, correction: Correction, changes: Sequence[Change]) -> UnitOfWork:
    """A unit of work with everything that a correction changes; nothing happens before its commit.

    Raises:
        RuleRefused: two policies would stand, or it is more than fits into one transaction.
    """
    work = tools.store.work(at=case.at)
    details = {"correction_id": correction.correction_id, "kind": correction.kind.value}
    pen = Pen(tools=tools, work=work, actor=case.actor, at=case.at, details=details)
    known = {case.person.person_id: case.file}
    if case.other is not None:
        known[case.other.person.person_id] = case.other.file
    write_changes(pen, changes)
    put_places(pen, changes, folders_of(tools=tools, changes=changes, known=known))
    if work.size > MOST_WRITES:
        detail = "Исправление затрагивает слишком много записей: закройте сначала черновики и лишние заявления"
        raise RuleRefused("too_many_records", detail)
    return work
