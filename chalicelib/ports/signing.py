"""The signature on documents and the published keys that check it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicKey:
    """A P-256 key that signatures are checked with.

    ``kid`` is eight hexadecimal digits: the first four bytes of the RFC 7638 thumbprint; ``x`` and ``y``
    are 32 bytes each; a ``retired`` key signs no more, but what it signed keeps verifying.
    """

    kid: str
    x: bytes
    y: bytes
    retired: bool = False


class Signer(Protocol):
    """Signs with the current key (ES256)."""

    @property
    def key_id(self) -> str:
        """The ``kid`` of the current key."""
        ...

    def sign(self, *, message: bytes) -> bytes:
        """Sign the message: SHA-256, ECDSA P-256; 64 bytes, r then s (RFC 7518, 3.4).

        Raises:
            Unavailable: the keeper of the key did not answer.
        """
        ...

    def public_keys(self) -> tuple[PublicKey, ...]:
        """The current key first, then the retired ones; raises as `sign` does."""
        ...
