"""COSE_Sign1 with ES256 (RFC 9052, RFC 9053): the envelope of tokens and status lists."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from chalicelib.domain.qr_claims import QrReason
from chalicelib.ports.signing import PublicKey

if TYPE_CHECKING:
    from collections.abc import Iterable

    from chalicelib.ports.signing import Signer

ALGORITHM = 1
KEY_ID = 4
TYPE = 16  # RFC 9596
ES256 = -7
TAG_SIGN1 = 18
MAX_BYTES = 64 * 1024
SIGNATURE_BYTES = 64


class TokenRefused(Exception):
    """The bytes are not a token that may be trusted; ``reason`` says why."""

    def __init__(self, reason: QrReason) -> None:
        super().__init__(reason.value)
        self.reason = reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """A payload whose signature is right, and the key that made it."""

    payload: dict[Any, Any]
    key: PublicKey


def sign(*, payload: dict[Any, Any], signer: Signer, typ: str | None = None) -> bytes:
    """Wrap a claims map in a tagged COSE_Sign1, deterministically encoded but for the signature."""
    import cbor2  # noqa: PLC0415 - only Lambdas that sign or check load it

    header: dict[int, Any] = {ALGORITHM: ES256, KEY_ID: bytes.fromhex(signer.key_id)}
    if typ is not None:
        header[TYPE] = typ
    protected = cbor2.dumps(header, canonical=True)
    body = cbor2.dumps(payload, canonical=True)
    signature = signer.sign(message=_to_be_signed(protected=protected, body=body))
    return cbor2.dumps(cbor2.CBORTag(TAG_SIGN1, [protected, {}, body, signature]), canonical=True)


def verify(*, message: bytes, keys: Iterable[PublicKey], typ: str | None = None) -> Verified:
    """Check a COSE_Sign1 against the published keys.

    Raises:
        TokenRefused: UNREADABLE, UNSUPPORTED (another algorithm or type), UNKNOWN_KEY or
            BAD_SIGNATURE.
    """
    protected, body, signature = _open(message)
    header = _as_map(_load(protected))
    if header.get(ALGORITHM) != ES256 or header.get(TYPE) != typ:
        raise TokenRefused(QrReason.UNSUPPORTED)
    kid = header.get(KEY_ID)
    key = next((key for key in keys if isinstance(kid, bytes) and key.kid == kid.hex()), None)
    if key is None:
        raise TokenRefused(QrReason.UNKNOWN_KEY)
    _check(key=key, message=_to_be_signed(protected=protected, body=body), signature=signature)
    return Verified(payload=_as_map(_load(body)), key=key)


def _open(message: bytes) -> tuple[bytes, bytes, bytes]:
    """Take a COSE_Sign1 apart; what is not under the signature, the loose header, must be empty."""
    envelope = _load(message)
    if getattr(envelope, "tag", None) != TAG_SIGN1:
        raise TokenRefused(QrReason.UNSUPPORTED)
    match envelope.value:
        case [bytes() as protected, Mapping() as loose, bytes() as body, bytes() as signature] if not loose:
            return protected, body, signature
        case _:
            raise TokenRefused(QrReason.UNREADABLE)


def _load(data: bytes) -> Any:
    import cbor2  # noqa: PLC0415 - as above

    if len(data) > MAX_BYTES:
        raise TokenRefused(QrReason.UNREADABLE)
    stream = io.BytesIO(data)
    try:
        value = cbor2.CBORDecoder(stream, read_size=1).decode()
    except (cbor2.CBORDecodeError, ValueError, TypeError, RecursionError) as error:
        raise TokenRefused(QrReason.UNREADABLE) from error
    if stream.read(1):
        raise TokenRefused(QrReason.UNREADABLE)
    return value


def _as_map(value: Any) -> dict[Any, Any]:
    if not isinstance(value, dict):
        raise TokenRefused(QrReason.UNREADABLE)
    return value


def _to_be_signed(*, protected: bytes, body: bytes) -> bytes:
    import cbor2  # noqa: PLC0415 - as above

    return cbor2.dumps(["Signature1", protected, b"", body], canonical=True)


def _check(*, key: PublicKey, message: bytes, signature: bytes) -> None:
    from cryptography.exceptions import InvalidSignature  # noqa: PLC0415 - as above
    from cryptography.hazmat.primitives import hashes  # noqa: PLC0415 - as above
    from cryptography.hazmat.primitives.asymmetric import ec, utils  # noqa: PLC0415 - as above

    half = SIGNATURE_BYTES // 2
    if len(signature) != SIGNATURE_BYTES:
        raise TokenRefused(QrReason.BAD_SIGNATURE)
    numbers = ec.EllipticCurvePublicNumbers(int.from_bytes(key.x), int.from_bytes(key.y), ec.SECP256R1())
    der = utils.encode_dss_signature(int.from_bytes(signature[:half]), int.from_bytes(signature[half:]))
    try:
        numbers.public_key().verify(der, message, ec.ECDSA(hashes.SHA256()))
    except InvalidSignature as error:
        raise TokenRefused(QrReason.BAD_SIGNATURE) from error
