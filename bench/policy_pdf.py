"""The policy PDF against the same page by reportlab: interleaved medians of warm calls."""

from __future__ import annotations

import io
import json
import statistics
import sys
import time
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from chalicelib.domain.documents import HolderView, InsurerView, PolicyDocument

if TYPE_CHECKING:
    from collections.abc import Callable

LINK = "HTTPS://POLIS.EXAMPLE-REGION.GOV.RU/Q#" + "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567" * 6
ROUNDS = 41


def sample(number: int) -> PolicyDocument:
    """A policy; every number gives another code, so that nothing is answered from a cache."""
    return PolicyDocument(
        policy_number="7856130840000017",
        holder=HolderView(
            family_name="Смирнов",
            given_name="Алексей",
            middle_name="Юрьевич",
            sex="male",
            born_on=date(1968, 3, 9),
            snils="112-233-445 95",
        ),
        insurer=InsurerView(
            name="АО «Страховая компания «Здоровье-Мед»",
            code="77012",
            phones=("8 800 100-07-02",),
            site="zdorovie-med.example",
        ),
        valid_from=date(2026, 11, 22),
        valid_until=None,
        form="Цифровой полис",
        issued_on=date(2026, 11, 22),
        qr_link=f"{LINK}{number:06d}",
        legal_reference="Федеральный закон от 29.11.2010 № 326-ФЗ «Об обязательном медицинском "
        "страховании в Российской Федерации», статьи 45 и 46. Подлинность подтверждает QR-код.",
    )


def ours() -> Callable[[PolicyDocument], bytes]:
    from chalicelib.adapters.documents.fpdf_renderer import FPDFRenderer

    renderer = FPDFRenderer()
    return lambda document: renderer.policy(document=document)


def reportlab_page(*, presubset: bool, own_qr: bool = False, plain: bool = False) -> Callable[[PolicyDocument], bytes]:
    """The same page by reportlab: the same texts, boxes and fonts.

    The code is drawn by its own widget, or as one path of the very matrix that our page draws;
    texts are its paragraphs, or (plain) bare strings after its simpleSplit, its floor.
    """
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont

    prefix = "Small" if presubset else "Full"
    for style, name in (("", "PT_Sans-Web-Regular.ttf"), ("B", "PT_Sans-Web-Bold.ttf")):
        pdfmetrics.registerFont(TTFont(prefix + style, _font(name, presubset=presubset)))
    return lambda document: _reportlab(document, prefix, own_qr=own_qr, plain=plain)


def _font(name: str, *, presubset: bool) -> Any:
    import fontpkg_pt_sans

    from chalicelib.adapters.documents import fonts

    if presubset:
        return io.BytesIO(fonts._subset(name))  # noqa: SLF001 - the same font bytes as ours
    return str(fontpkg_pt_sans.ROOT / "files" / name)


def _reportlab(document: PolicyDocument, font: str, *, own_qr: bool, plain: bool) -> bytes:  # noqa: PLR0915, C901 - one page, top down
    from reportlab.lib.colors import Color
    from reportlab.lib.pagesizes import A4
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.lib.units import mm
    from reportlab.lib.utils import simpleSplit
    from reportlab.pdfgen.canvas import Canvas
    from reportlab.platypus import Paragraph

    from chalicelib.adapters.documents import fpdf_renderer as texts
    from chalicelib.adapters.documents import layout, page

    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4, invariant=1, lang="ru-RU", pageCompression=1)
    canvas.setTitle("Полис обязательного медицинского страхования")

    def strings(x: float, top: float, room: float, text: str, style: page.Style) -> float:
        name, leading = font + style.weight, style.size * style.leading
        canvas.setFont(name, style.size)
        canvas.setFillColorRGB(*(part / 255 for part in style.color))
        lines = simpleSplit(text, name, style.size, room * mm)
        for place, line in enumerate(lines):
            canvas.drawString(x * mm, A4[1] - top * mm - style.size - place * leading, line)
        return len(lines) * leading / mm

    def paragraph(x: float, top: float, room: float, text: str, style: page.Style) -> float:
        if plain:
            return strings(x, top, room, text, style)
        color = Color(*(part / 255 for part in style.color))
        look = ParagraphStyle(
            "s",
            fontName=font + style.weight,
            fontSize=style.size,
            leading=style.size * style.leading,
            textColor=color,
        )
        block = Paragraph(text, look)
        _, height = block.wrap(room * mm, 500 * mm)
        block.drawOn(canvas, x * mm, A4[1] - top * mm - height)
        return height / mm

    def panel(x: float, y: float, w: float, h: float, color: page.Color) -> None:
        canvas.setFillColor(Color(*(part / 255 for part in color)))
        canvas.rect(x * mm, A4[1] - (y + h) * mm, w * mm, h * mm, stroke=0, fill=1)

    def rule(y: float) -> None:
        canvas.setStrokeColor(Color(*(part / 255 for part in page.RULE)))
        canvas.setLineWidth(0.2 * mm)
        canvas.line(20 * mm, A4[1] - y * mm, 190 * mm, A4[1] - y * mm)

    panel(0, 0, 210, 3.2, page.ACCENT)
    panel(20, 14, 9.5, 9.5, page.ACCENT)
    panel(24, 16.1, 1.5, 5.3, page.WHITE)
    panel(22.1, 18, 5.3, 1.5, page.WHITE)
    paragraph(32.5, 13.4, 150, texts.SERVICE, layout.BRAND)
    paragraph(32.5, 19.4, 150, texts.TAGLINE, layout.TAGLINE)
    rule(28)
    paragraph(20, 32.5, 170, "Полис обязательного медицинского страхования", layout.TITLE)
    paragraph(20, 42, 170, "Цифровой полис · выдан 22 ноября 2026 г.", layout.SUBTITLE)
    panel(20, 52, 170, 25, page.TINT)
    panel(20, 52, 1.4, 25, page.ACCENT)
    paragraph(27, 55.6, 101, "Единый номер полиса (ЕНП)", layout.CAPTION)
    paragraph(27, 60.6, 101, "7856 1308 4000 0017", layout.NUMBER)
    paragraph(132, 55.6, 54, "Срок действия", layout.CAPTION)
    paragraph(132, 61.6, 54, "Бессрочно", layout.STATUS)
    y = 83.0
    for heading, rows in _rows(document):
        y += paragraph(20, y, 170, heading, layout.SECTION) + 1.2
        rule(y)
        for label, value in rows:
            paragraph(20, y + 2, 52, label, layout.LABEL)
            y += paragraph(76, y + 1.4, 114, value, layout.VALUE) + 2.8
            rule(y)
        y += 5
    panel(20, 217, 170, 48, page.TINT)
    panel(22.4, 219.4, 43.2, 43.2, page.WHITE)
    draw_code = _reportlab_qr if own_qr else _same_qr
    draw_code(canvas, document.qr_link, 25 * mm, A4[1] - 260 * mm, 38 * mm)
    top = 222 + paragraph(72, 222, 113, texts.CHECK, layout.NOTE_HEAD) + 2
    for note in (*texts.CHECK_NOTES, texts.SHOW_NOTE):
        top += paragraph(72, top, 113, note, layout.NOTE) + 1.4
    rule(269)
    paragraph(20, 271, 120, "Полис онлайн · Полис обязательного медицинского страхования", layout.FOOTER)
    paragraph(172, 271, 30, "Страница 1 / 1", layout.FOOTER)
    paragraph(20, 275.4, 170, document.legal_reference, layout.FOOTER)
    canvas.save()
    return out.getvalue()


def _rows(document: PolicyDocument) -> list[tuple[str, list[tuple[str, str]]]]:
    holder, insurer = document.holder, document.insurer
    return [
        (
            "Застрахованное лицо",
            [
                ("Фамилия", holder.family_name),
                ("Имя", holder.given_name),
                ("Отчество", holder.middle_name),
                ("Пол", "мужской"),
                ("Дата рождения", "09.03.1968"),
                ("СНИЛС", holder.snils),
            ],
        ),
        (
            "Страховая медицинская организация",
            [
                ("Страховая организация", insurer.name),
                ("Код в реестре", insurer.code),
                ("Телефон и сайт", f"{insurer.phones[0]} · {insurer.site}"),
                ("Действует с", "22.11.2026"),
            ],
        ),
    ]


def _reportlab_qr(canvas: Any, link: str, x: float, y: float, side: float) -> None:
    from reportlab.graphics import renderPDF
    from reportlab.graphics.barcode.qr import QrCodeWidget
    from reportlab.graphics.shapes import Drawing

    widget = QrCodeWidget(link, barLevel="M", barBorder=0, barWidth=side, barHeight=side)
    drawing = Drawing(side, side)
    drawing.add(widget)
    renderPDF.draw(drawing, canvas, x, y)


def _same_qr(canvas: Any, link: str, x: float, y: float, side: float) -> None:
    from chalicelib.adapters.documents.qr_code import qr_matrix, runs

    module = side / len(qr_matrix(link))
    path = canvas.beginPath()
    for row, column, length in runs(link):
        path.rect(x + column * module, y + side - (row + 1) * module, length * module, module)
    canvas.setFillColorRGB(0, 0, 0)
    canvas.drawPath(path, stroke=0, fill=1)


def measure(rounds: int = ROUNDS) -> dict[str, float]:
    """Medians in milliseconds and the ratios; the order of the variants turns with every round."""
    variants = {
        "polis_ms": ours(),
        "reportlab_own_qr_ms": reportlab_page(presubset=False, own_qr=True),
        "reportlab_ms": reportlab_page(presubset=False),
        "reportlab_presubset_ms": reportlab_page(presubset=True),
        "reportlab_plain_presubset_ms": reportlab_page(presubset=True, plain=True),
    }
    times: dict[str, list[float]] = {name: [] for name in variants}
    names = list(variants)
    for name in names:
        variants[name](sample(999_999))
    for number in range(rounds):
        turn = number % len(names)
        for name in names[turn:] + names[:turn]:
            document = sample(number * 10 + names.index(name))
            start = time.process_time()
            variants[name](document)
            times[name].append((time.process_time() - start) * 1000)
    result = {name: round(statistics.median(values), 2) for name, values in times.items()}
    polis = result["polis_ms"]
    for name in names[1:]:
        result[f"ratio_to_{name.removesuffix('_ms')}"] = round(polis / result[name], 3)
    return result


if __name__ == "__main__":
    print(json.dumps(measure(), indent=1))
