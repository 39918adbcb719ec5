"""Hostile pictures, made by code: what a decoder swallows that should not, and what is no picture at all."""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING

from PIL import Image

from tests.functional import scan_files as make
from tests.security.hostile import Hostile

if TYPE_CHECKING:
    from collections.abc import Iterator

MEGABYTE = 1024 * 1024
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-" + b"ANTIVIRUS-TEST-FILE!$H+H*"


def chunk(kind: bytes, body: bytes) -> bytes:
    """One chunk of a PNG."""
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def declared_png(
    width: int, height: int, *, depth: int = 8, colours: int = 2, body: bytes = b"", middle: bytes = b""
) -> bytes:
    """A PNG that says how large it is, whatever it holds."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colours, 0, 0, 0))
    return make.PNG_HEAD + head + middle + chunk(b"IDAT", zlib.compress(body, 9)) + chunk(b"IEND", b"")


def declared_jpeg(good: bytes, width: int, height: int) -> bytes:
    """A JPEG whose frame says another size than it has."""
    at = good.index(b"\xff\xc0")
    return good[: at + 5] + struct.pack(">HH", height, width) + good[at + 9 :]


def padded(data: bytes, size: int) -> bytes:
    """A JPEG brought to a size by sections of its own, as cameras write them."""
    missing, parts = size - len(data), b""
    while missing > 0:
        length = min(missing, 60_000)
        parts += b"\xff\xef" + struct.pack(">H", length - 2) + bytes(length - 4)
        missing -= length
    return data[:2] + parts + data[2:]


def pictures() -> Iterator[Hostile]:
    """Every hostile picture with the code that refuses it."""
    page = make.page(width=620, height=877, lines=8)
    jpeg, png = make.jpeg(page), make.png(page)
    yield from _bombs(page, jpeg)
    yield from _cut_short(page, jpeg, png)
    yield from _two_in_one(jpeg, png)
    yield from _other_types(page)
    yield from _of_phones(page)


def _bombs(page: Image.Image, jpeg: bytes) -> Iterator[Hostile]:
    black = bytes(4_000_000)
    yield Hostile("PNG of 50,000 by 50,000", declared_png(50_000, 50_000, body=black), {"too_complex"})
    yield Hostile("PNG of 2^31 by 2^31", declared_png(2**31 - 1, 2**31 - 1), {"too_complex"})
    yield Hostile("PNG of one row of 40,000,001", declared_png(40_000_001, 1), {"too_complex"})
    yield Hostile("PNG of no width", declared_png(0, 800), {"corrupted"})
    yield Hostile("PNG of 16 bits, 9,000 by 9,000", declared_png(9000, 9000, depth=16, colours=6), {"too_complex"})
    text = chunk(b"zTXt", b"Comment\x00\x00" + zlib.compress(bytes(100 * MEGABYTE), 9))
    yield Hostile("PNG with 100 MB of text", declared_png(620, 877, middle=text, body=bytes(877 * 1861)), {"corrupted"})
    profile = chunk(b"iCCP", b"p\x00\x00" + zlib.compress(bytes(100 * MEGABYTE), 9))
    yield Hostile(
        "PNG with 100 MB of a profile",
        declared_png(620, 877, middle=profile, body=bytes(877 * 1861)),
        {"corrupted"},
    )
    yield Hostile("PNG whose data never ends", declared_png(620, 877, body=bytes(64 * MEGABYTE)), {"blank"})
    yield Hostile("JPEG of 65,500 by 65,500", declared_jpeg(jpeg, 65_500, 65_500), {"too_complex"})
    yield Hostile("JPEG of one column of 65,500", declared_jpeg(jpeg, 1, 65_500), {"too_small"})
    progressive = make.jpeg(page.reduce(2), progressive=True)
    scan = progressive[progressive.rindex(b"\xff\xda") : -2]
    yield Hostile("JPEG of 120 scans", progressive[:-2] + scan * 120 + b"\xff\xd9", {"too_complex"})
    wide = Image.new("L", (7000, 7000), 200)
    yield Hostile("progressive JPEG of 49 megapixels", make.jpeg(wide, progressive=True, quality=30), {"too_complex"})
    frames = [page.rotate(angle) for angle in range(3, 6)]
    yield Hostile("PNG of many frames", make.png(page, save_all=True, append_images=frames), {"animated"})
    yield Hostile("5 MB and a byte", padded(jpeg, 5 * MEGABYTE + 1), {"too_large"})
    yield Hostile("blank sheet", make.jpeg(Image.new("L", (1240, 1754), 255)), {"blank"})
    yield Hostile("picture of 40 by 60", make.jpeg(page.resize((40, 60))), {"too_small"})


def _cut_short(page: Image.Image, jpeg: bytes, png: bytes) -> Iterator[Hostile]:
    yield Hostile("nothing", b"", {"empty"})
    yield Hostile("one zero", b"\0", {"unsupported_format"})
    yield Hostile("a megabyte of zeros", bytes(MEGABYTE), {"unsupported_format"})
    for name, whole in (("JPEG", jpeg), ("PNG", png)):
        yield Hostile(f"{name} cut after its head", whole[:24], {"corrupted"})
        yield Hostile(f"{name} cut in its middle", whole[: len(whole) // 2], {"corrupted"})
        yield Hostile(f"{name} without its last bytes", whole[:-6], {"corrupted"})
    yield Hostile("JPEG of endless sections", b"\xff\xd8\xff" + b"\xff\xe0\x00\x02" * 500_000, {"corrupted"})
    yield Hostile("PNG of a chunk of 4 GB", make.PNG_HEAD + b"\xff\xff\xff\xffIDAT" + png[40:], {"corrupted"})
    spoilt = bytearray(png)
    spoilt[len(png) // 2 : len(png) // 2 + 400] = bytes(400)
    yield Hostile("PNG with spoilt data", bytes(spoilt), {"corrupted"})


def _two_in_one(jpeg: bytes, png: bytes) -> Iterator[Hostile]:
    for name, whole in (("JPEG", jpeg), ("PNG", png)):
        yield Hostile(f"{name} and ZIP", whole + make.zip_file(), {"foreign_data"})
        yield Hostile(f"{name} and page of HTML", whole + b"<html><script>alert(1)</script>", {"foreign_data"})
        yield Hostile(f"{name} and program", whole + b"\x7fELF" + bytes(100), {"foreign_data"})
        yield Hostile(f"{name} and Windows program", whole + b"MZ" + bytes(100_000), {"foreign_data"})
        yield Hostile(f"{name} and PDF", whole + b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF", {"foreign_data"})
    yield Hostile(
        "PHP in a comment of a JPEG", jpeg[:2] + comment(b"<?php system($_GET[1]); ?>") + jpeg[2:], {"foreign_data"}
    )
    yield Hostile("EICAR in a comment of a JPEG", jpeg[:2] + comment(EICAR) + jpeg[2:], {"infected"})
    yield Hostile("EICAR behind a PNG", png + EICAR, {"infected"})
    yield Hostile("GIF's name, JavaScript and a JPEG", b"GIF89a/*" + jpeg + b"*/=1;alert(1)", {"unsupported_format"})
    yield Hostile("page of HTML before a JPEG", b"<html>" + jpeg, {"foreign_data"})


def comment(text: bytes) -> bytes:
    """The section of a JPEG that holds a remark."""
    return b"\xff\xfe" + struct.pack(">H", len(text) + 2) + text


def _other_types(page: Image.Image) -> Iterator[Hostile]:
    small = page.reduce(4)
    for kind in ("GIF", "TIFF", "WEBP", "BMP", "AVIF"):
        yield Hostile(f"{kind} named scan.jpg", make.saved(small, kind), {"unsupported_format"})
    yield Hostile("icon with a PNG in it", make.saved(small, "ICO"), {"foreign_data"})
    yield Hostile("EICAR alone", EICAR, {"unsupported_format"})
    yield Hostile("ZIP alone", make.zip_file(), {"unsupported_format"})
    yield Hostile("program of Linux", b"\x7fELF\x02\x01\x01" + bytes(4096), {"unsupported_format"})
    yield Hostile("program of Windows", b"MZ\x90\x00" + bytes(4096), {"unsupported_format"})
    yield Hostile("page of HTML", b"<!doctype html><script>alert(1)</script>", {"unsupported_format"})
    yield Hostile(
        "SVG that reads a file",
        b'<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]><svg>&x;</svg>',
        {"unsupported_format"},
    )
    yield Hostile("PostScript", b"%!PS-Adobe-3.0\n(/etc/passwd) (r) file\n", {"unsupported_format"})


def _of_phones(page: Image.Image) -> Iterator[Hostile]:
    whole = make.heic(page)
    yield Hostile("HEIC cut in its middle", whole[: len(whole) // 2], {"corrupted"})
    yield Hostile("HEIC's head alone", whole[:40], {"corrupted"})
    at = whole.index(b"ispe") + 8
    huge = whole[:at] + struct.pack(">II", 60_000, 60_000) + whole[at + 8 :]
    yield Hostile("HEIC of 60,000 by 60,000", huge, {"too_complex"})
    yield Hostile("HEIC and ZIP", whole + make.zip_file(), {"foreign_data"})
