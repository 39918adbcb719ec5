"""PT Sans for PDF pages, subset and compiled once in a process.

fpdf2 subsets and compiles every font anew for every document: two thirds of the time of a page. Here the
subset holds a fixed set of characters, so that its PDF objects are the same in all documents and are
made once. PT Sans is under the SIL Open Font License 1.1 with reserved names: the subset lives in
memory and in documents only, which the licence leaves free, and is never shipped as a font file.
"""

from __future__ import annotations

import copy
import io
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

from fpdf import FPDF
from fpdf.output import OutputProducer

FAMILY = "PTSans"
REGULAR, BOLD = "", "B"
FILES = {REGULAR: "PT_Sans-Web-Regular.ttf", BOLD: "PT_Sans-Web-Bold.ttf"}

# Latin, the Cyrillic of Russia's languages that the font has, and the signs of documents.
CHARACTERS = (
    *range(0x20, 0x7F),
    *range(0xA0, 0x100),
    *range(0x400, 0x460),
    *map(ord, "ҐґҒғҖҗҘҙҚқҠҡҢңҪҫҮүҰұҲҳҶҷҺһӀӁӂӘәӨөӮӯ"),
    *map(ord, "–—‘’“”„•…№₽"),
)

FontObjects = tuple[Any, ...]


class FixedFontsProducer(OutputProducer):  # type: ignore[misc] # fpdf2 is read as untyped
    """Puts the ready font objects into a document instead of compiling them (fpdf2 2.8.9)."""

    def _add_fonts(self, *_: Any) -> dict[int, Any]:
        """Take over fpdf2's step of the same name; the arguments concern colour fonts only."""
        return {index: self._add_font(ready) for index, ready in _ready_fonts().items()}

    def _add_font(self, ready: FontObjects) -> Any:
        composite, cid, unicode_map, system, descriptor, gid_map, program = map(copy.copy, ready)
        for item in (composite, cid, unicode_map, system, descriptor, gid_map, program):
            self._add_pdf_obj(item, "fonts")
        composite.descendant_fonts = type(composite.descendant_fonts)([cid])
        composite.to_unicode = unicode_map
        cid.c_i_d_system_info = system
        cid.font_descriptor = descriptor
        cid.c_i_d_to_g_i_d_map = gid_map
        descriptor.font_file2 = program
        return composite


def new_document() -> FPDF:
    """An empty document that shares the loaded fonts: all their codes are given, nothing changes."""
    pdf = FPDF(unit="mm", format="A4")
    pdf.set_auto_page_break(False)
    pdf.fonts.update(_prototype().fonts)
    return pdf


@cache
def char_widths(style: str) -> dict[str, float]:
    """The width of every character in thousandths of the font size."""
    font: Any = _prototype().fonts[FAMILY.lower() + style]
    return {chr(code): float(font.cw[code]) for code in font.cmap}


@cache
def char_codes(style: str) -> dict[str, str]:
    """The code of every character in a document, as four hexadecimal digits."""
    font: Any = _prototype().fonts[FAMILY.lower() + style]
    return {chr(code): f"{font.subset.pick(code):04X}" for code in font.cmap}


@cache
def _prototype() -> FPDF:
    pdf = FPDF(unit="mm", format="A4")
    with tempfile.TemporaryDirectory() as folder:
        for style, name in FILES.items():
            path = Path(folder) / name
            path.write_bytes(_subset(name))
            pdf.add_font(FAMILY, style, path)
            _fix_codes(pdf.fonts[FAMILY.lower() + style])
    return pdf


def _fix_codes(font: Any) -> None:
    """Give every character its code now, so that codes do not depend on the text of a document."""
    font.ttfont.ensureDecompiled()
    for code in sorted(font.cmap):
        font.subset.pick(code)


def _subset(name: str) -> bytes:
    import fontpkg_pt_sans  # noqa: PLC0415 - once in a process
    from fontTools import subset, ttLib  # type: ignore[import-untyped] # noqa: PLC0415 - once in a process

    font = ttLib.TTFont(fontpkg_pt_sans.ROOT / "files" / name, recalcTimestamp=False)
    options = subset.Options(hinting=False, notdef_outline=True, layout_features=[])
    worker = subset.Subsetter(options)
    worker.populate(unicodes=CHARACTERS)
    worker.subset(font)
    data = io.BytesIO()
    font.save(data)
    return data.getvalue()


@cache
def _ready_fonts() -> dict[int, FontObjects]:
    """Let fpdf2 compile the fonts of an empty page, and keep what it made."""
    pdf = new_document()
    pdf.add_page()
    producer = OutputProducer(pdf)
    made = producer._add_fonts({}, {}, {})  # noqa: SLF001 - the step that is taken over above
    return {index: _parts(composite) for index, composite in made.items()}


def _parts(composite: Any) -> FontObjects:
    from fpdf.syntax import PDFContentStream  # noqa: PLC0415 - once in a process

    cid = composite.descendant_fonts[0]
    descriptor = cid.font_descriptor
    return (
        composite,
        cid,
        PDFContentStream(composite.to_unicode.content_stream(), compress=True),
        cid.c_i_d_system_info,
        descriptor,
        cid.c_i_d_to_g_i_d_map,
        descriptor.font_file2,
    )
