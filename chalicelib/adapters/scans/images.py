"""Decodes pictures fully within bounds, and draws what people see of them."""

from __future__ import annotations

import io
import struct
from typing import TYPE_CHECKING, Any, Final

from chalicelib.adapters.scans.containers import JPEG, PNG, is_progressive
from chalicelib.adapters.scans.fingerprints import fingerprint
from chalicelib.adapters.scans.heif import HEIF, decoded_heif, opened_heif
from chalicelib.adapters.scans.limits import ScanRefused
from chalicelib.adapters.scans.quality import measure
from chalicelib.adapters.scans.renditions import fitted, page_view, preview
from chalicelib.domain.scan_verdict import accepted
from chalicelib.ports.scans import Inspection

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageFile import ImageFile

    from chalicelib.adapters.scans.limits import ScanLimits

_ORIENTATION: Final = 0x0112
# What Pillow and libheif raise on hostile or cut files.
_BROKEN: Final = (
    OSError,
    SyntaxError,
    ValueError,
    KeyError,
    TypeError,
    IndexError,
    EOFError,
    OverflowError,
    struct.error,
)


def inspect_image(data: bytes, media_type: str, limits: ScanLimits) -> Inspection:
    """Judge a JPEG, PNG or HEIC; give the verdict and what people see of it. Raises ScanRefused."""
    picture, size = _decoded(data, media_type, limits)
    grey = fitted(picture, limits.work_side_px).convert("L")
    defect = measure(grey, limits).defect(limits)
    if defect is not None:
        # All blank pages look alike.
        mark = "" if defect == "blank" else fingerprint(grey)
        raise ScanRefused(defect, media_type=media_type, fingerprint=mark)
    return Inspection(
        verdict=accepted(media_type=media_type, pages=1, width=size[0], height=size[1]),
        preview=preview(picture, limits),
        pages=(page_view(picture, limits),),
    )


def _decoded(data: bytes, media_type: str, limits: ScanLimits) -> tuple[Image, tuple[int, int]]:
    """Give the picture upright, large enough to read, and its true size in pixels as a person sees it."""
    try:
        if media_type == HEIF:
            return _decoded_heif(data, limits)
        source = _opened(data, media_type)
        _check_size(source.size, media_type, limits, data)
        orientation = _orientation(source)
        true_size = source.size
        # A JPEG is decoded at a fraction of its size: all its data is read, the memory is not spent.
        if media_type == JPEG:
            source.draft(None, (limits.view_side_px, limits.view_side_px))
        source.load()
        picture = _upright(_flattened(source, limits), orientation)
    except _BROKEN as broken:
        raise ScanRefused("corrupted", media_type=media_type) from broken
    swapped = orientation in {5, 6, 7, 8}
    return picture, (true_size[1], true_size[0]) if swapped else true_size


def _decoded_heif(data: bytes, limits: ScanLimits) -> tuple[Image, tuple[int, int]]:
    photo: Any = opened_heif(data)
    _check_size(photo.size, HEIF, limits, data)
    picture = decoded_heif(photo)
    return _flattened(picture, limits), picture.size


def _opened(data: bytes, media_type: str) -> ImageFile:
    # The plug-ins are called by name: no other decoder can be reached by what a file says.
    from PIL import JpegImagePlugin, PngImagePlugin  # noqa: PLC0415 - only the inspector needs it

    plugin = {JPEG: JpegImagePlugin.JpegImageFile, PNG: PngImagePlugin.PngImageFile}[media_type]
    return plugin(io.BytesIO(data))


def _check_size(size: tuple[int, int], media_type: str, limits: ScanLimits, data: bytes) -> None:
    if size[0] * size[1] > _pixels_allowed(media_type, limits, data):
        raise ScanRefused("too_complex", media_type=media_type)
    if min(size) < limits.min_side_px:
        raise ScanRefused("too_small", media_type=media_type)


def _pixels_allowed(media_type: str, limits: ScanLimits, data: bytes) -> int:
    if media_type == HEIF:
        return limits.max_heif_pixels
    progressive = media_type == JPEG and is_progressive(data)
    return limits.max_progressive_pixels if progressive else limits.max_image_pixels


def _orientation(source: ImageFile) -> int:
    import warnings  # noqa: PLC0415 - beside its only use

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a broken EXIF block says nothing about the picture
        try:
            return int(source.getexif().get(_ORIENTATION, 1))
        except _BROKEN:
            return 1


def _upright(picture: Image, orientation: int) -> Image:
    from PIL.Image import Transpose  # noqa: PLC0415 - only the inspector needs it

    turns = {
        2: Transpose.FLIP_LEFT_RIGHT,
        3: Transpose.ROTATE_180,
        4: Transpose.FLIP_TOP_BOTTOM,
        5: Transpose.TRANSPOSE,
        6: Transpose.ROTATE_270,
        7: Transpose.TRANSVERSE,
        8: Transpose.ROTATE_90,
    }
    turn = turns.get(orientation)
    return picture if turn is None else picture.transpose(turn)


def _flattened(source: Image, limits: ScanLimits) -> Image:
    """Give an RGB picture that is no larger than people see it, on white where the source lets light through."""
    from PIL import Image as Images  # noqa: PLC0415 - only the inspector needs it

    has_alpha = "transparency" in source.info or source.mode in {"RGBA", "LA", "PA", "La", "RGBa"}
    if source.mode.startswith("I"):
        # 16 bits: a plain conversion would cut off, not scale.
        scaled = fitted(source, limits.view_side_px).convert("I")
        return scaled.point(lambda value: value * (1 / 257)).convert("L").convert("RGB")
    if source.mode in {"P", "PA", "1"} or (has_alpha and source.mode in {"L", "RGB"}):
        source = source.convert("RGBA" if has_alpha else "RGB")
    small = fitted(source, limits.view_side_px)
    if not has_alpha:
        return small.convert("RGB")
    layer = small.convert("RGBA")
    return Images.alpha_composite(Images.new("RGBA", layer.size, "white"), layer).convert("RGB")
