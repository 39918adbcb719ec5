"""The daily change files: begun once a day for every insurer that has something to tell (P4; order 79, appendix Г)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from chalicelib.domain.exchange_round import ExchangeRound
from chalicelib.domain.records import Queue
from chalicelib.domain.regions import DEFAULT_REGION, local_date
from chalicelib.ports.errors import AlreadyExists
from chalicelib.use_cases.journal import send

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.ports.toolbox import Toolbox

BEGINS_AFTER = timedelta(hours=2)
"""After the Moscow midnight, when the changes of insurer of the day have taken effect."""


def run_exchange(*, tools: Toolbox, at: datetime) -> int:
    """Begin the round of the day if it was not begun yet (1 AWS call, 3 once a day); returns how many were begun."""
    on = local_date(at=at - BEGINS_AFTER, region=DEFAULT_REGION)
    if tools.store.exchange_round(on=on) is not None:
        return 0
    work = tools.store.work(at=at)
    work.create(ExchangeRound(on=on))
    send(work=work, tools=tools, queue=Queue.EXCHANGE, body={"step": "exchange_round"}, at=at)
    try:
        work.commit()
    except AlreadyExists:
        return 0  # Another run of the schedule was first.
    return 1
