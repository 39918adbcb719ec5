"""The parts that all documents share: header, number, table, code, footer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from chalicelib.adapters.documents.page import (
    ACCENT,
    BOLD,
    HEIGHT,
    INK,
    MUTED,
    POINT,
    TINT,
    WHITE,
    WIDTH,
    Page,
    Style,
    clean,
    width,
    wrap,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

MARGIN = 20.0
ROOM = WIDTH - 2 * MARGIN
LABEL_ROOM = 52.0
VALUE_LEFT = MARGIN + LABEL_ROOM + 4
VALUE_ROOM = WIDTH - MARGIN - VALUE_LEFT
FOOTER_TOP = HEIGHT - 30
QR_SIDE = 38.0
QR_PAD = 5.0

BRAND = Style(size=13, color=ACCENT, weight=BOLD)
TAGLINE = Style(size=8, color=MUTED)
TITLE = Style(size=21, color=INK, weight=BOLD, leading=1.16)
SUBTITLE = Style(size=10.5, color=MUTED)
CAPTION = Style(size=8.5, color=MUTED)
NUMBER = Style(size=27, color=ACCENT, weight=BOLD)
STATUS = Style(size=11.5, color=INK, weight=BOLD)
SECTION = Style(size=10.5, color=ACCENT, weight=BOLD)
LABEL = Style(size=9.5, color=MUTED, leading=1.34)
VALUE = Style(size=11, color=INK)
LONG = Style(size=9.5, color=INK)
NOTE_HEAD = Style(size=11, color=ACCENT, weight=BOLD)
NOTE = Style(size=9, color=INK, leading=1.36)
FOOTER = Style(size=7.5, color=MUTED)
LONG_VALUE = 120
ROW_PAD = 1.4


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of the table."""

    label: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Footing:
    """What stands at the foot of every page."""

    legal_reference: str
    service: str
    page_word: str


def header(page: Page, *, service: str, tagline: str) -> None:
    """The band, the mark and the name of the service."""
    page.panel((0, 0, WIDTH, 3.2), ACCENT)
    top = 14.0
    page.panel((MARGIN, top, 9.5, 9.5), ACCENT)
    page.panel((MARGIN + 4.0, top + 2.1, 1.5, 5.3), WHITE)
    page.panel((MARGIN + 2.1, top + 4.0, 5.3, 1.5), WHITE)
    page.lines(MARGIN + 12.5, top - 0.6, [clean(service)], BRAND)
    page.lines(MARGIN + 12.5, top + 5.4, [clean(tagline)], TAGLINE)
    page.rule(top + 14, MARGIN, ROOM)
    page.y = top + 18.5


def title(page: Page, *, text: str, subtitle: str) -> None:
    """The name of the document and a line about it."""
    page.y += page.lines(MARGIN, page.y, wrap(text, TITLE, ROOM), TITLE) + 1
    page.y += page.lines(MARGIN, page.y, wrap(subtitle, SUBTITLE, ROOM), SUBTITLE) + 5


def number_panel(page: Page, *, caption: str, number: str, status: str, status_caption: str) -> None:
    """The number in large figures, and the term or state beside it."""
    height = 25.0
    page.panel((MARGIN, page.y, ROOM, height), TINT)
    page.panel((MARGIN, page.y, 1.4, height), ACCENT)
    left, right = MARGIN + 7, MARGIN + 112
    page.lines(left, page.y + 3.6, [clean(caption)], CAPTION)
    page.lines(left, page.y + 8.6, [clean(number)], _fitting(clean(number), NUMBER, 101))
    page.lines(right, page.y + 3.6, [clean(status_caption)], CAPTION)
    page.lines(right, page.y + 9.6, wrap(status, STATUS, ROOM - 112 - 4), STATUS)
    page.y += height + 6


def section(page: Page, *, text: str, footing: Footing) -> None:
    """The heading of a group of rows."""
    _make_room(page, 22, footing)
    page.y += page.lines(MARGIN, page.y, [clean(text)], SECTION) + 1.2
    page.rule(page.y, MARGIN, ROOM)


def table(page: Page, *, rows: Sequence[Row], footing: Footing) -> None:
    """Labels on the left, values on the right, a hairline under each."""
    for row in rows:
        value = VALUE if len(row.value) <= LONG_VALUE else LONG
        left = wrap(row.label, LABEL, LABEL_ROOM)
        right = wrap(row.value, value, VALUE_ROOM)
        height = max(len(left) * LABEL.line, len(right) * value.line) + 2 * ROW_PAD
        _make_room(page, height, footing)
        top = page.y + ROW_PAD
        page.lines(MARGIN, top + _same_baseline(LABEL), left, LABEL)
        page.lines(VALUE_LEFT, top + _same_baseline(value), right, value)
        page.y += height
        page.rule(page.y, MARGIN, ROOM)
    page.y += 5


def listing(page: Page, *, items: Sequence[str], footing: Footing) -> None:
    """A numbered list over the whole width."""
    page.y += 1.6
    for number, item in enumerate(items, start=1):
        lines = wrap(item, NOTE, ROOM - 8)
        _make_room(page, len(lines) * NOTE.line, footing)
        page.lines(MARGIN, page.y, [f"{number}."], NOTE)
        page.y += page.lines(MARGIN + 7, page.y, lines, NOTE) + 0.8
    page.y += 4


def qr_panel(page: Page, *, link: str, heading: str, notes: Sequence[str], footing: Footing) -> None:
    """The code in a white field with a note on how to check it; kept whole, above the footer."""
    height = QR_SIDE + 2 * QR_PAD
    _make_room(page, height, footing)
    page.y = FOOTER_TOP - height - 2
    page.panel((MARGIN, page.y, ROOM, height), TINT)
    quiet = 2.6
    page.panel(
        (MARGIN + QR_PAD - quiet, page.y + QR_PAD - quiet, QR_SIDE + 2 * quiet, QR_SIDE + 2 * quiet),
        WHITE,
    )
    page.qr(MARGIN + QR_PAD, page.y + QR_PAD, QR_SIDE, link)
    left = MARGIN + height + 4
    room = WIDTH - MARGIN - left - 5
    paragraphs = [wrap(note, NOTE, room) for note in notes]
    tall = NOTE_HEAD.line + 2 + sum(len(lines) * NOTE.line + 1.4 for lines in paragraphs) - 1.4
    top = page.y + (height - tall) / 2
    top += page.lines(left, top, [clean(heading)], NOTE_HEAD) + 2
    for lines in paragraphs:
        top += page.lines(left, top, lines, NOTE) + 1.4
    page.y += height + 6


def footers(page: Page, footing: Footing) -> None:
    """Write the foot of every page, now that their number is known."""
    total = len(page.pdf.pages)
    for number in range(1, total + 1):
        page.go_to(number)
        page.rule(FOOTER_TOP + 2, MARGIN, ROOM)
        mark = clean(f"{footing.page_word} {number} / {total}")
        page.lines(WIDTH - MARGIN - width(mark, FOOTER), FOOTER_TOP + 4, [mark], FOOTER)
        page.lines(MARGIN, FOOTER_TOP + 4, [clean(footing.service)], FOOTER)
        legal = wrap(footing.legal_reference, FOOTER, ROOM)
        page.lines(MARGIN, FOOTER_TOP + 8.4, legal, FOOTER)


def _make_room(page: Page, height: float, footing: Footing) -> None:
    """Go on to another page when the block would run into the footer."""
    if page.y + height > FOOTER_TOP:
        page.new_page()
        page.panel((0, 0, WIDTH, 3.2), ACCENT)
        page.lines(MARGIN, 10, [clean(footing.service)], TAGLINE)
        page.y = 20.0


def _same_baseline(style: Style) -> float:
    """How far smaller text goes down to share the baseline of a value."""
    return (VALUE.line - style.line) / 2 + (VALUE.size - style.size) * POINT * 0.35


def _fitting(text: str, style: Style, room: float) -> Style:
    """The style, made smaller until the text fits on one line."""
    taken = width(text, style)
    if taken <= room:
        return style
    return Style(size=style.size * room / taken, color=style.color, weight=style.weight)
