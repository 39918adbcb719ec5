"""HEIC and HEIF photos: what the boxes say before a decoder is asked, and the decoding (C2).

The decoder, libheif with libde265, has a history of memory errors: it is only called in the bounded process, for
the one picture that a person would see, and without the thumbnails, depth maps and gain maps beside it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from chalicelib.adapters.scans.limits import ScanRefused

if TYPE_CHECKING:
    from PIL.Image import Image

HEIF: Final = "image/heic"

_STILL_BRANDS: Final = frozenset({b"heic", b"heix", b"heim", b"heis"})
_SEQUENCE_BRANDS: Final = frozenset({b"hevc", b"hevx", b"hevm", b"hevs", b"msf1"})
_AVIF_BRANDS: Final = frozenset({b"avif", b"avis"})
# ISO 14496-12, and the boxes in which phones keep the video of a moving photo and notes of their own.
_BOXES: Final = frozenset(
    {b"ftyp", b"meta", b"mdat", b"free", b"skip", b"wide", b"idat", b"uuid", b"moov", b"mpvd", b"sefd"}
)
_LARGE: Final = 1
_TO_THE_END: Final = 0
_HEAD: Final = 8
_LARGE_HEAD: Final = 16


def is_heif(data: bytes) -> bool:
    """Say whether a file with an ``ftyp`` box holds HEVC stills; refuse those that play or hold another codec."""
    brands = _brands(data)
    if brands & _STILL_BRANDS:
        return True
    if brands & _AVIF_BRANDS:
        raise ScanRefused("unsupported_format", name="AVIF")
    if brands & _SEQUENCE_BRANDS:
        raise ScanRefused("animated", media_type=HEIF)
    return b"mif1" in brands


def _brands(data: bytes) -> frozenset[bytes]:
    end = min(int.from_bytes(data[:4]), 512, len(data))
    return frozenset({data[8:12], *(data[at : at + 4] for at in range(16, end - 3, 4))})


def heif_end(data: bytes) -> int:
    """Give where the last box ends; refuse a file that is cut or describes no picture."""
    at, described = 0, False
    while at + _HEAD <= len(data) and data[at + 4 : at + 8] in _BOXES:
        described = described or data[at + 4 : at + 8] == b"meta"
        at = _box_end(data, at)
    if at > len(data) or not described:
        raise ScanRefused("corrupted", media_type=HEIF)
    return at


def _box_end(data: bytes, at: int) -> int:
    size, head = int.from_bytes(data[at : at + 4]), _HEAD
    if size == _LARGE:
        size, head = int.from_bytes(data[at + 8 : at + 16]), _LARGE_HEAD
    if size == _TO_THE_END:
        return len(data)
    if size < head:
        raise ScanRefused("corrupted", media_type=HEIF)
    return at + size


def opened_heif(data: bytes) -> Any:
    """Give the photo of a file, not yet decoded: its ``size`` is what the file declares."""
    try:
        import pillow_heif  # noqa: PLC0415 - only the process that inspects pays for it
    except ImportError:
        # The runtime of Python 3.11 cannot have the decoder (requirements.txt).
        raise ScanRefused("unsupported_format", name="HEIC") from None

    options = pillow_heif.options
    options.DECODE_THREADS = 0
    options.THUMBNAILS = options.DEPTH_IMAGES = options.AUX_IMAGES = False
    file = pillow_heif.open_heif(data, remove_stride=False)
    return file[file.primary_index]


def decoded_heif(photo: Any) -> Image:
    """Decode the photo; raises ScanRefused where it needs more memory than its declared size explains.

    libheif turns it as the file says, so that the orientation in its EXIF is to be ignored.
    """
    try:
        picture: Image = photo.to_pillow()
    except RuntimeError as greedy:
        raise ScanRefused("too_complex", media_type=HEIF) from greedy
    return picture
