"""Stored files: scans that people upload and documents that the service makes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadForm:
    """Where and with which form fields to POST a file straight to the storage (requirement C1)."""

    url: str
    fields: Mapping[str, str]
    expires_in: int
    max_bytes: int


class Files(Protocol):
    """One bucket."""

    def upload_form(
        self, *, key: str, media_type: str, max_bytes: int, seconds: int, back_to: str | None = None
    ) -> UploadForm:
        """Permit one upload of 1..max_bytes of this very media type under this very key.

        The storage then sends a browser to ``back_to``, where one is given.
        """
        ...

    def read(self, *, key: str, version: str | None = None, max_bytes: int) -> bytes:
        """Read a file, at most one byte more than ``max_bytes``; raises NotFound, Unavailable."""
        ...

    def write(self, *, key: str, data: bytes, media_type: str) -> None:
        """Write a file; raises Unavailable."""
        ...

    def link(self, *, key: str, filename: str, seconds: int, inline: bool = False) -> str:
        """Make a link by which anyone may download the file for so many seconds."""
        ...

    def erase(self, *, prefix: str) -> int:
        """Destroy every version of every file whose key begins so; returns how many; raises Unavailable."""
        ...

    def scanner_verdict(self, *, key: str, version: str | None = None) -> str | None:
        """Return the verdict of an external malware scanner, if it left one (requirement C4)."""
        ...
