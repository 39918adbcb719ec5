"""Making of documents for people, and the codes on them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.domain.documents import (
        ExtractDocument,
        InsuranceCertificateDocument,
        PolicyDocument,
        ReceiptDocument,
        StaffDocument,
        TemporaryCertificateDocument,
    )
    from chalicelib.domain.qr_claims import QrClaims, QrVerdict


class DocumentRenderer(Protocol):
    """Draws documents as PDF; the same document always gives the same bytes."""

    def policy(self, *, document: PolicyDocument) -> bytes:
        """The policy (requirement F3)."""
        ...

    def extract(self, *, document: ExtractDocument) -> bytes:
        """The extract from the register, Russian or bilingual (requirement F3)."""
        ...

    def temporary_certificate(self, *, document: TemporaryCertificateDocument) -> bytes:
        """The temporary certificate (requirement E1)."""
        ...

    def insurance_certificate(self, *, document: InsuranceCertificateDocument) -> bytes:
        """The certificate of insurance, Russian or bilingual (requirement K1)."""
        ...

    def staff(self, *, document: StaffDocument) -> bytes:
        """The certificate of an employer about its staff (requirement K2)."""
        ...

    def receipt(self, *, document: ReceiptDocument) -> bytes:
        """The receipt of an application (requirement B7)."""
        ...


class QrTokens(Protocol):
    """Issues and checks the codes on documents (requirements F3, G5)."""

    def link(self, *, claims: QrClaims) -> str:
        """Sign the claims into the link of a QR code; raises what the signer raises."""
        ...

    def verify(self, *, token: str, at: datetime) -> QrVerdict:
        """Check the token of a link at a moment; never raises for what a camera may have read."""
        ...
