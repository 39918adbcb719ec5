"""The certificate of an employer about its staff: a line for each employee, on as many pages as there are (K2)."""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import TYPE_CHECKING, Final

from chalicelib.adapters.documents import layout, texts
from chalicelib.adapters.documents.layout import FOOTER_TOP, MARGIN, ROOM, Footing, Row
from chalicelib.adapters.documents.page import BOLD, INK, MUTED, POINT, Page, Style, clean, width

if TYPE_CHECKING:
    from chalicelib.domain.documents import StaffDocument, StaffLine

TITLE: Final = "Справка о страховании сотрудников по ОМС"
LINE: Final = Style(size=7, color=INK)
HEAD: Final = Style(size=7, color=MUTED, weight=BOLD)
PITCH: Final = 4.1
TOP: Final = 16.0
COLUMNS: Final = (("№", 0.0, 10.0), ("Сотрудник", 11.0, 56.0), ("Дата рождения", 68.0, 18.0), ("ЕНП", 88.0, 24.0))
MORE: Final = (("Итог", 113.0, 31.0), ("Кто страховал", 145.0, 25.0))
NOTE: Final = "В справку входят только сведения, на передачу которых сотрудник согласился."


def draw_staff(document: StaffDocument, *, service: str, tagline: str) -> bytes:
    """Draw the certificate; the same document always gives the same bytes."""
    page = Page()
    pdf = page.pdf
    pdf.set_title(TITLE)
    for tell in (pdf.set_author, pdf.set_creator):
        tell(service)
    pdf.set_producer("fpdf2")
    pdf.set_lang("ru-RU")
    pdf.set_creation_date(datetime.combine(document.issued_on, time.min, tzinfo=UTC))
    layout.header(page, service=service, tagline=tagline)
    days = f"{texts.day(document.from_on)} – {texts.day(document.to_on)}"
    layout.title(page, text=TITLE, subtitle=f"За {days} · выдана {texts.long_day(document.issued_on)}")
    footing = Footing(legal_reference=document.legal_reference, service=f"{service} · {TITLE}", page_word="Страница")
    layout.table(page, rows=_rows(document), footing=footing)
    _head(page)
    for number, line in enumerate(document.lines, start=1):
        if page.y + PITCH > FOOTER_TOP:
            page.new_page()
            page.y = TOP
            _head(page)
        _line(page, number, line)
    layout.footers(page, footing)
    return page.save()


def _rows(document: StaffDocument) -> list[Row]:
    return [
        Row(label="Номер справки", value=document.number),
        Row(label="Организация", value=document.organisation),
        Row(label="ИНН, ОГРН", value=f"{document.inn}, {document.ogrn}"),
        *(Row(label=title, value=str(count)) for title, count in document.totals),
        Row(label="Согласие", value=NOTE),
    ]


def _head(page: Page) -> None:
    for title, left, _ in (*COLUMNS, *MORE):
        page.text(MARGIN + left, page.y + PITCH, title, HEAD)
    page.y += PITCH + 1
    page.rule(page.y, MARGIN, ROOM)
    page.begin_rows(LINE)


def _line(page: Page, number: int, line: StaffLine) -> None:
    cells = (str(number), line.name, line.born_on, line.policy_number, line.outcome, line.insurers)
    placed = zip(cells, (*COLUMNS, *MORE), strict=True)
    texts_at = [(MARGIN + left, _fitted(text, room)) for text, (_, left, room) in placed if text]
    page.row(page.y + LINE.size * POINT + 0.6, texts_at, LINE)
    page.y += PITCH


def _fitted(text: str, room: float) -> str:
    fitting = clean(text)
    if width(fitting, LINE) <= room:
        return fitting
    while fitting and width(fitting + "…", LINE) > room:
        fitting = fitting[:-1]
    return fitting + "…"
