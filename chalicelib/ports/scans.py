"""What the core needs from the inspection of scans."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from chalicelib.domain.scan_verdict import ScanVerdict


class ScanInspector(Protocol):
    """Looks into an uploaded file (C2, C3)."""

    def inspect(self, *, data: bytes, declared_media_type: str) -> tuple[ScanVerdict, bytes | None]:
        """Judge ``data`` by its content; give the verdict and a preview.

        ``declared_media_type`` is what the uploader claimed: it decides nothing, for the verdict
        carries the true type. The preview is a JPEG of at most 512 px and 60 KB, or ``None`` when
        the scan is refused. Raises ``Unavailable`` when the inspection itself could not be done
        in time, which says nothing about the file.
        """
        ...
