"""Bounds and thresholds of the inspection, and the refusal that leaves it."""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.domain.scan_verdict import MAX_SCAN_BYTES, ScanVerdict, refused

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanLimits:
    """Settings of the inspection (C1, C2).

    Sizes are in pixels, bytes or seconds as the names say. ``blurred_below`` and
    ``blank_ink_tiles`` were measured on generated pages: ``tests/functional/scan_files.py`` makes
    them. ``wall_seconds`` is larger than ``cpu_seconds`` because a Lambda of 512 MB gets less than
    a third of a processor.
    """

    max_bytes: int = MAX_SCAN_BYTES
    min_side_px: int = 600
    max_image_pixels: int = 40_000_000
    max_progressive_pixels: int = 26_000_000
    max_jpeg_scans: int = 64
    max_pages: int = 20
    max_pdf_objects: int = 20_000
    max_inflated_bytes: int = 32 * MIB
    work_side_px: int = 1024
    ink_deviation: float = 6.0
    blank_ink_tiles: int = 4
    blurred_below: float = 0.02
    thumbnail_side_px: int = 512
    thumbnail_bytes: int = 60 * 1024
    cpu_seconds: int = 5
    wall_seconds: float = 20.0
    memory_bytes: int = 320 * MIB


class ScanRefused(Exception):
    """The file has a defect; carries the verdict."""

    def __init__(
        self,
        code: str,
        *,
        media_type: str | None = None,
        name: str | None = None,
        page: int | None = None,
    ) -> None:
        super().__init__(code)
        self.verdict: ScanVerdict = refused(code=code, media_type=media_type, name=name, page=page)
