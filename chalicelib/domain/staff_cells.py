"""Reading a cell of a list of staff as it was meant, whatever a spreadsheet made of it (requirement K2)."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final

from chalicelib.domain.birth_date import read_date
from chalicelib.domain.errors import InvalidValue
from chalicelib.domain.inn import PERSON_LENGTH, parse_person_inn
from chalicelib.domain.plain_text import composed, without_separators
from chalicelib.domain.policy_number import LENGTH as POLICY_LENGTH
from chalicelib.domain.policy_number import check_digit, parse_policy_number

if TYPE_CHECKING:
    from collections.abc import Callable

    from chalicelib.domain.staff_columns import Cell

EXCEL_EPOCH: Final = date(1899, 12, 30)
"""Day 0 of the serial numbers of days; that of 1900-02-29, which never was, is accounted for from March 1900 on."""

SERIALS: Final = range(10_000, 80_000)
"""From 18.05.1927 on: a number of four digits is a year, and nobody so old is on a staff."""
EXACT_DIGITS: Final = 15
"""A spreadsheet keeps so many digits of a number; the others become zeros."""

LONGEST_TEXT: Final = 200
LEAST_AGE: Final = 14
"""Nobody younger is on a staff (ТК РФ, art. 63)."""

_SCIENTIFIC = re.compile(r"([0-9])[.,]?([0-9]*)[eEеЕ]\+?([0-9]{1,2})")
_SLASHES = re.compile(r"([0-9]{1,2})[./-]([0-9]{1,2})[./-]([0-9]{4})")
_SHORT_YEAR = re.compile(r"([0-9]{1,2})[./-]([0-9]{1,2})[./-]([0-9]{2})")
_WITH_TIME = re.compile(r"([0-9]{2}[.][0-9]{2}[.][0-9]{4}|[0-9]{4}-[0-9]{2}-[0-9]{2})[ T][0-9:.+Z]+")
_IN_WORDS = re.compile(r"([0-9]{1,2})[ .-]*([а-яё]{3,8})[ .,-]*([0-9]{4})", re.IGNORECASE)
_YEAR_MARK = re.compile(r"(?<=[0-9]) ?(г\.?|года)(?: ?р\.?)?$", re.IGNORECASE)
_MONTHS: Final = {
    word: number
    for number, words in enumerate(
        (
            *("янв января январь", "фев февр февраля февраль", "мар март марта", "апр апреля апрель"),
            *("май мая", "июн июня июнь", "июл июля июль", "авг августа август"),
            *("сен сент сентября сентябрь", "окт октября октябрь", "ноя нояб ноября ноябрь", "дек декабря декабрь"),
        ),
        start=1,
    )
    for word in words.split()
}
_EMAIL = re.compile(r"[^@\s,;<>]{1,64}@[^@\s,;<>]{1,250}\.[^@\s,;<>.0-9]{2,}")
_FRACTION = re.compile(r"([0-9]+)[.,]0+")


class CellMistake(Exception):
    """What is wrong with a cell, and what may have been meant (empty if nobody can tell)."""

    def __init__(self, *, code: str, message: str, suggestion: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.message = message
        self.suggestion = suggestion


def text_of(cell: Cell) -> str:
    """The text of a cell without outer spaces; a whole number without a point."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    text = composed(str(cell)).replace("\x00", "")
    return text[1:].strip() if text.startswith("'") else text


def short_text(cell: Cell) -> str:
    """A text that only goes along, cut where it is absurdly long."""
    return text_of(cell)[:LONGEST_TEXT]


def read_born_on(cell: Cell, *, today: date) -> date:
    """Read a birth date: a date, a moment, the serial number of a day, or text in many forms.

    Raises:
        CellMistake: it is none, or lies in the future.
    """
    found = _date(cell, today)
    if found > today:
        raise CellMistake(code="birth_date_future", message="Дата рождения ещё не наступила: проверьте год")
    return found


def _date(cell: Cell, today: date) -> date:
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    text = text_of(cell)
    if not text:
        raise CellMistake(code="required", message="Укажите дату рождения")
    if text.isascii() and text.isdigit() and int(text[:9]) in SERIALS:
        return EXCEL_EPOCH + timedelta(days=int(text))
    timed = _WITH_TIME.fullmatch(text)
    plain = _YEAR_MARK.sub("", timed[1] if timed else text)
    worded = _IN_WORDS.fullmatch(plain)
    if worded and worded[2].casefold() in _MONTHS:
        plain = f"{worded[1]:>02}.{_MONTHS[worded[2].casefold()]:02}.{worded[3]}"
    slashed = _SLASHES.fullmatch(plain)
    if slashed:
        plain = f"{slashed[1]:>02}.{slashed[2]:>02}.{slashed[3]}"
    try:
        return read_date(text=plain)
    except InvalidValue as refusal:
        raise CellMistake(
            code=refusal.reason,
            message=refusal.detail,
            suggestion=_swapped(refusal, slashed) or _whole_year(plain, today),
        ) from None


def _swapped(refusal: InvalidValue, found: re.Match[str] | None) -> str:
    """12/31/1984 is most likely the American order."""
    if found is None or refusal.reason != "date_calendar":
        return ""
    try:
        return f"{date(int(found[3]), int(found[1]), int(found[2])):%d.%m.%Y}"
    except ValueError:
        return ""


def _whole_year(text: str, today: date) -> str:
    """05.03.84 is of the century in which somebody who works was born."""
    found = _SHORT_YEAR.fullmatch(text)
    if found is None:
        return ""
    year = today.year // 100 * 100 + int(found[3])
    if year > today.year - LEAST_AGE:
        year -= 100
    try:
        return f"{date(year, int(found[2]), int(found[1])):%d.%m.%Y}"
    except ValueError:
        return ""


def read_policy_number(cell: Cell) -> str:
    """Read a ЕНП; zeros that a spreadsheet cut off in front are put back, if the check digit proves it.

    Raises:
        CellMistake: it is wrong; where a spreadsheet cut off the last digit, it is computed and suggested.
    """
    return _number(cell, POLICY_LENGTH, parse=lambda text: parse_policy_number(text=text), rescue=_last_digit)


def read_inn(cell: Cell) -> str:
    """Read the ИНН of a person; zeros in front are put back.

    Raises:
        CellMistake: it is wrong.
    """
    return _number(cell, PERSON_LENGTH, parse=lambda text: parse_person_inn(text=text), rescue=lambda _: "")


def read_email(cell: Cell) -> str:
    """Read an e-mail address; raises CellMistake."""
    text = text_of(cell).removeprefix("mailto:")
    if text and not _EMAIL.fullmatch(text):
        message = "Проверьте адрес электронной почты: он должен иметь вид ivanov@example.ru"
        raise CellMistake(code="invalid_email", message=message)
    return text


def _number(cell: Cell, length: int, *, parse: Callable[[str], str], rescue: Callable[[str], str]) -> str:
    text = text_of(cell)
    if not text:
        return ""
    rounded = _SCIENTIFIC.fullmatch(text)
    if rounded:
        raise _rounded(rounded, length, rescue)
    fraction = _FRACTION.fullmatch(text)
    digits = without_separators(fraction[1] if fraction else text)
    padded = digits.zfill(length) if digits.isascii() and digits.isdigit() else digits
    try:
        return parse(padded)
    except InvalidValue as refusal:
        raise _mistake(refusal, digits, length, rescue) from None


def _mistake(refusal: InvalidValue, digits: str, length: int, rescue: Callable[[str], str]) -> CellMistake:
    suggestion = rescue(digits) if len(digits) == length and digits.endswith("0") else ""
    if suggestion:
        message = "Таблица округлила номер и потеряла последнюю цифру: сделайте столбец текстовым"
        return CellMistake(code="number_rounded", message=message, suggestion=suggestion)
    if len(digits) < length and digits.isdigit():
        message = f"Цифр {len(digits)}, а нужно {length}: проверьте, не пропущена ли цифра"
        return CellMistake(code="number_short", message=message)
    return CellMistake(code=refusal.reason, message=refusal.detail)


def _rounded(found: re.Match[str], length: int, rescue: Callable[[str], str]) -> CellMistake:
    """1.23E+15: what is left of the digits tells which number it was only if at most the last one is lost."""
    digits = found[1] + found[2]
    suggestion = ""
    if int(found[3]) == length - 1 and EXACT_DIGITS <= len(digits) <= length:
        suggestion = rescue(digits.ljust(length, "0"))
    message = "Таблица записала номер как число с порядком (1,23E+15): сделайте столбец текстовым и впишите номер снова"
    return CellMistake(code="number_scientific", message=message, suggestion=suggestion)


def _last_digit(digits: str) -> str:
    """The ЕНП whose last digit became a zero: the first 15 give it."""
    body = digits[:EXACT_DIGITS]
    try:
        return parse_policy_number(text=body + check_digit(body=body))
    except InvalidValue:
        return ""
