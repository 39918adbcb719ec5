"""A row of a list of staff: what it says, what is wrong with it, and what came of it (requirement K2)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from chalicelib.domain.names import check_full_name, norm_key
from chalicelib.domain.staff_cells import (
    CellMistake,
    read_born_on,
    read_email,
    read_inn,
    read_policy_number,
    short_text,
    text_of,
)
from chalicelib.domain.staff_columns import Cell, Column, Layout

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date

MOST_PARTS = 3
MOST_OF_A_TOTAL: Final = 2
"""Cells of the line of a total: the word and the number."""

_TOTAL: Final = re.compile(r"(итого|всего)\b", re.IGNORECASE)


class Outcome(StrEnum):
    """What came of a row."""

    CONFIRMED = "confirmed"
    WITH_GAPS = "with_gaps"
    NOT_INSURED = "not_insured"
    WAITING = "waiting_for_consent"
    CONSENT_REFUSED = "consent_refused"
    NOT_FOUND = "not_found"
    SEVERAL_FOUND = "several_found"
    REPEATED = "repeated"
    INVALID = "invalid"


OUTCOME_TITLES: Final[Mapping[Outcome, str]] = MappingProxyType(
    {
        Outcome.CONFIRMED: "Застрахован все дни",
        Outcome.WITH_GAPS: "Застрахован с перерывами",
        Outcome.NOT_INSURED: "Не застрахован",
        Outcome.WAITING: "Ждёт согласия сотрудника",
        Outcome.CONSENT_REFUSED: "Сотрудник не дал согласия",
        Outcome.NOT_FOUND: "Не найден",
        Outcome.SEVERAL_FOUND: "Найдено несколько человек",
        Outcome.REPEATED: "Повтор строки",
        Outcome.INVALID: "Ошибка в строке",
    }
)

TO_MEND: Final = frozenset({Outcome.NOT_FOUND, Outcome.SEVERAL_FOUND, Outcome.REPEATED, Outcome.INVALID})
"""These come back in the corrected workbook; the others go on."""

STATED: Final = frozenset({Outcome.CONFIRMED, Outcome.WITH_GAPS, Outcome.NOT_INSURED})
"""Of these the employee let the employer know."""

OUTCOME_MESSAGES: Final[Mapping[Outcome, str]] = MappingProxyType(
    {
        Outcome.NOT_FOUND: "Не нашли такого застрахованного: сверьте номер полиса, фамилию и дату рождения с полисом",
        Outcome.SEVERAL_FOUND: "Таких людей несколько: укажите номер полиса",
        Outcome.REPEATED: "Этот сотрудник уже есть в запросе: удалите строку",
    }
)
"""What mends a row that reads well and leads nowhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RowMistake:
    """A mistake in one cell of a row."""

    column: str
    code: str
    message: str
    suggestion: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffRow:
    """A row as it was read; ``cells`` are all its cells as text, for the corrected workbook.

    ``key`` names the row within the request for good: number of the list and of the row in it.
    """

    key: str
    line: int
    cells: tuple[str, ...]
    family_name: str = ""
    given_name: str = ""
    middle_name: str = ""
    born_on: str = ""
    inn: str = ""
    position: str = ""
    policy_number: str = ""
    email: str = ""
    mistakes: tuple[RowMistake, ...] = field(default=())

    @property
    def full_name(self) -> str:
        """Surname, name and patronymic."""
        return " ".join(part for part in (self.family_name, self.given_name, self.middle_name) if part)

    @property
    def identity(self) -> str:
        """By what two rows say the same: the ЕНП, the name and the birth date."""
        name = norm_key(self.family_name, self.given_name, self.middle_name)
        return f"{self.policy_number}|{name}|{self.born_on}"


def is_empty(cells: Sequence[Cell]) -> bool:
    """Whether a row says nothing of anybody, as the line of a total does: such rows are passed over."""
    filled = [cell for cell in cells if cell is not None and (not isinstance(cell, str) or cell.strip())]
    return not filled or (len(filled) <= MOST_OF_A_TOTAL and bool(_TOTAL.match(text_of(filled[0]))))


def read_row(*, layout: Layout, cells: Sequence[Cell], place: tuple[int, int], today: date) -> StaffRow:
    """Read a row with every mistake in it; ``place`` is the number of the list and the line in the file, from 1."""
    number, line = place
    mistakes: list[RowMistake] = []

    def cell(column: Column) -> Cell:
        index = layout.places.get(column)
        return cells[index] if index is not None and index < len(cells) else None

    def tried(column: Column, read: Callable[[Cell], str]) -> str:
        try:
            return read(cell(column))
        except CellMistake as found:
            mistake = RowMistake(column=column, code=found.code, message=found.message, suggestion=found.suggestion)
            mistakes.append(mistake)
            return ""

    family_name, given_name, middle_name = _names(layout, cell)
    mistakes += _name_mistakes(layout, family_name, given_name, middle_name)
    return StaffRow(
        key=text_of(cell(Column.ROW_KEY)) or f"{number}-{line}",
        line=line,
        cells=tuple(short_text(one) for one in cells),
        family_name=family_name,
        given_name=given_name,
        middle_name=middle_name,
        born_on=tried(Column.BORN_ON, lambda one: read_born_on(one, today=today).isoformat()),
        inn=tried(Column.INN, read_inn),
        position=short_text(cell(Column.POSITION)),
        policy_number=tried(Column.POLICY_NUMBER, read_policy_number),
        email=tried(Column.EMAIL, read_email),
        mistakes=tuple(mistakes),
    )


def _names(layout: Layout, cell: Callable[[Column], Cell]) -> tuple[str, str, str]:
    if Column.FAMILY_NAME in layout.places:
        columns = (Column.FAMILY_NAME, Column.GIVEN_NAME, Column.MIDDLE_NAME)
        family_name, given_name, middle_name = (text_of(cell(column)) for column in columns)
        return family_name, given_name, middle_name
    parts = text_of(cell(Column.FULL_NAME)).split(maxsplit=MOST_PARTS - 1)
    family_name, given_name, middle_name = (*parts, *[""] * (MOST_PARTS - len(parts)))
    return family_name, given_name, middle_name


def _name_mistakes(layout: Layout, family_name: str, given_name: str, middle_name: str) -> list[RowMistake]:
    errors = check_full_name(family_name=family_name, given_name=given_name, middle_name=middle_name)
    whole = Column.FULL_NAME in layout.places
    return [
        RowMistake(column=Column.FULL_NAME if whole else error.field, code=error.code, message=error.message)
        for error in errors
    ]
