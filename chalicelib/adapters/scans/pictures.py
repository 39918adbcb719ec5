"""Turns and marks pictures that the service drew itself: what the inspection made, never what somebody uploaded."""

from __future__ import annotations

import io
import math
from functools import cache
from typing import TYPE_CHECKING, Final

from chalicelib.adapters.scans.renditions import as_jpeg

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PIL.Image import Image
    from PIL.ImageFont import FreeTypeFont

_QUALITY: Final = 85
_FONT: Final = "PT_Sans-Web-Bold.ttf"
# Of the long side of the page: the height of the letters, and the room between lines and between repetitions.
_LETTERS: Final = 1 / 45
_LINES_APART: Final = 8
_TEXTS_APART: Final = 3
_ANGLE: Final = 30
# A mid-grey blue shows on paper and on dark photos alike; what lies beneath shines through.
_INK: Final = (40, 70, 150)
_OPACITY: Final = 84
_TURNS: Final = frozenset({0, 90, 180, 270})


class PillowPictures:
    """Implements ``Pictures``; the imaging library is loaded by the first call."""

    def turned(self, *, picture: bytes, degrees: int) -> bytes:
        """Turn a JPEG clockwise by 0, 90, 180 or 270 degrees."""
        return as_jpeg(_turned(picture, degrees), quality=_QUALITY)

    def watermarked(self, *, picture: bytes, text: str, degrees: int) -> bytes:
        """Turn a JPEG and write the text over all of it, in lines that rise to the right."""
        page = _turned(picture, degrees)
        page.paste(_INK, (0, 0, *page.size), _mask(page.size, text))
        return as_jpeg(page, quality=_QUALITY)


def _turned(picture: bytes, degrees: int) -> Image:
    # The plug-in is called by name: no other decoder can be reached by what a file says.
    from PIL import Image as Images  # noqa: PLC0415 - the API must not pay for it before the first picture
    from PIL.JpegImagePlugin import JpegImageFile  # noqa: PLC0415 - as above

    if degrees not in _TURNS:
        raise ValueError("a quarter turn is 90 degrees")
    page: Image = JpegImageFile(io.BytesIO(picture))
    if degrees:
        turn = {90: Images.Transpose.ROTATE_270, 180: Images.Transpose.ROTATE_180, 270: Images.Transpose.ROTATE_90}
        page = page.transpose(turn[degrees])
    return page.convert("RGB")


def _mask(size: tuple[int, int], text: str) -> Image:
    """Give the places of the ink: the text is drawn and turned once, then laid out on the page."""
    from PIL import Image as Images  # noqa: PLC0415 - as above

    height = max(12, round(max(size) * _LETTERS))
    turned, width = _strip(text, height)
    mask = Images.new("L", size)
    for left, top in _places(size, along=width + _TEXTS_APART * height, across=_LINES_APART * height):
        mask.paste(_OPACITY, (left - turned.width // 2, top - turned.height // 2), turned)
    return mask


def _places(size: tuple[int, int], *, along: int, across: int) -> Iterator[tuple[int, int]]:
    """Give the middles of the texts: rows that rise to the right, every second one shifted by half a step."""
    cos, sin = math.cos(math.radians(_ANGLE)), math.sin(math.radians(_ANGLE))
    reach = math.hypot(*size) / 2 + along
    for row in range(-int(reach // across) - 1, int(reach // across) + 2):
        for step in range(-int(reach // along) - 1, int(reach // along) + 2):
            x, y = (step + row % 2 / 2) * along, row * across
            yield round(size[0] / 2 + x * cos + y * sin), round(size[1] / 2 - x * sin + y * cos)


def _strip(text: str, height: int) -> tuple[Image, int]:
    """Draw a text as a mask; give it turned, and how wide it was before."""
    from PIL import Image as Images  # noqa: PLC0415 - as above
    from PIL import ImageDraw  # noqa: PLC0415 - as above

    font = _font(height)
    width = math.ceil(font.getlength(text))
    flat = Images.new("L", (width, 2 * height))
    ImageDraw.Draw(flat).text((0, height // 2), text, font=font, fill=255)
    return flat.rotate(_ANGLE, Images.Resampling.BILINEAR, expand=True), width


@cache
def _font(height: int) -> FreeTypeFont:
    import fontpkg_pt_sans  # noqa: PLC0415 - once in a process
    from PIL import ImageFont  # noqa: PLC0415 - as above

    return ImageFont.truetype(fontpkg_pt_sans.ROOT / "files" / _FONT, height)
