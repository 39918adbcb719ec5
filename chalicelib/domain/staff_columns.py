"""Finding the columns of a list of staff, whatever its header looks like (requirement K2)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from chalicelib.domain.errors import FieldError, ValidationFailed

Cell = str | int | float | bool | object | None
"""What a reader of sheets gives: text, number, date, datetime, or None for an empty cell."""

HEADER_LOOKED_FOR = 20
"""In how many first rows a header may stand; titles and dates stand above it."""

FEWEST_RECOGNISED = 2


class Column(StrEnum):
    """What a list of staff may tell."""

    ROW_KEY = "row_key"
    FULL_NAME = "full_name"
    FAMILY_NAME = "family_name"
    GIVEN_NAME = "given_name"
    MIDDLE_NAME = "middle_name"
    BORN_ON = "born_on"
    INN = "inn"
    POSITION = "position"
    POLICY_NUMBER = "policy_number"
    EMAIL = "email"


COLUMN_TITLES: Final[Mapping[Column, str]] = MappingProxyType(
    {
        Column.ROW_KEY: "Код строки (не менять)",
        Column.FULL_NAME: "ФИО",
        Column.FAMILY_NAME: "Фамилия",
        Column.GIVEN_NAME: "Имя",
        Column.MIDDLE_NAME: "Отчество",
        Column.BORN_ON: "Дата рождения",
        Column.INN: "ИНН",
        Column.POSITION: "Должность",
        Column.POLICY_NUMBER: "Номер полиса",
        Column.EMAIL: "Эл. почта",
    }
)

_SYNONYMS: Final[Mapping[Column, str]] = {
    Column.ROW_KEY: "код строки не менять|код строки",
    Column.FULL_NAME: (
        "фио|ф и о|фио сотрудника|фио работника|фио полностью|фамилия имя отчество|сотрудник|работник|полное имя|"
        "фамилия и о|фамилия имя отчество сотрудника|фамилия имя отчество работника|full name|name"
    ),
    Column.FAMILY_NAME: "фамилия|фам|фамилия сотрудника|фамилия работника|surname|last name",
    Column.GIVEN_NAME: "имя|имя сотрудника|имя работника|first name|given name",
    Column.MIDDLE_NAME: (
        "отчество|отч|отчество при наличии|отчество сотрудника|отчество работника|middle name|patronymic"
    ),
    Column.BORN_ON: (
        "дата рождения|д р|др|дата рожд|день рождения|родился|год рождения|дата рождения сотрудника|date of birth|"
        "birth date|birthday|dob"
    ),
    Column.INN: "инн|инн сотрудника|инн работника|инн физлица|инн физического лица",
    Column.POSITION: "должность|профессия|должность профессия|специальность|position|job title",
    Column.POLICY_NUMBER: (
        "номер полиса|полис|енп|полис омс|номер полиса омс|омс|n полиса|полис омс номер|номер енп|енп омс|"
        "единый номер полиса|единый номер полиса омс|n полиса омс|policy number|policy"
    ),
    Column.EMAIL: (
        "email|e mail|почта|эл почта|электронная почта|адрес электронной почты|адрес эл почты|e mail сотрудника|"
        "эл адрес|email сотрудника|мейл"
    ),
}
_BY_NAME: Final = MappingProxyType({name: column for column, names in _SYNONYMS.items() for name in names.split("|")})
_NAME_SIGNS: Final = str.maketrans(
    {"ё": "е", "№": "n", "º": " ", **dict.fromkeys('.,:;()[]*/\\-–—_"«»\n\r\t\xa0', " ")}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Which column stands where; ``first_row`` is the index of the first row of data, ``header`` the titles as read.

    Columns that are not known are kept for the corrected workbook and say nothing.
    """

    first_row: int
    places: Mapping[Column, int]
    header: tuple[str, ...]


@lru_cache(maxsize=256)
def _column_of(title: str) -> Column | None:
    return _BY_NAME.get(" ".join(title.casefold().translate(_NAME_SIGNS).split()))


def find_layout(rows: Sequence[Sequence[Cell]]) -> Layout:
    """Find the header in the first rows: the row with most known titles, two rows where titles are merged above others.

    Raises:
        ValidationFailed: there is none, or what a person is found by is missing.
    """
    known = [_known(row) for row in rows[:HEADER_LOOKED_FOR]]
    best = max(range(len(known)), key=lambda index: (len(set(known[index].values())), -index), default=None)
    if best is None or len(set(known[best].values())) < FEWEST_RECOGNISED:
        raise _refused("header_not_found", _no_header())
    last = best
    places = dict(known[best])
    titles = [_title(cell) for cell in rows[best]]
    if best + 1 < len(known) and known[best + 1]:
        # «Сотрудник» over «Фамилия | Имя | Отчество»: what stands lower is more exact.
        last = best + 1
        places |= known[last]
        titles = _merged(titles, [_title(cell) for cell in rows[last]])
    found = _first_places(places)
    _check(found)
    return Layout(first_row=last + 1, places=found, header=tuple(titles))


def _known(row: Sequence[Cell]) -> dict[int, Column]:
    columns = ((index, _column_of(cell)) for index, cell in enumerate(row) if isinstance(cell, str) and cell)
    return {index: column for index, column in columns if column is not None}


def _first_places(places: Mapping[int, Column]) -> dict[Column, int]:
    """A title that stands twice counts where it stands first; parts of a name win over the whole."""
    found: dict[Column, int] = {}
    for index in sorted(places):
        found.setdefault(places[index], index)
    if Column.FAMILY_NAME in found:
        found.pop(Column.FULL_NAME, None)
    return found


def _check(found: Mapping[Column, int]) -> None:
    errors = []
    if not found.keys() & {Column.FULL_NAME, Column.FAMILY_NAME}:
        errors.append(("full_name", "Нет столбца с фамилией: добавьте столбец «ФИО» или «Фамилия»"))
    if Column.BORN_ON not in found:
        errors.append(("born_on", "Нет столбца с датой рождения: добавьте столбец «Дата рождения»"))
    if errors:
        raise ValidationFailed(
            [FieldError(field=f"list.{name}", code="column_missing", message=message) for name, message in errors]
        )


def _merged(upper: list[str], lower: list[str]) -> list[str]:
    width = max(len(upper), len(lower))
    pairs = zip(upper + [""] * (width - len(upper)), lower + [""] * (width - len(lower)), strict=True)
    return [below or above for above, below in pairs]


def _title(cell: Cell) -> str:
    return "" if cell is None else " ".join(str(cell).split())


def _no_header() -> str:
    titles = ", ".join(f"«{COLUMN_TITLES[column]}»" for column in (Column.FULL_NAME, Column.BORN_ON))
    return f"Не нашли строку с названиями столбцов: в первых {HEADER_LOOKED_FOR} строках должны быть {titles}"


def _refused(code: str, message: str) -> ValidationFailed:
    return ValidationFailed([FieldError(field="list", code=code, message=message)])
