"""What people see of a scan: pictures drawn anew from pixels, so that nothing else of the file comes along (C3)."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image

    from chalicelib.adapters.scans.limits import ScanLimits


def fitted(picture: Image, side: int) -> Image:
    """Give the picture with its long side at most ``side`` px; never enlarges."""
    from PIL.Image import Resampling  # noqa: PLC0415 - only the inspector needs it

    ratio = side / max(picture.size)
    if ratio >= 1:
        return picture
    size = (max(1, round(picture.width * ratio)), max(1, round(picture.height * ratio)))
    return picture.resize(size, Resampling.BOX)


def preview(picture: Image, limits: ScanLimits) -> bytes:
    """Give a JPEG of the picture within the limits of a preview, with no metadata."""
    side = limits.thumbnail_side_px
    while True:
        small = fitted(picture, side)
        for quality in (80, 65, 50, 35):
            found = as_jpeg(small, quality=quality, optimize=True)
            if len(found) <= limits.thumbnail_bytes:
                return found
        side = side * 3 // 4


def page_view(picture: Image, limits: ScanLimits) -> bytes:
    """Give a JPEG of the picture that is large enough to read, with no metadata."""
    return as_jpeg(fitted(picture, limits.view_side_px), quality=limits.view_quality)


def as_jpeg(picture: Image, *, quality: int, optimize: bool = False) -> bytes:
    """Write pixels as a JPEG and nothing else: Pillow would copy the comment of the file that they came from."""
    pixels = picture.convert("RGB")
    pixels.info = {}
    out = io.BytesIO()
    pixels.save(out, "JPEG", quality=quality, optimize=optimize)
    return out.getvalue()
