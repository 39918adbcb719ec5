"""The address at which a ticket's letters are answered: it names the ticket, signed, so that none is guessed (L2)."""

from __future__ import annotations

import hashlib
import hmac
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_TOKEN_SIGNS = 20
"""80 bits of the HMAC: an address cannot be tried out by letters."""

_LOCAL_PART = re.compile(r"t-([0-9a-hjkmnp-tv-z]{26})-([0-9a-f]{20})")


def reply_address(*, ticket_id: str, secret: bytes, domain: str) -> str:
    """The address of a ticket; "" where letters are not received. Letters are small: mail systems fold them."""
    if not domain:
        return ""
    return f"t-{ticket_id.lower()}-{_signature(ticket_id, secret)}@{domain.lower()}"


def ticket_of(*, addresses: Iterable[str], secret: bytes, domain: str) -> str | None:
    """The ticket that one of the addresses names under our signature, or None."""
    for address in addresses:
        local, _, host = address.rpartition("@")
        found = _LOCAL_PART.fullmatch(local)
        if found is None or host != domain.lower():
            continue
        ticket_id = found[1].upper()
        if hmac.compare_digest(found[2], _signature(ticket_id, secret)):
            return ticket_id
    return None


def _signature(ticket_id: str, secret: bytes) -> str:
    return hmac.new(secret, f"ticket-reply|{ticket_id}".encode(), hashlib.sha256).hexdigest()[:_TOKEN_SIGNS]
