"""What the local OpenID provider is told from outside."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from infra.local.http_service import is_loopback


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """Issuer, audience and clients; addresses beyond the loopback must be listed exactly."""

    issuer: str
    audience: str = "polis"
    client_ids: frozenset[str] = frozenset({"polis"})
    redirect_uris: frozenset[str] = frozenset()

    def may_return_to(self, uri: str) -> bool:
        """Whether a browser may be sent to this address: listed, or plain loopback (RFC 8252)."""
        if uri in self.redirect_uris:
            return True
        try:
            parts = urlsplit(uri)
            host, _ = parts.hostname or "", parts.port
        except ValueError:
            return False
        # Control characters and backslashes are read differently by browsers and by us.
        plain = uri.isascii() and uri.isprintable() and "\\" not in uri and " " not in uri
        simple = not parts.fragment and parts.username is None
        return plain and simple and parts.scheme in {"http", "https"} and is_loopback(host)
