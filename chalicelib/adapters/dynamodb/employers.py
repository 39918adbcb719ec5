"""Employers in the folder of who acts for them, their requests in folders of their own, consents with the employees."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from typing import TYPE_CHECKING, Any, TypeVar

from chalicelib.adapters.dynamodb import certificate_keys, items, keys
from chalicelib.adapters.dynamodb.failures import translated
from chalicelib.domain.employee_consent import EmployeeConsent
from chalicelib.domain.employer import Employer
from chalicelib.domain.employer_request import EmployerRequest
from chalicelib.domain.validity import ValidityCard
from chalicelib.ports.errors import Throttled
from chalicelib.ports.queries import Slice

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from chalicelib.adapters.dynamodb.table import Table

E = TypeVar("E")

READ_AT_ONCE = 100
AT_ONCE = 4
TRIES = 8
"""How often what a batch left out is asked for again; more is left to the queue."""


class EmployerReads:
    """The reads of employers; a part of the store."""

    _table: Table

    def employer(self, *, account_id: str, employer_id: str) -> Employer | None:
        """Read the right of an account to act for an employer."""
        return self._table.get(Employer, certificate_keys.employer(account_id, employer_id))

    def employers_of(self, *, account_id: str) -> Sequence[Employer]:
        """List the employers that an account registered."""
        return self._all(Employer, keys.person(account_id).partition, certificate_keys.EMPLOYER_PREFIX)

    def employer_request(self, *, employer_id: str, request_id: str) -> EmployerRequest | None:
        """Read a request."""
        return self._table.get(EmployerRequest, certificate_keys.employer_request(employer_id, request_id))

    def employer_requests_of(self, *, employer_id: str, limit: int, after: str | None) -> Slice[EmployerRequest]:
        """List the requests of an employer, newest first."""
        found, following = self._table.query(
            certificate_keys.employer_request(employer_id, "").partition,
            prefix=certificate_keys.REQUEST_PREFIX,
            limit=limit,
            after=keys.start(certificate_keys.employer_request(employer_id, after)) if after else None,
            newest_first=True,
        )
        requests = tuple(items.from_item(EmployerRequest, item) for item in found)
        return Slice(items=requests, after=requests[-1].request_id if following else None)

    def employee_consent(self, *, person_id: str, organisation_id: str) -> EmployeeConsent | None:
        """Read what a person lets an organisation know."""
        return self._table.get(EmployeeConsent, certificate_keys.employee_consent(person_id, organisation_id))

    def employee_consents_of(self, *, person_id: str) -> Sequence[EmployeeConsent]:
        """List what a person lets organisations know."""
        return self._all(EmployeeConsent, keys.person(person_id).partition, certificate_keys.STAFF_PREFIX)

    def employee_consents(self, *, person_ids: Sequence[str], organisation_id: str) -> Mapping[str, EmployeeConsent]:
        """Read what many persons let one organisation know."""
        wanted = (
            certificate_keys.employee_consent(person_id, organisation_id) for person_id in dict.fromkeys(person_ids)
        )
        found = (items.from_item(EmployeeConsent, item) for item in self._batch(wanted))
        return {consent.person_id: consent for consent in found}

    def cards(self, *, kind: str, value_hashes: Sequence[str]) -> Mapping[str, ValidityCard]:
        """Read the cards of many numbers, by hash."""
        by_key = {keys.card(kind, value_hash): value_hash for value_hash in value_hashes}
        return {by_key[keys.of_item(item)]: items.from_item(ValidityCard, item) for item in self._batch(by_key)}

    def _all(self, kind: type[E], partition: str, prefix: str) -> list[E]:
        return [items.from_item(kind, item) for item in self._table.query_all(partition, prefix=prefix)]

    def _batch(self, wanted: Iterable[keys.Key]) -> Iterator[items.Item]:
        """Read items by their keys with strong consistency; what is not there is left out."""
        listed = [key.item() for key in wanted]
        parts = [listed[start : start + READ_AT_ONCE] for start in range(0, len(listed), READ_AT_ONCE)]
        if len(parts) <= 1:
            return iter(self._part(parts[0]) if parts else ())
        # Most of the time of a call is waiting: a few go at once.
        with ThreadPoolExecutor(max_workers=AT_ONCE) as pool:
            return chain.from_iterable(list(pool.map(self._part, parts)))

    def _part(self, part: list[Any]) -> list[items.Item]:
        found: list[items.Item] = []
        requests: Any = {self._table.name: {"Keys": part, "ConsistentRead": True}}
        for _ in range(TRIES):
            with translated():
                answer = self._table.client.batch_get_item(RequestItems=requests)
            found += answer["Responses"].get(self._table.name, [])
            requests = answer.get("UnprocessedKeys")
            if not requests:
                return found
        raise Throttled("Сервис перегружен")
