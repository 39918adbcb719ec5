"""Signed compact lists of the statuses of documents (IETF draft Token Status List, in CWT).

Two bits a document, packed from the low bits, compressed by zlib: 100,000 documents of which one in
twenty is withdrawn take about 9 KB, so that a clinic carries the list and checks offline.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from chalicelib.adapters.documents import cose
from chalicelib.adapters.documents.cose import TokenRefused
from chalicelib.domain.qr_claims import DocumentStatus, QrReason
from chalicelib.ports.signing import Signer

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from chalicelib.ports.signing import PublicKey

MEDIA_TYPE = "application/statuslist+cwt"
SUBJECT, ISSUED_AT = 2, 6
TIME_TO_LIVE, STATUS_LIST = 65534, 65533
BITS = 2
PER_BYTE = 8 // BITS
MAX_BYTES = 2**24 // PER_BYTE  # an index has three bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusList:
    """A checked list: two bits a document in ``packed``; ``ttl`` is how long it may be relied upon."""

    list_id: int
    packed: bytes
    issued_at: datetime
    ttl: timedelta

    def status_of(self, *, index: int) -> DocumentStatus:
        """The status at ``index``; what lies past the end was never withdrawn, so it is VALID."""
        place, shift = divmod(index, PER_BYTE)
        if place >= len(self.packed):
            return DocumentStatus.VALID
        return DocumentStatus((self.packed[place] >> (shift * BITS)) & 0b11)

    def age(self, *, at: datetime) -> timedelta:
        """How old the list is at the moment ``at``."""
        return at - self.issued_at

    def is_stale(self, *, at: datetime) -> bool:
        """Whether the list is past its time to live."""
        return self.age(at=at) > self.ttl


def pack(*, size: int, statuses: Mapping[int, DocumentStatus]) -> bytes:
    """Pack ``size`` statuses, two bits each; what is not named is VALID.

    Raises:
        IndexError: an index lies past ``size``.
    """
    packed = bytearray(-(-size // PER_BYTE))
    for index, status in statuses.items():
        if not 0 <= index < size:
            raise IndexError(index)
        place, shift = divmod(index, PER_BYTE)
        packed[place] |= status << (shift * BITS)
    return bytes(packed)


def encode_status_list(*, status_list: StatusList, subject: str, signer: Signer) -> bytes:
    """Sign a list as a status list token; ``subject`` is the address where it is published."""
    payload: dict[int, Any] = {
        SUBJECT: subject,
        ISSUED_AT: int(status_list.issued_at.timestamp()),
        TIME_TO_LIVE: int(status_list.ttl.total_seconds()),
        STATUS_LIST: {"bits": BITS, "lst": zlib.compress(status_list.packed, 9)},
    }
    return cose.sign(payload=payload, signer=signer, typ=MEDIA_TYPE)


def decode_status_list(*, message: bytes, keys: Iterable[PublicKey]) -> StatusList:
    """Check a status list token and unpack it.

    Raises:
        TokenRefused: it is not one, or its signature is wrong.
    """
    payload = cose.verify(message=message, keys=keys, typ=MEDIA_TYPE).payload
    try:
        if payload[STATUS_LIST]["bits"] != BITS:
            raise TokenRefused(QrReason.UNSUPPORTED)
        return StatusList(
            list_id=int(payload[SUBJECT].rpartition("/")[2]),
            packed=_inflate(payload[STATUS_LIST]["lst"]),
            issued_at=datetime.fromtimestamp(payload[ISSUED_AT], tz=UTC),
            ttl=timedelta(seconds=payload[TIME_TO_LIVE]),
        )
    except (KeyError, ValueError, TypeError, AttributeError, zlib.error) as error:
        raise TokenRefused(QrReason.UNREADABLE) from error


def _inflate(data: bytes) -> bytes:
    engine = zlib.decompressobj()
    plain = engine.decompress(data, MAX_BYTES)
    if not engine.eof:
        raise TokenRefused(QrReason.UNREADABLE)
    return plain


TTL = timedelta(hours=24)
_STATUSES = {
    "revoked": DocumentStatus.REVOKED,
    "suspended": DocumentStatus.SUSPENDED,
    "replaced": DocumentStatus.REPLACED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedStatusLists:
    """The `StatusLists` port over a signer."""

    signer: Signer
    public_base_url: str

    def sign(self, *, number: int, statuses: Mapping[int, str], at: datetime) -> bytes:
        """Sign the list of a number; ``statuses`` maps a place to revoked, suspended or replaced."""
        size = max(statuses, default=0) + 1
        packed = pack(size=size, statuses={place: _STATUSES[name] for place, name in statuses.items()})
        made = StatusList(list_id=number, packed=packed, issued_at=at, ttl=TTL)
        subject = f"{self.public_base_url}/v1/status-lists/{number}"
        return encode_status_list(status_list=made, subject=subject, signer=self.signer)
