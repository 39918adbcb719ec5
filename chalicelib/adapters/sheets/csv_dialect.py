"""In which encoding and with which delimiter a CSV file was written: nothing in it says so."""

from __future__ import annotations

import codecs
import csv
import io
from collections import Counter
from typing import Final

DELIMITERS: Final = (";", ",", "\t", "|")
SAMPLE_LINES: Final = 40
SAMPLE_BYTES: Final = 4_096
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_HINT: Final = "sep="


def decoded(data: bytes) -> str:
    """The text: by its mark if there is one, by its zero bytes as UTF-16, else UTF-8, else CP1251.

    Raises:
        UnicodeError: it is no text.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data.decode(encoding)
    sample = data[:SAMPLE_BYTES]
    zeros = [sample[place::2].count(0) for place in (0, 1)]
    # Russian letters have a second byte of 4, digits, signs and Latin ones of 0.
    if sum(zeros) * 8 > len(sample):
        return data.decode("utf-16-be" if zeros[0] > zeros[1] else "utf-16-le")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1251")


def without_hint(text: str) -> tuple[str, str | None]:
    """Take away the line «sep=;» by which spreadsheets tell the delimiter; returns it too."""
    if text[: len(_HINT)].casefold() != _HINT:
        return text, None
    line, _, rest = text.partition("\n")
    told = line.rstrip("\r")[len(_HINT) :]
    return rest, told if told in DELIMITERS else None


def delimiter_of(text: str) -> str:
    """The delimiter by which most of the first lines have the same number of cells, and more than one."""
    sample = "\n".join(text[: SAMPLE_LINES * 2_000].splitlines()[:SAMPLE_LINES])
    return max(DELIMITERS, key=lambda delimiter: _score(sample, delimiter))


def _score(sample: str, delimiter: str) -> tuple[int, int]:
    try:
        widths = Counter(len(row) for row in csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter))
    except csv.Error:
        return 0, 0
    wide = {width: count for width, count in widths.items() if width > 1}
    if not wide:
        return 0, 0
    width, count = max(wide.items(), key=lambda pair: (pair[1], pair[0]))
    return count, width
