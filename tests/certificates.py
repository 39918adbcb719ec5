"""Authorities, certificates and detached signatures for tests, made anew each time."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import pkcs7
from cryptography.x509.oid import NameOID

from tests.world import NOW

if TYPE_CHECKING:
    from datetime import datetime

SNILS = x509.ObjectIdentifier("1.2.643.100.3")
ANNA = {
    NameOID.SURNAME: "Примерова",
    NameOID.GIVEN_NAME: "Анна Сергеевна",
    NameOID.COMMON_NAME: "Примерова Анна Сергеевна",
}
ANNAS_SNILS = {SNILS: "90000000182"}
OPTIONS = (pkcs7.PKCS7Options.DetachedSignature, pkcs7.PKCS7Options.Binary)
CURVES: dict[str, type[ec.EllipticCurve]] = {
    "p256": ec.SECP256R1,
    "p384": ec.SECP384R1,
    "p521": ec.SECP521R1,
    "k256": ec.SECP256K1,
}
USES = (
    "digital_signature",
    "content_commitment",
    "key_encipherment",
    "data_encipherment",
    "key_agreement",
    "key_cert_sign",
    "crl_sign",
    "encipher_only",
    "decipher_only",
)


@cache
def key_of(kind: str, number: int = 0) -> Any:
    """A key of a kind, the same for the same number: RSA keys take long to make."""
    if kind.startswith("rsa"):
        return rsa.generate_private_key(65537, int(kind[3:] or 2048))
    return ec.generate_private_key(CURVES[kind]())


def usage(*names: str) -> x509.KeyUsage:
    """A key usage in which these bits are set."""
    return x509.KeyUsage(**{name: name in names for name in USES})


@dataclass(frozen=True, kw_only=True)
class Holder:
    """A certificate with its key, and the certificates above it, the anchor's last."""

    certificate: x509.Certificate
    key: Any
    above: tuple[x509.Certificate, ...] = ()

    def pem(self) -> str:
        return self.certificate.public_bytes(serialization.Encoding.PEM).decode()

    def issue(
        self,
        subject: dict[x509.ObjectIdentifier, str],
        *,
        kind: str = "rsa",
        number: int = 1,
        since: datetime = NOW - timedelta(days=30),
        until: datetime = NOW + timedelta(days=300),
        extensions: tuple[x509.ExtensionType, ...] = (),
    ) -> Holder:
        """Issue a certificate below this one."""
        key = key_of(kind, number)
        made = _made(subject, self.certificate.subject, key, self.key, (since, until), extensions)
        return Holder(certificate=made, key=key, above=(self.certificate, *self.above))


AUTHORITY = (x509.BasicConstraints(ca=True, path_length=None), usage("key_cert_sign", "crl_sign"))


def root(title: str = "Корневой центр", *, number: int = 100) -> Holder:
    """A trust anchor."""
    key = key_of("p256", number)
    subject = {NameOID.COMMON_NAME: title}
    term = (NOW - timedelta(days=1000), NOW + timedelta(days=1000))
    return Holder(certificate=_made(subject, name_of(subject), key, key, term, AUTHORITY), key=key)


def authority(above: Holder, title: str = "Удостоверяющий центр", **more: Any) -> Holder:
    """An authority below a trust anchor."""
    return above.issue({NameOID.COMMON_NAME: title}, **{"kind": "p256", "number": 101, "extensions": AUTHORITY, **more})


def name_of(parts: dict[x509.ObjectIdentifier, str]) -> x509.Name:
    return x509.Name([x509.NameAttribute(identifier, value) for identifier, value in parts.items()])


def _made(
    subject: dict[x509.ObjectIdentifier, str],
    issuer: x509.Name,
    key: Any,
    signing_key: Any,
    term: tuple[datetime, datetime],
    extensions: tuple[x509.ExtensionType, ...],
) -> x509.Certificate:
    builder = x509.CertificateBuilder().subject_name(name_of(subject)).issuer_name(issuer)
    builder = builder.public_key(key.public_key()).serial_number(x509.random_serial_number())
    builder = builder.not_valid_before(term[0]).not_valid_after(term[1])
    for extension in extensions:
        builder = builder.add_extension(
            extension, critical=isinstance(extension, x509.BasicConstraints | x509.KeyUsage)
        )
    return builder.sign(signing_key, hashes.SHA256())


def detached(
    content: bytes,
    *holders: Holder,
    algorithm: hashes.HashAlgorithm | None = None,
    pss: bool = False,
    options: tuple[pkcs7.PKCS7Options, ...] = OPTIONS,
    chain: tuple[x509.Certificate, ...] | None = None,
) -> bytes:
    """A detached signature in DER, with the certificates above the holder's but the anchor's."""
    used = algorithm or hashes.SHA256()
    salted = padding.PSS(mgf=padding.MGF1(used), salt_length=32) if pss else None
    builder = pkcs7.PKCS7SignatureBuilder().set_data(content)
    for holder in holders:
        builder = builder.add_signer(holder.certificate, holder.key, used, rsa_padding=salted)
    for certificate in holders[0].above[:-1] if chain is None else chain:
        builder = builder.add_certificate(certificate)
    return builder.sign(serialization.Encoding.DER, list(options))


def base64_of(der: bytes) -> str:
    return base64.b64encode(der).decode()
