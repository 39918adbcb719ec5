"""Certificates of signers: found in the message, valid at the moment, made for signing, trusted, and whose they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509 import verification
from cryptography.x509.oid import NameOID

from chalicelib.adapters.signatures.message import UNREADABLE, UNSUPPORTED
from chalicelib.domain.electronic_signature import SignatureNotAccepted, SignerCertificate

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from chalicelib.adapters.signatures.message import Message

SNILS = x509.ObjectIdentifier("1.2.643.100.3")
"""СНИЛС in the subject of a qualified certificate (order No. 795 of the Federal Security Service)."""

LEAST_RSA_BITS = 2048

# Whatever the library may stumble over in a certificate that is none.
_STUMBLES = (
    ValueError,
    TypeError,
    OverflowError,
    UnsupportedAlgorithm,
    x509.InvalidVersion,
    x509.DuplicateExtension,
    x509.UnsupportedGeneralNameType,
)


def read_anchors(pem: str) -> tuple[x509.Certificate, ...]:
    """Read the trust anchors; raises ValueError."""
    return tuple(x509.load_pem_x509_certificates(pem.encode()))


def certificate_of(message: Message) -> tuple[x509.Certificate, tuple[x509.Certificate, ...]]:
    """Find the signer's certificate in the message; returns it and the others.

    Raises:
        SignatureNotAccepted: ``certificate_missing``, or it cannot be read.
    """
    try:
        given = tuple(x509.load_der_x509_certificate(data) for data in message.certificates)
        own = next((certificate for certificate in given if _is_named(certificate, message)), None)
    except _STUMBLES:
        raise SignatureNotAccepted("signature_unreadable", UNREADABLE) from None
    if own is None:
        detail = "В подписи нет вашего сертификата: включите его в файл подписи"
        raise SignatureNotAccepted("certificate_missing", detail)
    return own, tuple(certificate for certificate in given if certificate is not own)


def _is_named(certificate: x509.Certificate, message: Message) -> bool:
    if message.key_id is None:
        is_issued = certificate.issuer.public_bytes() == message.issuer
        return is_issued and certificate.serial_number == message.serial
    try:
        extension = certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier)
    except x509.ExtensionNotFound:
        return False
    return extension.value.digest == message.key_id


def public_key_of(certificate: x509.Certificate) -> rsa.RSAPublicKey | ec.EllipticCurvePublicKey:
    """The signer's key; raises SignatureNotAccepted if it is of another kind, or too short."""
    try:
        key = certificate.public_key()
    except _STUMBLES:
        key = None
    if isinstance(key, rsa.RSAPublicKey) and key.key_size >= LEAST_RSA_BITS:
        return key
    if isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1 | ec.SECP384R1 | ec.SECP521R1):
        return key
    raise SignatureNotAccepted("algorithm_not_supported", UNSUPPORTED)


def check_validity(certificate: x509.Certificate, at: datetime) -> None:
    """Check the period of the signer's certificate; raises SignatureNotAccepted."""
    if at < certificate.not_valid_before_utc:
        raise SignatureNotAccepted("certificate_not_yet_valid", "Срок действия сертификата ещё не начался")
    if at > certificate.not_valid_after_utc:
        raise SignatureNotAccepted("certificate_expired", "Срок действия сертификата истёк: получите новый")


def check_use(certificate: x509.Certificate) -> None:
    """Check that a certificate is made for signing and is no authority's; raises SignatureNotAccepted."""
    if not _is_for_signing(certificate):
        detail = "Этот сертификат не предназначен для подписи документов: выберите другой"
        raise SignatureNotAccepted("certificate_not_for_signing", detail)


def _is_for_signing(certificate: x509.Certificate) -> bool:
    try:
        extensions = certificate.extensions
    except _STUMBLES:
        return False
    for extension in extensions:
        value = extension.value
        if isinstance(value, x509.BasicConstraints) and value.ca:
            return False
        if isinstance(value, x509.KeyUsage) and not (value.digital_signature or value.content_commitment):
            return False
    return True


def check_chain(
    certificate: x509.Certificate,
    others: Sequence[x509.Certificate],
    *,
    anchors: Iterable[x509.Certificate],
    at: datetime,
) -> None:
    """Check that a chain of authorities, all of them valid at the moment, leads to a trust anchor.

    Whether a certificate was revoked is not asked.

    Raises:
        SignatureNotAccepted: ``certificate_not_trusted``.
    """
    # Who may be an authority is the library's own policy; a signer is no server, so its extensions are judged here.
    policy = verification.PolicyBuilder().store(verification.Store(list(anchors))).time(at)
    policy = policy.extension_policies(
        ca_policy=verification.ExtensionPolicy.webpki_defaults_ca(),
        ee_policy=verification.ExtensionPolicy.permit_all(),
    )
    try:
        policy.build_client_verifier().verify(certificate, list(others))
    except (verification.VerificationError, *_STUMBLES):
        detail = "Сертификат выдан центром, которому сервис не доверяет, или в подписи нет сертификатов этого центра"
        raise SignatureNotAccepted("certificate_not_trusted", detail) from None


def described(certificate: x509.Certificate) -> SignerCertificate:
    """Tell whose a certificate is."""
    subject = certificate.subject
    return SignerCertificate(
        digest=certificate.fingerprint(hashes.SHA256()).hex(),
        snils=_only(subject, SNILS),
        family_name=_only(subject, NameOID.SURNAME),
        given_names=_only(subject, NameOID.GIVEN_NAME),
        common_name=_only(subject, NameOID.COMMON_NAME),
    )


def _only(subject: x509.Name, identifier: x509.ObjectIdentifier) -> str:
    """The one value of an attribute; two of a kind say nothing certain."""
    values = [attribute.value for attribute in subject.get_attributes_for_oid(identifier)]
    return values[0] if len(values) == 1 and isinstance(values[0], str) else ""
