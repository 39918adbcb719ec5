"""Names of the files of the exchange with the fund: ``TQQQQQ_N_MMGGZ`` (order 79, appendix Г)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from chalicelib.domain.errors import InvalidValue
from chalicelib.domain.exchange_model import FileKind

LETTERS = {FileKind.OPLIST: "i", FileKind.REPLIST: "p", FileKind.STOPLIST: "s", FileKind.FLK_P: "f"}
_KINDS = {letter: kind for kind, letter in LETTERS.items()} | {"j": FileKind.OPLIST, "k": FileKind.OPLIST}
_NAME = re.compile(r"([ijpskf])([0-9]{2}[0-9A-ZА-Я]{3})_([0-9]{1,3})_(0[1-9]|1[0-2])([0-9]{2})([0-9]{1,4})")
MAX_NUMBER = 9999


@dataclass(frozen=True, slots=True, kw_only=True)
class ExchangeName:
    """A file: its kind, the insurer, the issue point (0 if none), the month, and its number within the month."""

    letter: str
    insurer_code: str
    year: int
    month: int
    number: int
    point: int = 0

    @property
    def kind(self) -> FileKind:
        """The kind that the first letter stands for."""
        return _KINDS[self.letter]

    def __str__(self) -> str:
        """The name without its extension."""
        return f"{self.letter}{self.insurer_code}_{self.point}_{self.month:02d}{self.year % 100:02d}{self.number}"


def parse_name(*, text: str) -> ExchangeName:
    """Read a name, with or without ``.xml``.

    Raises:
        InvalidValue: ``exchange_name``.
    """
    found = _NAME.fullmatch(re.sub(r"(?i)\.xml$", "", text.strip()))
    if found is None:
        raise InvalidValue(
            "exchange_name", "Имя файла строится так: i77012_0_03261 — вид, код, пункт, месяц, год, номер"
        )
    letter, code, point, month, year, number = found.groups()
    return ExchangeName(
        letter=letter,
        insurer_code=code,
        point=int(point),
        month=int(month),
        year=2000 + int(year),
        number=int(number),
    )
