"""What the core needs to read contacts that people typed."""

from __future__ import annotations

from typing import Protocol


class ContactParser(Protocol):
    """Brings an e-mail address or a phone number to its one form (A5)."""

    def parse_email(self, text: str) -> str:
        """Give the normal form of an address; raises InvalidValue (``invalid_email``)."""
        ...

    def parse_phone(self, text: str) -> str:
        """Give a Russian number in E.164; raises InvalidValue (``invalid_phone``)."""
        ...
