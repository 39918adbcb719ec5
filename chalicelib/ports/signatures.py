"""Checking the electronic signatures of people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.domain.electronic_signature import SignerCertificate


class SignatureVerifier(Protocol):
    """Checks detached CMS signatures (RFC 5652) against the trust anchors that are set."""

    def verify(self, *, cms: bytes, content: bytes, at: datetime) -> SignerCertificate:
        """Check a signature over the content, and that its certificate is valid at the moment and trusted.

        Raises:
            SignatureNotAccepted: for each reason with its code; it tells nothing of the certificate.
        """
        ...
