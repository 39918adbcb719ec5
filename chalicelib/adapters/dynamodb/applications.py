"""A person's applications, filtered before a page of them is cut."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.adapters.dynamodb import index_keys, items, keys
from chalicelib.domain.application import Application
from chalicelib.ports.queries import ApplicationFilter, Slice

if TYPE_CHECKING:
    from chalicelib.adapters.dynamodb.table import Table

CALLS = 5
"""Calls for one page, at most: whoever has more applications than they read gets the rest by the cursor."""

READ_AT_ONCE = 100
"""Applications read by one call where some may be left out."""


def applications_of(
    *, table: Table, person_id: str, limit: int, after: str | None, wanted: ApplicationFilter
) -> Slice[Application]:
    """List what is wanted, newest first; reads one more than the page holds, so that the last page says so."""
    at_once = limit + 1 if wanted == ApplicationFilter() else READ_AT_ONCE
    chosen: list[Application] = []
    last = after
    for _ in range(CALLS):
        start = (
            index_keys.index_start(keys.application(last), index_keys.owner_index(person_id, last)) if last else None
        )
        found, following = table.query_index(
            index_keys.OWNER_INDEX, index_keys.owner_partition(person_id), limit=at_once, after=start
        )
        read = [items.from_item(Application, item) for item in found]
        chosen.extend(application for application in read if wanted.fits(application))
        if len(chosen) > limit:
            return Slice(items=tuple(chosen[:limit]), after=chosen[limit - 1].application_id)
        if following is None:
            return Slice(items=tuple(chosen))
        last = read[-1].application_id
    return Slice(items=tuple(chosen), after=last)
