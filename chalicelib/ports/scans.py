"""What the core needs from the inspection of scans, and from the pictures that people see of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from chalicelib.domain.scan_verdict import ScanVerdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspection:
    """What the inspection found.

    ``preview`` is a JPEG of at most 512 px and 60 KB, ``pages`` JPEGs of at most 2000 px of the first
    pages, at most five: all drawn anew from pixels, upright, with no metadata. A refused scan has none.
    ``fingerprint`` is of the picture that was refused, empty where none was seen: see ``domain.scan_repeats``.
    """

    verdict: ScanVerdict
    preview: bytes | None = None
    pages: tuple[bytes, ...] = ()
    fingerprint: str = ""


class ScanInspector(Protocol):
    """Looks into an uploaded file (C2, C3)."""

    def inspect(self, *, data: bytes, declared_media_type: str, max_pages: int) -> Inspection:
        """Judge ``data`` by its content.

        ``declared_media_type`` is what the uploader claimed: it decides nothing, for the verdict
        carries the true type. Raises ``Unavailable`` when the inspection itself could not be done
        in time, which says nothing about the file.
        """
        ...


class Pictures(Protocol):
    """Changes pictures that the service made itself; never called with what somebody uploaded (C3, O2)."""

    def turned(self, *, picture: bytes, degrees: int) -> bytes:
        """Turn a JPEG clockwise by 0, 90, 180 or 270 degrees."""
        ...

    def watermarked(self, *, picture: bytes, text: str, degrees: int) -> bytes:
        """Turn a JPEG, and write ``text`` over it again and again, so that it can be read and so can the page."""
        ...
