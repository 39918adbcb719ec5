"""The part of the store that appeals need (requirement L1)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from chalicelib.domain.appeal import Appeal
from chalicelib.domain.scan import Scan

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date, datetime

    from chalicelib.domain.appeal_summary import AppealSummary
    from chalicelib.domain.case_summary import Scope
    from chalicelib.ports.queries import Slice


@dataclass(frozen=True, slots=True, kw_only=True)
class AppealFile:
    """An appeal with the documents that lie beside it."""

    appeal: Appeal
    scans: tuple[Scan, ...] = ()

    def scan(self, scan_id: str) -> Scan | None:
        """Return a document by its id."""
        return next((scan for scan in self.scans if scan.scan_id == scan_id), None)


class Appeals(Protocol):
    """Reads of appeals."""

    def appeal_file(self, *, appeal_id: str) -> AppealFile:
        """Read an appeal with its documents (1 call); raises NotFound."""
        ...

    def scans_in(self, *, folder_id: str) -> Sequence[Scan]:
        """Read the scans of whatever folder they were uploaded to; none if there is no such folder (1 call)."""
        ...

    def appeals_of(self, *, account_id: str, limit: int, after: str | None) -> Slice[Appeal]:
        """List the appeals that an account made, newest first (1 call)."""
        ...

    def open_appeals(
        self, *, scope: Scope, limit: int, after: tuple[date, str] | None
    ) -> tuple[Sequence[AppealSummary], bool]:
        """List the appeals that a scope has to decide, first due first; tells whether more follow (1 call).

        ``after`` are due date and id of the last one seen.
        """
        ...

    def filed_appeals(self, *, scope: Scope, since: date, until: date) -> Iterator[AppealSummary]:
        """Walk through the appeals that were filed from ``since`` until before ``until`` (1 call per month and MB).

        An appeal that changes meanwhile may be told twice.
        """
        ...

    def due_appeals(self, *, until: datetime, page: int) -> Iterator[Sequence[Appeal]]:
        """Page through appeals that a timer has to look at, earliest first (1 call per page)."""
        ...
