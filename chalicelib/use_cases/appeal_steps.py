"""What every step of an appeal has in common: one transaction with journal and message (requirement L1)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from chalicelib.domain.appeal import Appeal, move_appeal
from chalicelib.domain.appeal_rules import LEVELS
from chalicelib.domain.appeal_states import AppealEvent, Level, appeal_rule
from chalicelib.use_cases.journal import notify, record

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.domain.audit import Actor
    from chalicelib.ports.toolbox import Toolbox
    from chalicelib.ports.unit_of_work import UnitOfWork


def add_step(
    *, work: UnitOfWork, tools: Toolbox, appeal: Appeal, event: AppealEvent, actor: Actor, at: datetime, text: str = ""
) -> Appeal:
    """Move an appeal along one arrow, with its journal entry and message; returns it as it will be stored next.

    What the step changes beside the state is set by the caller before or after; the caller updates and commits.

    Raises:
        StateConflict: the appeal is in another state.
    """
    rule = appeal_rule(state=appeal.state, level=appeal.level, event=event)
    moved = move_appeal(appeal=appeal, event=event, at=at, actor=actor, text=text)
    return record(moved, work=work, tools=tools, name=rule.entry, at=at, actor=actor, details=entry_details(moved))


def tell_step(
    *, work: UnitOfWork, tools: Toolbox, before: Appeal, after: Appeal, event: AppealEvent, at: datetime
) -> None:
    """Tell the person of a step, if its arrow does, with the days as they are after it."""
    rule = appeal_rule(state=before.state, level=before.level, event=event)
    if rule.notification is None:
        return
    context = {"appeal_number": after.number, "day": str(after.local_day(at)), "due_on": str(after.due_on)}
    if after.question is not None:
        context["answer_until"] = str(after.question.until_on)
    context["appeal_until"] = str(after.local_day(at + LEVELS[Level.FUND].within))
    notify(work=work, tools=tools, kind=rule.notification, person_id=after.account_id, at=at, context=context)


def keep_appeal(*, work: UnitOfWork, appeal: Appeal) -> Appeal:
    """Commit the next version of an appeal; returns it as it is stored."""
    work.update(appeal)
    work.commit()
    return replace(appeal, version=appeal.version + 1)


def entry_details(appeal: Appeal) -> dict[str, str]:
    """What the journal says of an appeal: ids, numbers and codes, none of its words."""
    return {
        "appeal_id": appeal.appeal_id,
        "number": appeal.number,
        "subject": appeal.refused.kind.value,
        "subject_id": appeal.refused.subject_id,
        "level": appeal.level.value,
    }
