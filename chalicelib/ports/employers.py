"""The part of the store that reads employers, their requests, and what employees let them know (requirement K2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from chalicelib.domain.employee_consent import EmployeeConsent
    from chalicelib.domain.employer import Employer
    from chalicelib.domain.employer_request import EmployerRequest
    from chalicelib.domain.validity import ValidityCard
    from chalicelib.ports.queries import Slice


class Employers(Protocol):
    """Reads of employers and of everything around them."""

    def employer(self, *, account_id: str, employer_id: str) -> Employer | None:
        """Read the right of an account to act for an employer (1 call)."""
        ...

    def employers_of(self, *, account_id: str) -> Sequence[Employer]:
        """List the employers that an account registered (1 call)."""
        ...

    def employer_request(self, *, employer_id: str, request_id: str) -> EmployerRequest | None:
        """Read a request (1 call)."""
        ...

    def employer_requests_of(self, *, employer_id: str, limit: int, after: str | None) -> Slice[EmployerRequest]:
        """List the requests of an employer, newest first (1 call)."""
        ...

    def employee_consent(self, *, person_id: str, organisation_id: str) -> EmployeeConsent | None:
        """Read what a person lets an organisation know (1 call)."""
        ...

    def employee_consents_of(self, *, person_id: str) -> Sequence[EmployeeConsent]:
        """List what a person lets organisations know (1 call)."""
        ...

    def employee_consents(self, *, person_ids: Sequence[str], organisation_id: str) -> Mapping[str, EmployeeConsent]:
        """Read what many persons let one organisation know, by person (1 call per 100)."""
        ...

    def cards(self, *, kind: str, value_hashes: Sequence[str]) -> Mapping[str, ValidityCard]:
        """Read the cards of many numbers, by hash; those of numbers that are shared are not among them (1 per 100)."""
        ...
