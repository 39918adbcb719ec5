"""The part of the store that reads imports of the insurers' registry and who is insured by whom (H1, I1)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from chalicelib.domain.insurer_departure import InsurerDeparture
    from chalicelib.domain.insurer_records import InsurerOffices, InsurerRating
    from chalicelib.domain.policy import Policy
    from chalicelib.domain.registry_job import ImportReportPage, RegistryImport
    from chalicelib.ports.queries import Slice


class RegistryReads(Protocol):
    """Reads around the insurers' registry."""

    def registry_import(self, *, import_id: str) -> RegistryImport:
        """Read an import (1 call); raises NotFound."""
        ...

    def registry_imports(self, *, limit: int, after: str | None) -> Slice[RegistryImport]:
        """List imports, newest first (1 call)."""
        ...

    def import_report(self, *, import_id: str, page: int) -> ImportReportPage | None:
        """Read a page of an import's report, numbered from 0 (1 call)."""
        ...

    def insurer_departure(self, *, insurer_code: str, leaves_on: date) -> InsurerDeparture | None:
        """Read the departure of an insurer (1 call)."""
        ...

    def insured_by(self, *, insurer_code: str, shard: int, limit: int, after: str) -> Slice[Policy]:
        """List the standing policies whose last insurer this is, a shard of them by whom messages reach (1 call).

        ``after`` is the place of the last one seen, "" at the beginning.
        """
        ...

    def insurer_offices(self, *, insurer_code: str) -> InsurerOffices:
        """Read the issue points of an insurer, none if none are kept (1 call)."""
        ...

    def insurer_ratings(self, *, insurer_code: str) -> Sequence[InsurerRating]:
        """Read the ratings of an insurer, the last year first (1 call)."""
        ...

    def offices_of(self, *, insurer_codes: Sequence[str]) -> Mapping[str, InsurerOffices]:
        """Read the issue points of several insurers; one that has none is not there (1 call per 100)."""
        ...

    def ratings_at(self, *, wanted: Sequence[tuple[str, int]]) -> Mapping[tuple[str, int], InsurerRating]:
        """Read ratings by insurer and year; what is not kept is not there (1 call per 100)."""
        ...

    def ratings_of_year(self, *, year: int, region: str | None) -> Sequence[InsurerRating]:
        """List the ratings of a year, of a region or all, by an index (1 call per page)."""
        ...

    @property
    def insured_shards(self) -> int:
        """Over how many shards the policies of an insurer are spread."""
        ...
