"""The part of the store that reads certificates of insurance (requirement K1)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from chalicelib.domain.insurance_certificate import InsuranceCertificate
    from chalicelib.ports.queries import Slice


class InsuranceCertificates(Protocol):
    """Reads of certificates of insurance."""

    def insurance_certificate(self, *, person_id: str, certificate_id: str) -> InsuranceCertificate | None:
        """Read one certificate (1 call)."""
        ...

    def insurance_certificates_of(
        self, *, person_id: str, limit: int, after: str | None
    ) -> Slice[InsuranceCertificate]:
        """List a person's certificates, newest first (1 call)."""
        ...
