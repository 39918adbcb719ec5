"""QR codes of links: the matrix, and its PNG and SVG pictures."""

from __future__ import annotations

import struct
import zlib
from functools import lru_cache

QUIET_ZONE = 4  # modules on every side (ISO/IEC 18004)
MASK = 2  # any mask is readable; a fixed one spares the search, four fifths of the time
WHITE = b"\xff"


@lru_cache(maxsize=8)
def qr_matrix(link: str) -> tuple[tuple[bool, ...], ...]:
    """The dark modules of a code of level M, without quiet zone.

    All but ``#`` goes in alphanumeric mode, where a character takes 5.5 bits instead of 8; a
    link in lower case takes bytes.
    """
    import qrcode  # noqa: PLC0415 - only what draws codes loads it
    from qrcode import util  # noqa: PLC0415 - as above

    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, mask_pattern=MASK, border=0)
    for index, part in enumerate(link.split("#")):
        if index:
            code.add_data(util.QRData(b"#", mode=util.MODE_8BIT_BYTE))
        if part:
            code.add_data(util.QRData(part.encode(), mode=util.optimal_mode(part.encode())))
    code.make(fit=True)
    return tuple(tuple(bool(module) for module in row) for row in code.modules)


def qr_version(link: str) -> int:
    """The version (size) of the code, 1 to 40."""
    return (len(qr_matrix(link)) - 17) // 4


def runs(link: str) -> list[tuple[int, int, int]]:
    """Horizontal runs of dark modules: (row, column, length)."""
    found = []
    for row, modules in enumerate(qr_matrix(link)):
        start = None
        for column, dark in enumerate((*modules, False)):
            if dark and start is None:
                start = column
            elif not dark and start is not None:
                found.append((row, start, column - start))
                start = None
    return found


def qr_svg(link: str) -> str:
    """The code as an SVG picture with quiet zone; scales without loss."""
    side = len(qr_matrix(link)) + 2 * QUIET_ZONE
    path = "".join(
        f"M{column + QUIET_ZONE} {row + QUIET_ZONE}h{length}v1h-{length}z" for row, column, length in runs(link)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}" role="img" '
        f'aria-label="QR-код документа"><path fill="#fff" d="M0 0h{side}v{side}H0z"/>'
        f'<path d="{path}"/></svg>'
    )


def qr_png(link: str, scale: int = 8) -> bytes:
    """The code as a one-bit grey PNG with quiet zone; ``scale`` is pixels a module."""
    matrix = qr_matrix(link)
    side = (len(matrix) + 2 * QUIET_ZONE) * scale
    blank = b"\x00" + WHITE * (-(-side // 8))
    margin = blank * (QUIET_ZONE * scale)
    rows = b"".join(_png_row(modules, scale) * scale for modules in matrix)
    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        (
            _chunk(b"IHDR", header),
            _chunk(b"IDAT", zlib.compress(margin + rows + margin, 9)),
            _chunk(b"IEND", b""),
        )
    )


def _png_row(modules: tuple[bool, ...], scale: int) -> bytes:
    """One filtered scan line: 1 is white."""
    zone = "1" * (QUIET_ZONE * scale)
    bits = zone + "".join(("0" if dark else "1") * scale for dark in modules) + zone
    bits += "1" * (-len(bits) % 8)
    return b"\x00" + int(bits, 2).to_bytes(len(bits) // 8)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
