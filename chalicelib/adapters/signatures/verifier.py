"""Checking a detached CMS signature from its first byte to the trust anchor (requirement A3)."""

from __future__ import annotations

import hmac
import warnings
from functools import cached_property
from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from chalicelib.adapters.signatures.certificates import (
    certificate_of,
    check_chain,
    check_use,
    check_validity,
    described,
    public_key_of,
    read_anchors,
)
from chalicelib.adapters.signatures.message import UNSUPPORTED, read_message
from chalicelib.domain.electronic_signature import SignatureNotAccepted

if TYPE_CHECKING:
    from datetime import datetime

    from cryptography import x509

    from chalicelib.adapters.signatures.message import Message
    from chalicelib.domain.electronic_signature import SignerCertificate

_HASHES = {"sha256": hashes.SHA256(), "sha384": hashes.SHA384(), "sha512": hashes.SHA512()}


class CmsVerifier:
    """Implements the SignatureVerifier port for RSA and ECDSA."""

    def __init__(self, *, trust_anchors: str) -> None:
        self._pem = trust_anchors

    @cached_property
    def _anchors(self) -> tuple[x509.Certificate, ...]:
        return read_anchors(self._pem)

    def verify(self, *, cms: bytes, content: bytes, at: datetime) -> SignerCertificate:
        """Check message, signature, certificate and chain, in this order; raises SignatureNotAccepted."""
        with warnings.catch_warnings():
            # Certificates of people have odd names and numbers: what counts of that is judged here.
            warnings.simplefilter("ignore")
            return self._verified(cms, content, at)

    def _verified(self, cms: bytes, content: bytes, at: datetime) -> SignerCertificate:
        message = read_message(cms)
        certificate, others = certificate_of(message)
        key = public_key_of(certificate)
        _check_content(message, content)
        _check_signature(message, key, content)
        check_validity(certificate, at)
        check_use(certificate)
        check_chain(certificate, others, anchors=self._anchors, at=at)
        return described(certificate)


def _check_content(message: Message, content: bytes) -> None:
    if message.signed_attributes is None:
        return
    digest = hashes.Hash(_HASHES[message.digest])
    digest.update(content)
    if not hmac.compare_digest(digest.finalize(), message.content_digest or b""):
        detail = "Подписано не то, что подаётся: запросите содержание для подписи ещё раз и подпишите его без изменений"
        raise SignatureNotAccepted("content_changed", detail)


def _check_signature(message: Message, key: rsa.RSAPublicKey | ec.EllipticCurvePublicKey, content: bytes) -> None:
    signed = content if message.signed_attributes is None else message.signed_attributes
    algorithm = _HASHES[message.digest]
    is_rsa = message.algorithm.startswith("rsa")
    try:
        if isinstance(key, rsa.RSAPublicKey) and is_rsa:
            key.verify(message.signature, signed, _padding(message, algorithm), algorithm)
        elif isinstance(key, ec.EllipticCurvePublicKey) and not is_rsa:
            key.verify(message.signature, signed, ec.ECDSA(algorithm))
        else:
            raise SignatureNotAccepted("algorithm_not_supported", UNSUPPORTED)
    except (InvalidSignature, ValueError):
        detail = "Подпись неверна: подпишите содержание заявления ещё раз"
        raise SignatureNotAccepted("signature_wrong", detail) from None
    except UnsupportedAlgorithm:
        raise SignatureNotAccepted("algorithm_not_supported", UNSUPPORTED) from None


def _padding(message: Message, algorithm: hashes.HashAlgorithm) -> padding.AsymmetricPadding:
    if message.salt_length is None:
        return padding.PKCS1v15()
    return padding.PSS(mgf=padding.MGF1(algorithm), salt_length=message.salt_length)
