"""Reads of imports of the insurers' registry, and of the policies by insurer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.adapters.dynamodb import index_keys, items, keys, registry_keys
from chalicelib.domain.insurer_departure import InsurerDeparture
from chalicelib.domain.insurer_records import InsurerOffices, InsurerRating
from chalicelib.domain.policy import Policy
from chalicelib.domain.registry_job import ImportReportPage, RegistryImport
from chalicelib.ports.errors import NotFound
from chalicelib.ports.queries import Slice

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from chalicelib.adapters.dynamodb.table import Table


class RegistryReads:
    """The part of the store around the insurers' registry."""

    _table: Table
    insured_shards = registry_keys.INSURED_SHARDS

    def registry_import(self, *, import_id: str) -> RegistryImport:
        """Read an import; raises NotFound."""
        found = self._table.get(RegistryImport, registry_keys.registry_import(import_id))
        if found is None:
            raise NotFound("Загрузка реестра не найдена")
        return found

    def registry_imports(self, *, limit: int, after: str | None) -> Slice[RegistryImport]:
        """List imports, newest first; ``after`` is the last id seen."""
        start = (
            index_keys.index_start(registry_keys.registry_import(after), registry_keys.imports_index(after))
            if after
            else None
        )
        found, following = self._table.query_index(
            index_keys.OWNER_INDEX, registry_keys.IMPORTS_PARTITION, limit=limit, after=start
        )
        imports = tuple(items.from_item(RegistryImport, item) for item in found)
        return Slice(items=imports, after=imports[-1].import_id if following else None)

    def import_report(self, *, import_id: str, page: int) -> ImportReportPage | None:
        """Read a page of an import's report, numbered from 0."""
        return self._table.get(ImportReportPage, registry_keys.import_report(import_id, page))

    def insurer_departure(self, *, insurer_code: str, leaves_on: date) -> InsurerDeparture | None:
        """Read the departure of an insurer."""
        return self._table.get(InsurerDeparture, registry_keys.departure(insurer_code, leaves_on))

    def insured_by(self, *, insurer_code: str, shard: int, limit: int, after: str) -> Slice[Policy]:
        """List the standing policies whose last insurer this is, by whom messages reach; ``after`` is a place."""
        start = None
        if after:
            _, person_id, policy_id = after.split("#")
            start = index_keys.index_start(
                keys.policy(person_id, policy_id), registry_keys.insured_index(insurer_code, after)
            )
        found, following = self._table.query_index(
            index_keys.OWNER_INDEX,
            registry_keys.insured_partition(insurer_code, shard),
            limit=limit,
            after=start,
            newest_first=False,
        )
        policies = tuple(items.from_item(Policy, item) for item in found)
        last = policies[-1] if following else None
        following_place = registry_keys.insured_place(last.told_id, last.person_id, last.policy_id) if last else None
        return Slice(items=policies, after=following_place)

    def insurer_offices(self, *, insurer_code: str) -> InsurerOffices:
        """Read the issue points of an insurer."""
        found = self._table.get(InsurerOffices, registry_keys.offices(insurer_code))
        return found or InsurerOffices(insurer_code=insurer_code)

    def insurer_ratings(self, *, insurer_code: str) -> Sequence[InsurerRating]:
        """Read the ratings of an insurer, the last year first."""
        found = self._table.query_all(keys.insurer(insurer_code).partition, prefix=registry_keys.RATING_PREFIX)
        return [items.from_item(InsurerRating, item) for item in reversed(found)]

    def offices_of(self, *, insurer_codes: Sequence[str]) -> Mapping[str, InsurerOffices]:
        """Read the issue points of several insurers."""
        found = self._table.batch_get([registry_keys.offices(code) for code in insurer_codes])
        read = [items.from_item(InsurerOffices, item) for item in found]
        return {one.insurer_code: one for one in read}

    def ratings_at(self, *, wanted: Sequence[tuple[str, int]]) -> Mapping[tuple[str, int], InsurerRating]:
        """Read ratings by insurer and year."""
        found = self._table.batch_get([registry_keys.rating(code, year) for code, year in wanted])
        read = [items.from_item(InsurerRating, item) for item in found]
        return {(one.insurer_code, one.year): one for one in read}

    def ratings_of_year(self, *, year: int, region: str | None) -> Sequence[InsurerRating]:
        """List the ratings of a year, of a region or all."""
        read: list[InsurerRating] = []
        after: str | None = None
        while True:
            found, after = self._table.query_index(
                index_keys.OWNER_INDEX,
                registry_keys.ratings_partition(year),
                prefix=f"{region}#" if region else "",
                after=after,
                newest_first=False,
            )
            read.extend(items.from_item(InsurerRating, item) for item in found)
            if after is None:
                return read
