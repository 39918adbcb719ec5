"""A page to draw on: text with its own line breaking, rules, panels and vector codes.

Lengths are millimetres from the upper left corner of an A4 page, font sizes are points.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from chalicelib.adapters.documents import fonts
from chalicelib.adapters.documents.fonts import BOLD, REGULAR
from chalicelib.adapters.documents.qr_code import qr_matrix, runs

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fpdf import FPDF

Color = tuple[int, int, int]

INK: Color = (28, 34, 43)
MUTED: Color = (96, 107, 121)
ACCENT: Color = (22, 78, 121)
TINT: Color = (238, 243, 248)
RULE: Color = (214, 221, 229)
WHITE: Color = (255, 255, 255)

POINT = 25.4 / 72
WIDTH, HEIGHT = 210.0, 297.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """How text looks; ``leading`` is the distance of lines in font sizes."""

    size: float
    color: Color = INK
    weight: str = REGULAR
    leading: float = 1.3

    @property
    def line(self) -> float:
        """The height of a line in millimetres."""
        return self.size * self.leading * POINT


def clean(text: str) -> str:
    """Composed characters only; what the fonts lack becomes a question mark."""
    known = fonts.char_widths(REGULAR)
    composed = unicodedata.normalize("NFC", text)
    return "".join(char if char in known else "?" for char in composed)


def width(text: str, style: Style) -> float:
    """The width of a clean text in millimetres."""
    widths = fonts.char_widths(style.weight)
    return sum(map(widths.__getitem__, text)) * style.size * POINT / 1000


def wrap(text: str, style: Style, room: float) -> list[str]:
    """Break a text into lines that fit in ``room``: at spaces, then after hyphens, else anywhere."""
    lines: list[str] = []
    line = ""
    for word in clean(text).split(" "):
        candidate = f"{line} {word}" if line else word
        if width(candidate, style) <= room:
            line = candidate
            continue
        if line:
            lines.append(line)
        *whole, line = _pieces(word, style, room)
        lines.extend(whole)
    return [*lines, line]


def _pieces(word: str, style: Style, room: float) -> list[str]:
    """Cut a word that is longer than a line."""
    pieces: list[str] = []
    while width(word, style) > room:
        fit = len(word) - 1
        while fit > 1 and width(word[:fit], style) > room:
            fit -= 1
        hyphen = word.rfind("-", 1, fit) + 1
        cut = hyphen or fit
        pieces.append(word[:cut])
        word = word[cut:]
    return [*pieces, word]


class Page:
    """The document being drawn; ``y`` is where the next block begins."""

    def __init__(self) -> None:
        self.pdf: FPDF = fonts.new_document()
        self.y = 0.0
        self.new_page()

    def new_page(self) -> None:
        """Begin another page."""
        self.pdf.add_page()

    def go_to(self, number: int) -> None:
        """Draw on an earlier page again; the font has to be said anew there."""
        self.pdf.page = number
        self.pdf.current_font_is_set_on_page = False

    def text(self, x: float, baseline: float, text: str, style: Style) -> None:
        """Write one clean line."""
        self.pdf.set_font(fonts.FAMILY, style.weight, style.size)
        self.pdf.set_text_color(*style.color)
        self.pdf.text(x, baseline, text)

    def begin_rows(self, style: Style) -> None:
        """Set the font of the rows that follow on this page: `row` says nothing of it."""
        self.text(0, 0, " ", style)  # fpdf2 writes a font only before a text

    def row(self, baseline: float, cells: Iterable[tuple[float, str]], style: Style) -> None:
        """Write clean texts on one line, each from its x: a sixth of the time of as many `text`."""
        red, green, blue = (part / 255 for part in style.color)
        codes = fonts.char_codes(style.weight)
        drawn = [f"q {red:.3f} {green:.3f} {blue:.3f} rg BT"]
        left = 0.0
        for x, text in cells:
            hexadecimal = "".join(map(codes.__getitem__, text))
            up = "" if left else f" {(HEIGHT - baseline) / POINT:.2f}"
            drawn.append(f"{(x - left) / POINT:.2f}{up or ' 0'} Td <{hexadecimal}> Tj")
            left = x
        self.pdf._out(" ".join([*drawn, "ET Q"]))  # noqa: SLF001 - as for the code

    def lines(self, x: float, top: float, lines: list[str], style: Style) -> float:
        """Write wrapped lines under each other from ``top``; returns the height they took."""
        ascent = (style.line + style.size * POINT * 0.7) / 2
        for index, line in enumerate(lines):
            self.text(x, top + index * style.line + ascent, line, style)
        return len(lines) * style.line

    def panel(self, box: tuple[float, float, float, float], color: Color) -> None:
        """Fill a rectangle (x, y, width, height)."""
        self.pdf.set_fill_color(*color)
        self.pdf.rect(*box, style="F")

    def rule(self, y: float, x: float, length: float) -> None:
        """Draw a hairline."""
        self.pdf.set_draw_color(*RULE)
        self.pdf.set_line_width(0.2)
        self.pdf.line(x, y, x + length, y)

    def qr(self, x: float, y: float, side: float, link: str) -> None:
        """Draw a code without quiet zone as one vector path."""
        module = side / len(qr_matrix(link)) / POINT
        left, top = x / POINT, (HEIGHT - y) / POINT
        boxes = [
            f"{left + column * module:.3f} {top - (row + 1) * module:.3f} {length * module:.3f} {module:.3f} re"
            for row, column, length in runs(link)
        ]
        operators = "q 0 g\n" + "\n".join(boxes) + "\nf Q"
        self.pdf._out(operators)  # noqa: SLF001 - a rect() each would take ten times as long

    def save(self) -> bytes:
        """The finished PDF."""
        producer: Any = fonts.FixedFontsProducer
        return bytes(self.pdf.output(output_producer_class=producer))


__all__ = ["BOLD", "REGULAR", "Page", "Style", "clean", "width", "wrap"]
