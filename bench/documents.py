"""The policy's PDF against reportlab's, and its QR code: how large it is, and whether it is read from the page."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from bench import policy_pdf
from bench.figures import Figure
from chalicelib.adapters.documents.fpdf_renderer import FPDFRenderer
from chalicelib.adapters.documents.qr_code import qr_matrix
from chalicelib.adapters.documents.qr_token import CwtQrTokens
from chalicelib.adapters.signing import local_signer
from chalicelib.domain.qr_claims import QrClaims, QrKind

LIMIT = 1.0
DPI = 150
POINTS_PER_INCH = 72
PDF_ROUNDS = 15
LARGEST_WITH_NAME = 11
LARGEST_WITHOUT_NAME = 9
HOST = "https://polis.example-region-service.gov.ru"
NAME = "Константинопольский Александр"


def figures() -> list[Figure]:
    """The time of the page and the size of its code."""
    return [_page_time(), *_codes()]


def _page_time() -> Figure:
    times = policy_pdf.measure(PDF_ROUNDS)
    others = ", ".join(
        f"{name.removeprefix('ratio_to_')} {ratio}×" for name, ratio in times.items() if name.startswith("ratio_")
    )
    return Figure(
        group="document",
        name="policy PDF with QR, warm, to reportlab's same page",
        value=times["ratio_to_reportlab"],
        limit=LIMIT,
        unit="×",
        detail=f"{times['polis_ms']} ms of CPU; reportlab {times['reportlab_ms']} ms ({others})",
    )


def _codes() -> list[Figure]:
    found: list[Figure] = []
    for name, limit in ((NAME, LARGEST_WITH_NAME), (None, LARGEST_WITHOUT_NAME)):
        link = _link(name)
        what = "with the name" if name else "without the name"
        start = time.thread_time_ns()
        version = (len(qr_matrix(link)) - 17) // 4
        spent = (time.thread_time_ns() - start) / 1e6
        detail = f"{len(link)} characters, error correction M, drawn in {spent:.1f} ms of CPU"
        page = FPDFRenderer().policy(document=replace(policy_pdf.sample(0), qr_link=link))
        found += [
            Figure(group="document", name=f"QR version {what}", value=version, limit=limit, detail=detail),
            Figure(
                group="document",
                name=f"QR {what} misread from the page at {DPI} dpi",
                value=int(_read_from(page) != link),
                limit=0,
                detail="zxing-cpp over pypdfium2",
            ),
        ]
    return found


def _link(name: str | None) -> str:
    claims = QrClaims(
        kind=QrKind.POLICY,
        number="7856130840000017",
        born_on=date(1968, 3, 9),
        valid_from=date(2026, 11, 22),
        valid_until=None,
        insurer_code="77012",
        status_list=42,
        status_index=99_999,
        issued_at=datetime(2026, 11, 22, 9, 30, tzinfo=UTC),
        name=name,
    )
    qr_matrix("HTTPS://WARM.EXAMPLE/Q#UP")
    return CwtQrTokens(signer=local_signer(secret=7), public_base_url=HOST, status=lambda _: None).link(claims=claims)


def _read_from(page: bytes) -> str | None:
    import pypdfium2
    import zxingcpp

    picture: Any = pypdfium2.PdfDocument(page)[0].render(scale=DPI / POINTS_PER_INCH).to_pil()
    codes = zxingcpp.read_barcodes(picture)
    return codes[0].text if len(codes) == 1 else None
