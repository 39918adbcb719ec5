"""Reading a detached CMS signature (RFC 5652, section 5) into what has to be checked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from asn1crypto import cms, core

from chalicelib.domain.electronic_signature import SignatureNotAccepted

GOST_ARC = "1.2.643."
"""Object identifiers of Russia: among algorithms these are ГОСТ Р 34.10 and 34.11."""

DIGESTS = frozenset({"sha256", "sha384", "sha512"})
SIGNATURES = frozenset({"rsassa_pkcs1v15", "rsassa_pss", "ecdsa"})
MAX_CERTIFICATES = 10

UNREADABLE = "Подпись не читается: приложите отсоединённую подпись CMS в кодировке DER, записанную в Base64"
UNSUPPORTED = "Алгоритм подписи не поддерживается: подпишите сертификатом RSA или ECDSA с SHA-2 или кодом из СМС"
GOST = "Алгоритм подписи не поддерживается: ГОСТ Р 34.10 пока не принимается. Подпишите кодом из СМС"

# Whatever a reader of foreign bytes may stumble over, beside what it refuses on purpose.
_STUMBLES = (ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError, RecursionError)


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One signature: over the signed attributes where there are some, else over the content itself.

    ``salt_length`` is that of RSASSA-PSS, None for other algorithms; ``content_digest`` is what the signed attributes
    say of the content. The signer is named by ``issuer`` (DER) and ``serial``, or by ``key_id``.
    """

    digest: str
    algorithm: str
    salt_length: int | None
    signature: bytes
    signed_attributes: bytes | None
    content_digest: bytes | None
    certificates: tuple[bytes, ...]
    issuer: bytes | None = None
    serial: int | None = None
    key_id: bytes | None = None


def read_message(data: bytes) -> Message:
    """Read a signature.

    Raises:
        SignatureNotAccepted: ``signature_unreadable``, ``signature_not_detached``, ``several_signatures``
            or ``algorithm_not_supported``.
    """
    try:
        return _read(data)
    except SignatureNotAccepted:
        raise
    except _STUMBLES:
        raise SignatureNotAccepted("signature_unreadable", UNREADABLE) from None


def _read(data: bytes) -> Message:
    outer = cms.ContentInfo.load(data, strict=True)
    if outer["content_type"].native != "signed_data":
        raise SignatureNotAccepted("signature_unreadable", UNREADABLE)
    signed = outer["content"]
    if not isinstance(signed["encap_content_info"]["content"], core.Void):
        detail = "В файл подписи вложены данные: приложите отсоединённую подпись"
        raise SignatureNotAccepted("signature_not_detached", detail)
    if len(signed["signer_infos"]) != 1:
        raise SignatureNotAccepted("several_signatures", "Приложите файл с одной подписью — вашей")
    signer = signed["signer_infos"][0]
    digest, algorithm, salt_length = _algorithm(signer)
    attributes, content_digest = _attributes(signer)
    return Message(
        digest=digest,
        algorithm=algorithm,
        salt_length=salt_length,
        signature=signer["signature"].native,
        signed_attributes=attributes,
        content_digest=content_digest,
        certificates=_certificates(signed),
        **_signer_name(signer["sid"]),
    )


def _algorithm(signer: Any) -> tuple[str, str, int | None]:
    digest, signature = signer["digest_algorithm"]["algorithm"], signer["signature_algorithm"]
    dotted = (digest.dotted, signature["algorithm"].dotted)
    if any(identifier.startswith(GOST_ARC) for identifier in dotted):
        raise SignatureNotAccepted("algorithm_not_supported", GOST)
    if digest.native not in DIGESTS:
        raise SignatureNotAccepted("algorithm_not_supported", UNSUPPORTED)
    name = _signature_name(signature)
    if name not in SIGNATURES or _hash_of(signature) not in {None, digest.native}:
        raise SignatureNotAccepted("algorithm_not_supported", UNSUPPORTED)
    return digest.native, name, _salt_length(signature, digest.native) if name == "rsassa_pss" else None


def _signature_name(signature: Any) -> str:
    try:
        return str(signature.signature_algo)
    except ValueError:
        return ""


def _hash_of(signature: Any) -> str | None:
    """The digest that the name of the algorithm or its parameters state, if they do."""
    try:
        return str(signature.hash_algo)
    except ValueError:
        return None


def _salt_length(signature: Any, digest: str) -> int:
    parameters = signature["parameters"]
    mask = parameters["mask_gen_algorithm"]
    if mask["algorithm"].native != "mgf1" or mask["parameters"]["algorithm"].native != digest:
        raise SignatureNotAccepted("algorithm_not_supported", UNSUPPORTED)
    return int(parameters["salt_length"].native)


def _attributes(signer: Any) -> tuple[bytes | None, bytes | None]:
    """The signed attributes as they were signed (a SET, RFC 5652, section 5.4), and the digest among them."""
    attributes = signer["signed_attrs"]
    if isinstance(attributes, core.Void):
        return None, None
    found: dict[str, Any] = {}
    for attribute in attributes:
        name = attribute["type"].native
        if name in found or len(attribute["values"]) != 1:
            raise SignatureNotAccepted("signature_unreadable", UNREADABLE)
        found[name] = attribute["values"][0]
    if found["content_type"].native != "data":
        raise SignatureNotAccepted("signature_unreadable", UNREADABLE)
    return attributes.untag().dump(), found["message_digest"].native


def _certificates(signed: Any) -> tuple[bytes, ...]:
    given = signed["certificates"]
    if isinstance(given, core.Void):
        return ()
    if len(given) > MAX_CERTIFICATES:
        raise SignatureNotAccepted("signature_unreadable", f"В подписи больше {MAX_CERTIFICATES} сертификатов")
    return tuple(choice.chosen.dump() for choice in given if choice.name == "certificate")


def _signer_name(sid: Any) -> dict[str, Any]:
    if sid.name == "subject_key_identifier":
        return {"key_id": sid.native}
    named = sid.chosen
    return {"issuer": named["issuer"].dump(), "serial": named["serial_number"].native}
