"""The published list of documents that are not valid any more, signed and compact (requirement F3)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from chalicelib.domain.records import STATUS_LIST_SIZE

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.ports.toolbox import Toolbox

KEPT_FOR = timedelta(minutes=1)
"""How long a signed list is given out again before it is made anew."""

_made: dict[tuple[str, int], tuple[datetime, bytes]] = {}


def signed_status_list(*, tools: Toolbox, number: int, at: datetime) -> bytes:
    """Sign the present list of a number, or give out the one that was signed within the last minute.

    Raises:
        Unavailable: the store or the signing key did not answer.
    """
    key = (tools.public_base_url, number)
    known = _made.get(key)
    if known is not None and timedelta(0) <= at - known[0] < KEPT_FOR:
        return known[1]
    statuses = tools.store.revocations(status_list=number)
    message = tools.status_lists.sign(number=number, statuses=statuses, at=at)
    _made[key] = (at, message)
    return message


def place_in_status_list(status_index: int) -> tuple[int, int]:
    """The number of the status list and the place in it of a document."""
    return divmod(status_index, STATUS_LIST_SIZE)
