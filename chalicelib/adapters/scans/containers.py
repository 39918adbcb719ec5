"""The true type of a file by its content, and payloads that do not belong to it."""

from __future__ import annotations

import re
import struct
import zlib
from typing import Final

from chalicelib.adapters.scans.heif import HEIF, heif_end, is_heif
from chalicelib.adapters.scans.limits import ScanLimits, ScanRefused

JPEG: Final = "image/jpeg"
PNG: Final = "image/png"
PDF: Final = "application/pdf"
PNG_MAGIC: Final = b"\x89PNG\r\n\x1a\n"

_MAGIC: Final = ((b"\xff\xd8\xff", JPEG), (PNG_MAGIC, PNG), (b"%PDF-", PDF))
_FOREIGN_FORMATS: Final = (
    (b"GIF8", "GIF"),
    (b"II*\x00", "TIFF"),
    (b"MM\x00*", "TIFF"),
    (b"BM", "BMP"),
    (b"PK\x03\x04", "ZIP (DOCX, XLSX)"),
    (b"\xd0\xcf\x11\xe0", "DOC"),
    (b"{\\rtf", "RTF"),
    (b"AT&TFORM", "DjVu"),
    (b"\xff\x0a", "JPEG XL"),
    (b"\x00\x00\x00\x0cJXL ", "JPEG XL"),
    (b"\x00\x00\x00\x0cjP  ", "JPEG 2000"),
)
# Assembled from halves, so that a virus scanner does not take this module for the test file.
_EICAR: Final = b"EICAR-STANDARD-" + b"ANTIVIRUS-TEST-FILE"
_MARKUP: Final = re.compile(rb"<script[\s>]|<html[\s>]|<\?php\s|<!doctype html", re.IGNORECASE)
_END_OF_ZIP: Final = b"PK\x05\x06"
_ZIP_TAIL: Final = 65_557
_ARCHIVES: Final = (b"PK\x03\x04", b"Rar!\x1a", b"7z\xbc\xaf\x27\x1c", b"%PDF-", b"\x7fELF")
# Phones append small blocks of their own after the end of a photo; a scanner pads with zeros.
_PHONE_TRAILER: Final = 64 * 1024
_OTHER_TRAILER: Final = 1024
_PREFIX_SEARCH: Final = 1024
_STANDALONE: Final = frozenset({0x01, *range(0xD0, 0xD8)})
_SEQUENTIAL: Final = frozenset({0xC0, 0xC1})
_PROGRESSIVE: Final = frozenset({0xC2, 0xC6, 0xCA, 0xCE})


def true_type(data: bytes) -> str:
    """Give the media type that the first bytes speak of; refuse all others, by name if known."""
    for magic, media_type in _MAGIC:
        if data.startswith(magic):
            return media_type
    if data[4:8] == b"ftyp" and is_heif(data):
        return HEIF
    _refuse_by_name(data)
    if any(magic in data[:_PREFIX_SEARCH] for magic, _ in _MAGIC):
        raise ScanRefused("foreign_data")
    raise ScanRefused("unsupported_format")


def _refuse_by_name(data: bytes) -> None:
    if data[4:8] == b"ftyp":
        raise ScanRefused("unsupported_format", name="MP4")
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        raise ScanRefused("unsupported_format", name="WebP")
    for magic, name in _FOREIGN_FORMATS:
        if data.startswith(magic):
            raise ScanRefused("unsupported_format", name=name)


def refuse_payloads(data: bytes, media_type: str, limits: ScanLimits) -> None:
    """Refuse the antivirus test file, markup and archives inside, and a long trailer."""
    if _EICAR in data:
        raise ScanRefused("infected", media_type=media_type)
    if _MARKUP.search(data) or _ends_as_zip(data):
        raise ScanRefused("foreign_data", media_type=media_type)
    ends = {JPEG: _jpeg_end, PNG: _png_end, PDF: _pdf_end, HEIF: _heif_end}
    trailer = data[ends[media_type](data, limits) :]
    tolerance = _PHONE_TRAILER if media_type in {JPEG, HEIF} else _OTHER_TRAILER
    if len(trailer) > tolerance or any(magic in trailer for magic in _ARCHIVES):
        raise ScanRefused("foreign_data", media_type=media_type)


def _ends_as_zip(data: bytes) -> bool:
    """Say whether an unpacker would take the file for a ZIP: a closing record that fits."""
    start = max(0, len(data) - _ZIP_TAIL)
    at = data.rfind(_END_OF_ZIP, start)
    while at != -1:
        record = data[at : at + 22]
        if len(record) == 22:  # noqa: PLR2004 - the fixed part of the record, APPNOTE 4.3.16
            directory, _, comment = struct.unpack("<IIH", record[12:])
            if at + 22 + comment <= len(data) and directory <= at:
                return True
        at = data.rfind(_END_OF_ZIP, start, at)
    return False


def _jpeg_end(data: bytes, limits: ScanLimits) -> int:
    """Walk the image and the pictures that phones put behind it (MPF, gain maps)."""
    end = _one_jpeg_end(data, 0, limits)
    while data.startswith(b"\xff\xd8\xff", end):
        end = _one_jpeg_end(data, end, limits)
    return end


def _one_jpeg_end(data: bytes, start: int, limits: ScanLimits) -> int:
    at, scans = start + 2, 0
    while True:
        at = _next_marker(data, at)
        marker = data[at + 1]
        if marker == 0xD9:  # noqa: PLR2004 - EOI
            return at + 2
        if marker in _STANDALONE or marker == 0:
            at += 2
            continue
        scans += marker == 0xDA  # noqa: PLR2004 - SOS
        if scans > limits.max_jpeg_scans:
            raise ScanRefused("too_complex", media_type=JPEG)
        at += 2 + int.from_bytes(data[at + 2 : at + 4])


_MARKER: Final = re.compile(rb"\xff[\x01-\xfe]")


def _next_marker(data: bytes, at: int) -> int:
    found = _MARKER.search(data, at)
    if found is None:
        raise ScanRefused("corrupted", media_type=JPEG)
    return found.start()


def is_progressive(data: bytes) -> bool:
    """Say whether a JPEG keeps all its coefficients in memory while it is decoded."""
    at, components = 2, b""
    while (found := _MARKER.search(data, at)) is not None:
        marker, at = data[found.start() + 1], found.start()
        if marker in _PROGRESSIVE:
            return True
        if marker in _SEQUENTIAL:
            components = data[at + 9 : at + 10]
        if marker == 0xDA:  # noqa: PLR2004 - SOS: the frame header has passed
            # A sequential picture whose first scan has not all components is buffered whole too.
            return data[at + 4 : at + 5] != components
        at += 2 if marker in _STANDALONE else 2 + int.from_bytes(data[at + 2 : at + 4])
    return False


def _png_end(data: bytes, _limits: ScanLimits) -> int:
    at = len(PNG_MAGIC)
    while at + 12 <= len(data):
        length, kind = int.from_bytes(data[at : at + 4]), data[at + 4 : at + 8]
        start, at = at + 4, at + 12 + length
        if kind == b"acTL":
            raise ScanRefused("animated", media_type=PNG)
        if kind[:1].isupper() and zlib.crc32(data[start : at - 4]) != int.from_bytes(data[at - 4 : at]):
            raise ScanRefused("corrupted", media_type=PNG)
        if kind == b"IEND" and at <= len(data):
            return at
    raise ScanRefused("corrupted", media_type=PNG)


def _heif_end(data: bytes, _limits: ScanLimits) -> int:
    return heif_end(data)


def _pdf_end(data: bytes, _limits: ScanLimits) -> int:
    at = data.rfind(b"%%EOF")
    if at == -1:
        raise ScanRefused("corrupted", media_type=PDF)
    return at + 5
