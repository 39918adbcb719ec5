"""Signing keys: in KMS on AWS, in memory for tests; and their public document (RFC 7517)."""

from __future__ import annotations

import base64
import hashlib
from functools import cached_property
from typing import TYPE_CHECKING, Any

from chalicelib.ports.errors import Unavailable
from chalicelib.ports.signing import PublicKey

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cryptography.hazmat.primitives.asymmetric.ec import (
        EllipticCurvePrivateKey,
        EllipticCurvePublicKey,
    )

COORDINATE_BYTES = 32
RAW_BYTES = 4096  # KMS hashes up to this itself; what is longer, a status list, is hashed here


class KMSSigner:
    """Signs with an ``ECC_NIST_P256`` key that never leaves KMS.

    ``kms`` is a boto3 client; ``key_id`` the KMS key that signs; ``retired_key_ids`` those that
    signed before: their public halves are still published. Public keys are fetched once in a
    process.
    """

    def __init__(self, *, kms: Any, key_id: str, retired_key_ids: tuple[str, ...] = ()) -> None:
        self._kms = kms
        self._kms_key_id = key_id
        self._retired_key_ids = retired_key_ids

    @property
    def key_id(self) -> str:
        """The ``kid`` of the current key."""
        return self._current.kid

    def sign(self, *, message: bytes) -> bytes:
        """Sign the message; 64 bytes, r then s; raises `Unavailable`."""
        from cryptography.hazmat.primitives.asymmetric import utils  # noqa: PLC0415 - heavy

        raw = len(message) <= RAW_BYTES
        answer = self._call(
            "sign",
            KeyId=self._kms_key_id,
            Message=message if raw else hashlib.sha256(message).digest(),
            MessageType="RAW" if raw else "DIGEST",
            SigningAlgorithm="ECDSA_SHA_256",
        )
        return _raw(*utils.decode_dss_signature(answer["Signature"]))

    def public_keys(self) -> tuple[PublicKey, ...]:
        """The current key first, then the retired ones; raises `Unavailable`."""
        return (self._current, *self._retired)

    @cached_property
    def _current(self) -> PublicKey:
        return self._fetch(self._kms_key_id, retired=False)

    @cached_property
    def _retired(self) -> tuple[PublicKey, ...]:
        return tuple(self._fetch(key_id, retired=True) for key_id in self._retired_key_ids)

    def _fetch(self, key_id: str, *, retired: bool) -> PublicKey:
        from cryptography.hazmat.primitives.serialization import (  # noqa: PLC0415 - heavy
            load_der_public_key,
        )

        answer = self._call("get_public_key", KeyId=key_id)
        key: Any = load_der_public_key(answer["PublicKey"])
        return public_key_of(key=key, retired=retired)

    def _call(self, operation: str, **arguments: Any) -> dict[str, Any]:
        from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - heavy

        try:
            answer: dict[str, Any] = getattr(self._kms, operation)(**arguments)
        except (BotoCoreError, ClientError) as error:
            raise Unavailable("Подпись временно недоступна, повторите позже") from error
        return answer


class LocalSigner:
    """Signs with a key in memory, deterministically (RFC 6979), so that tests can compare bytes."""

    def __init__(self, *, private_key: EllipticCurvePrivateKey, retired: tuple[PublicKey, ...] = ()) -> None:
        self._private_key = private_key
        self._retired_keys = retired

    @cached_property
    def _current(self) -> PublicKey:
        return public_key_of(key=self._private_key.public_key(), retired=False)

    @property
    def key_id(self) -> str:
        """The ``kid`` of the current key."""
        return self._current.kid

    def sign(self, *, message: bytes) -> bytes:
        """Sign the message; 64 bytes, r then s."""
        from cryptography.hazmat.primitives import hashes  # noqa: PLC0415 - heavy
        from cryptography.hazmat.primitives.asymmetric import ec, utils  # noqa: PLC0415 - heavy

        der = self._private_key.sign(message, ec.ECDSA(hashes.SHA256(), deterministic_signing=True))
        return _raw(*utils.decode_dss_signature(der))

    def public_keys(self) -> tuple[PublicKey, ...]:
        """The current key first, then the retired ones."""
        return (self._current, *self._retired_keys)


def local_signer(*, secret: int, retired: tuple[PublicKey, ...] = ()) -> LocalSigner:
    """A signer whose P-256 private key is the number ``secret``: for tests and examples."""
    from cryptography.hazmat.primitives.asymmetric import ec  # noqa: PLC0415 - heavy

    return LocalSigner(private_key=ec.derive_private_key(secret, ec.SECP256R1()), retired=retired)


def public_key_of(*, key: EllipticCurvePublicKey, retired: bool) -> PublicKey:
    """The coordinates of a P-256 key and its short id."""
    numbers = key.public_numbers()
    x, y = numbers.x.to_bytes(COORDINATE_BYTES), numbers.y.to_bytes(COORDINATE_BYTES)
    thumbprint = hashlib.sha256(f'{{"crv":"P-256","kty":"EC","x":"{_base64url(x)}","y":"{_base64url(y)}"}}'.encode())
    return PublicKey(kid=thumbprint.hexdigest()[:8], x=x, y=y, retired=retired)


def jwks(*, keys: Iterable[PublicKey]) -> dict[str, list[dict[str, str]]]:
    """The document of ``/.well-known/jwks.json`` (RFC 7517); ``status`` marks retired keys."""
    return {
        "keys": [
            {
                "kty": "EC",
                "crv": "P-256",
                "alg": "ES256",
                "use": "sig",
                "kid": key.kid,
                "x": _base64url(key.x),
                "y": _base64url(key.y),
                "status": "retired" if key.retired else "current",
            }
            for key in keys
        ]
    }


def _raw(r: int, s: int) -> bytes:
    return r.to_bytes(COORDINATE_BYTES) + s.to_bytes(COORDINATE_BYTES)


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")
