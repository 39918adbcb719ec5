"""Certificates of insurance: in the folder of their person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.adapters.dynamodb import certificate_keys, items, keys
from chalicelib.domain.insurance_certificate import InsuranceCertificate
from chalicelib.ports.queries import Slice

if TYPE_CHECKING:
    from chalicelib.adapters.dynamodb.table import Table


class InsuranceCertificateReads:
    """The reads of certificates of insurance; a part of the store."""

    _table: Table

    def insurance_certificate(self, *, person_id: str, certificate_id: str) -> InsuranceCertificate | None:
        """Read one certificate."""
        return self._table.get(InsuranceCertificate, certificate_keys.insurance_certificate(person_id, certificate_id))

    def insurance_certificates_of(
        self, *, person_id: str, limit: int, after: str | None
    ) -> Slice[InsuranceCertificate]:
        """List a person's certificates, newest first."""
        found, following = self._table.query(
            keys.person(person_id).partition,
            prefix=certificate_keys.INSURED_PREFIX,
            limit=limit,
            after=keys.start(certificate_keys.insurance_certificate(person_id, after)) if after else None,
            newest_first=True,
        )
        certificates = tuple(items.from_item(InsuranceCertificate, item) for item in found)
        return Slice(items=certificates, after=certificates[-1].certificate_id if following else None)
