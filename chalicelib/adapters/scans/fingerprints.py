"""A fingerprint of a picture by which its copies are found, however they were saved or sent (C2).

The brightness of 16 by 16 fields of the picture. Measured on photos of a page: saving with another quality, scaling and
what messengers do to a picture move no field by more than 2 of 255 levels, while taking the same photo again moves
some field by 6 or more. What counts as a copy is decided in ``domain.scan_repeats``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from PIL.Image import Image

_SIDE: Final = 16


def fingerprint(grey: Image) -> str:
    """Give the fields, row by row, as two hexadecimal digits each; ``grey`` has mode L."""
    from PIL.Image import Resampling  # noqa: PLC0415 - only the inspector needs it

    return grey.resize((_SIDE, _SIDE), Resampling.BOX).tobytes().hex()
