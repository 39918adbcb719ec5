"""What operators read: the cases of an insurer or of a region (requirements O2, O3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from chalicelib.domain.case_summary import CaseSummary, Scope


class Cases(Protocol):
    """The part of the store that operators use; what was written a moment ago may be missing in it."""

    def waiting_cases(self, *, scope: Scope, after: tuple[date, str] | None, page: int) -> Iterator[CaseSummary]:
        """Walk through the cases that need a person or are late, first due first (1 call per shard and page).

        ``after`` is the place of the last case seen.
        """
        ...

    def filed_cases(self, *, scope: Scope, since: date, until: date) -> Iterator[CaseSummary]:
        """Walk through what was filed from ``since`` until before ``until`` (1 call per shard, month and MB).

        An application that changes meanwhile may be told twice.
        """
        ...
