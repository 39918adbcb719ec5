"""What time brings to requests for attachment: those not decided in time show as overdue (requirement J2)."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from chalicelib.domain.audit import SYSTEM
from chalicelib.ports.errors import StaleWrite
from chalicelib.use_cases.attachment_steps import attachment_details
from chalicelib.use_cases.journal import record

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from chalicelib.ports.toolbox import Toolbox

PAGE = 100


def run_attachments(*, tools: Toolbox, at: datetime) -> Mapping[str, int]:
    """Mark what is overdue, one transaction each, found by the index on due date; returns how many of each.

    A request that is decided meanwhile is passed over.
    """
    done: Counter[str] = Counter()
    for page in tools.store.due_attachments(until=at, page=PAGE):
        for attachment in page:
            work = tools.store.work(at=at)
            late = record(
                replace(attachment, is_overdue=True),
                work=work,
                tools=tools,
                name="attachment_overdue",
                at=at,
                actor=SYSTEM,
                details=attachment_details(attachment),
            )
            work.update(late)
            try:
                work.commit()
            except StaleWrite:
                done["attachments_skipped"] += 1
            else:
                done["attachments_overdue"] += 1
    return dict(done)
