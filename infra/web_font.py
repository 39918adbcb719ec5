"""Write the style sheet with the fonts of the pages: ``python -m infra.web_font`` (needs fontTools and brotli).

The fonts are subsets of PT Sans (SIL Open Font License 1.1), under another name, since its own is reserved. They lie
in the style sheet as text: API Gateway gives other bytes to a browser only if it asks for just their media type.
"""

from __future__ import annotations

import base64
import io
from importlib.resources import files
from pathlib import Path

SHEET = Path(__file__).resolve().parent.parent / "templates" / "web" / "static" / "fonts.css"
FAMILY = "Polis Text"
FACES = {400: "PT_Sans-Web-Regular.ttf", 700: "PT_Sans-Web-Bold.ttf"}
CHARACTERS = "".join(map(chr, [*range(0x20, 0x7F), *range(0x410, 0x450)])) + "\u00a0Ёё«»—–…№₽·×°§“”→←✓"
_LICENCE = (
    "/* Subsets of PT Sans, Copyright © 2009 ParaType Ltd., under the SIL Open Font License, Version 1.1:\n"
    "   https://openfontlicense.org. Made by infra/web_font.py. */\n"
)


def sheet() -> str:
    """Make the text of the style sheet."""
    return _LICENCE + "".join(_face(weight, name) for weight, name in FACES.items())


def _face(weight: int, name: str) -> str:
    encoded = base64.b64encode(_subset(name)).decode()
    return (
        f'@font-face{{font-family:"{FAMILY}";font-weight:{weight};font-display:swap;'
        f'src:url("data:font/woff2;base64,{encoded}") format("woff2")}}\n'
    )


def _subset(name: str) -> bytes:
    from fontTools import subset  # type: ignore[import-untyped]  # it has no types

    options = subset.Options(flavor="woff2", layout_features=["kern", "liga"], name_IDs=[], hinting=False)
    options.recalc_timestamp = False
    font = subset.load_font(str(files("fontpkg_pt_sans") / "files" / name), options)
    made = subset.Subsetter(options)
    made.populate(text=CHARACTERS)
    made.subset(font)
    for number, text in ((1, FAMILY), (2, "Regular"), (4, FAMILY), (6, FAMILY.replace(" ", ""))):
        font["name"].setName(text, number, 3, 1, 0x409)
    out = io.BytesIO()
    subset.save_font(font, out, options)
    return out.getvalue()


if __name__ == "__main__":
    SHEET.write_text(sheet(), encoding="utf-8")
