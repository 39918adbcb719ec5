"""Tables as CSV (RFC 4180) that no spreadsheet takes for formulas, and the choice between CSV and JSON."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

MEDIA_TYPE = "text/csv"
CONTENT_TYPE = "text/csv; charset=utf-8"

_FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def csv_text(rows: Iterable[Sequence[str]]) -> str:
    """Write rows; a cell that a spreadsheet would compute begins with an apostrophe instead."""
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\r\n")
    writer.writerows([neutral(cell) for cell in row] for row in rows)
    return written.getvalue()


def neutral(cell: str) -> str:
    """Make a cell plain text: formulas may call programs on the computer of who opens the table."""
    return f"'{cell}" if cell.lstrip(" ").startswith(_FORMULA_SIGNS) else cell


def wants_csv(accept: str | None) -> bool:
    """Whether an Accept header asks for CSV rather than JSON; what cannot be read asks for nothing."""
    weights = dict(_weights(accept or ""))
    wanted = weights.get(MEDIA_TYPE, 0.0)
    return wanted > 0 and wanted >= max(weights.get(name, 0.0) for name in ("application/json", "application/*"))


def _weights(accept: str) -> Iterable[tuple[str, float]]:
    for part in accept.split(","):
        name, *parameters = (text.strip().lower() for text in part.split(";"))
        quality = next((text[2:] for text in parameters if text.startswith("q=")), "1")
        try:
            yield name, float(quality)
        except ValueError:
            continue
