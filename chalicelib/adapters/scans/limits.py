"""Bounds and thresholds of the inspection, and the refusal that leaves it."""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.domain.scan_verdict import MAX_PAGES, MAX_SCAN_BYTES, ScanVerdict, refused

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanLimits:
    """Settings of the inspection (C1, C2).

    Sizes are in pixels, bytes or seconds as the names say. ``blurred_below`` and
    ``blank_ink_tiles`` were measured on generated pages: ``tests/functional/scan_files.py`` makes
    them. ``wall_seconds`` is larger than ``cpu_seconds`` because a Lambda of 512 MB gets less than
    a third of a processor. ``memory_bytes`` lets the 48 megapixels of a phone's HEIC through, which
    no decoder reduces while it decodes: 7.5 bytes a pixel were measured.
    """

    max_bytes: int = MAX_SCAN_BYTES
    min_side_px: int = 600
    max_image_pixels: int = 40_000_000
    max_progressive_pixels: int = 26_000_000
    max_heif_pixels: int = 50_000_000
    max_jpeg_scans: int = 64
    max_pages: int = MAX_PAGES
    max_pdf_objects: int = 20_000
    max_inflated_bytes: int = 32 * MIB
    work_side_px: int = 1024
    ink_deviation: float = 6.0
    blank_ink_tiles: int = 4
    blurred_below: float = 0.02
    thumbnail_side_px: int = 512
    thumbnail_bytes: int = 60 * 1024
    view_side_px: int = 2000
    view_pages: int = 5
    view_quality: int = 85
    cpu_seconds: int = 8
    wall_seconds: float = 30.0
    memory_bytes: int = 448 * MIB


class ScanRefused(Exception):
    """The file has a defect; carries the verdict, and the fingerprint of the picture if it was seen."""

    def __init__(
        self,
        code: str,
        *,
        media_type: str | None = None,
        name: str | None = None,
        page: int | None = None,
        at_most: int | None = None,
        fingerprint: str = "",
    ) -> None:
        super().__init__(code)
        self.verdict: ScanVerdict = refused(code=code, media_type=media_type, name=name, page=page, at_most=at_most)
        self.fingerprint = fingerprint
