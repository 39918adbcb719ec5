"""Tokens of QR codes: a CWT (RFC 8392) in COSE_Sign1, in Base32 for links and Base45 for wallets.

The format and the private claim are described in docs/qr.md.
"""

from __future__ import annotations

import base64
import binascii
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from chalicelib.adapters.documents import cose
from chalicelib.adapters.documents.cose import TokenRefused
from chalicelib.adapters.documents.status_list import StatusList
from chalicelib.domain.qr_claims import (
    STATUS_REASONS,
    TERM_ZONE,
    DocumentStatus,
    QrClaims,
    QrKind,
    QrReason,
    QrVerdict,
    StatedPeriod,
    start_of_day,
    term_reason,
)
from chalicelib.ports.signing import Signer

if TYPE_CHECKING:
    from collections.abc import Iterable

    from chalicelib.ports.signing import PublicKey

EXPIRES, ISSUED_AT, TOKEN_ID = 4, 6, 7  # RFC 8392, 3.1
DOCUMENT = -65537  # private use (RFC 8392, 9.1)
STATED = -65538  # private use too
EPOCH = date(1900, 1, 1)  # as in the barcode of the paper policy: a birth date takes two bytes
LONGEST_PACKED_NUMBER = 18
TOKEN_ID_BYTES = 5
MAX_TOKEN = 2_000


def encode_cwt(*, claims: QrClaims, signer: Signer) -> bytes:
    """Sign the claims into a CWT; raises what the signer raises."""
    document = [
        int(claims.kind),
        _pack_number(claims.number),
        (claims.born_on - EPOCH).days,
        (claims.valid_from - EPOCH).days,
        int(claims.insurer_code or 0),
    ]
    payload: dict[int, Any] = {
        ISSUED_AT: int(claims.issued_at.timestamp()),
        TOKEN_ID: claims.status_list.to_bytes(2) + claims.status_index.to_bytes(3),
        DOCUMENT: document if claims.name is None else [*document, claims.name],
    }
    if claims.stated is not None:
        days = (claims.stated.from_on, claims.stated.to_on)
        payload[STATED] = [*((day - EPOCH).days for day in days), int(claims.stated.is_continuous)]
    if claims.valid_until is not None:
        payload[EXPIRES] = int(start_of_day(day=claims.valid_until).timestamp())
    return cose.sign(payload=payload, signer=signer)


def token_base32(*, cwt: bytes) -> str:
    """The CWT as it stands in a link: Base32 (RFC 4648) without padding."""
    return base64.b32encode(cwt).decode().rstrip("=")


def token_base45(*, cwt: bytes) -> str:
    """The same CWT for wallets: zlib, then Base45 (RFC 9285), as Claim 169 does."""
    import base45  # noqa: PLC0415 - links do not need it

    text: str | bytes = base45.b45encode(zlib.compress(cwt, 9))
    return text.decode() if isinstance(text, bytes) else text


def link(*, token: str, public_base_url: str) -> str:
    """The link of a code, ``HTTPS://HOST/Q#TOKEN``, in upper case for the alphanumeric mode."""
    parts = urlsplit(public_base_url)
    return f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}/Q".upper() + f"#{token}"


def decode_cwt(*, token: str) -> bytes:
    """The CWT of a token, of a whole link, or of the Base45 variant.

    Raises:
        TokenRefused: UNREADABLE.
    """
    text = token.strip().rpartition("#")[2]
    if not text or len(text) > MAX_TOKEN:
        raise TokenRefused(QrReason.UNREADABLE)
    try:
        return base64.b32decode(text.upper() + "=" * (-len(text) % 8))
    except (binascii.Error, ValueError):
        return _decode_base45(text)


def decode_and_verify(
    *,
    token: str,
    keys: Iterable[PublicKey],
    at: datetime,
    status: Callable[[int], StatusList | None],
) -> QrVerdict:
    """Say whether a code is valid at the moment ``at``, and why not (requirement F3).

    ``status`` gives the status list of an id, or None if it is not at hand (a dict's ``get``
    will do); the verdict then has no ``status_at``. Never raises for what a camera may read.
    """
    try:
        verified = cose.verify(message=decode_cwt(token=token), keys=keys)
        claims = _claims(verified.payload)
    except TokenRefused as refusal:
        return QrVerdict(reason=refusal.reason)
    found = status(claims.status_list)
    reason = _reason(claims=claims, at=at, found=found)
    return QrVerdict(
        reason=reason,
        claims=claims,
        status_at=found.issued_at if found else None,
        status_is_stale=bool(found and found.is_stale(at=at)),
        retired_key=verified.key.retired,
    )


def _reason(*, claims: QrClaims, at: datetime, found: StatusList | None) -> QrReason:
    """What was withdrawn is told before what merely ran out: it is the graver news."""
    status = found.status_of(index=claims.status_index) if found else DocumentStatus.VALID
    by_status = STATUS_REASONS[status]
    return term_reason(claims=claims, at=at) if by_status is QrReason.VALID else by_status


def _pack_number(number: str) -> int | str:
    """Digits as an integer behind a leading 1, which keeps leading zeros; other numbers as text."""
    plain = number.isascii() and number.isdecimal() and len(number) <= LONGEST_PACKED_NUMBER
    return int(f"1{number}") if plain else number


def _claims(payload: dict[Any, Any]) -> QrClaims:
    match payload.get(DOCUMENT):
        case [int() as kind, int() | str(), int(), int(), int(), *name] if kind in set(QrKind):
            if [type(part) for part in name] not in ([], [str]):
                raise TokenRefused(QrReason.UNSUPPORTED)
        case _:
            raise TokenRefused(QrReason.UNSUPPORTED)
    try:
        return _build(payload, payload[DOCUMENT])
    except (KeyError, ValueError, TypeError, OverflowError, OSError) as error:
        raise TokenRefused(QrReason.UNREADABLE) from error


def _build(payload: dict[Any, Any], document: list[Any]) -> QrClaims:
    kind, number, born, valid_from, insurer, *name = document
    status_list, status_index = _place(payload[TOKEN_ID])
    until = payload.get(EXPIRES)
    return QrClaims(
        kind=QrKind(kind),
        number=str(number)[1:] if isinstance(number, int) else number,
        born_on=EPOCH + timedelta(days=born),
        valid_from=EPOCH + timedelta(days=valid_from),
        valid_until=_day(until) if until is not None else None,
        insurer_code=f"{insurer:05d}" if insurer else "",
        status_list=status_list,
        status_index=status_index,
        issued_at=datetime.fromtimestamp(payload[ISSUED_AT], tz=UTC),
        name=name[0] if name else None,
        stated=_stated(payload[STATED]) if STATED in payload else None,
    )


def _stated(told: Any) -> StatedPeriod:
    if not isinstance(told, list) or [type(part) for part in told] != [int, int, int]:
        raise TokenRefused(QrReason.UNREADABLE)
    first, last, continuous = told
    return StatedPeriod(
        from_on=EPOCH + timedelta(days=first), to_on=EPOCH + timedelta(days=last), is_continuous=continuous == 1
    )


def _place(token_id: object) -> tuple[int, int]:
    if not isinstance(token_id, bytes) or len(token_id) != TOKEN_ID_BYTES:
        raise TokenRefused(QrReason.UNREADABLE)
    return int.from_bytes(token_id[:2]), int.from_bytes(token_id[2:])


def _day(seconds: int) -> date:
    return datetime.fromtimestamp(seconds, tz=TERM_ZONE).date()


def _decode_base45(text: str) -> bytes:
    import base45  # noqa: PLC0415 - links do not need it

    try:
        packed = base45.b45decode(text)
        engine = zlib.decompressobj()
        plain = engine.decompress(packed, MAX_TOKEN)
    except (ValueError, zlib.error, OverflowError) as error:
        raise TokenRefused(QrReason.UNREADABLE) from error
    if not engine.eof:
        raise TokenRefused(QrReason.UNREADABLE)
    return plain


@dataclass(frozen=True, slots=True, kw_only=True)
class CwtQrTokens:
    """The `QrTokens` port over a signer; ``status`` finds the list of an id, or None."""

    signer: Signer
    public_base_url: str
    status: Callable[[int], StatusList | None]

    def link(self, *, claims: QrClaims) -> str:
        """Sign the claims into the link of a QR code; raises what the signer raises."""
        cwt = encode_cwt(claims=claims, signer=self.signer)
        return link(token=token_base32(cwt=cwt), public_base_url=self.public_base_url)

    def verify(self, *, token: str, at: datetime) -> QrVerdict:
        """Check the token of a link; raises only what the signer raises for its keys."""
        return decode_and_verify(token=token, keys=self.signer.public_keys(), at=at, status=self.status)
