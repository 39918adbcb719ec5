"""Words and notations of the documents: dates, numbers, Latin letters of names."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from chalicelib.domain.birth_date import DatePrecision

MONTHS = (
    "января", "февраля", "марта", "апреля", "мая", "июня",
    "июля", "августа", "сентября", "октября", "ноября", "декабря",
)  # fmt: skip
SEXES = {"male": ("мужской", "male"), "female": ("женский", "female")}

# Letters as in passports: ICAO Doc 9303, part 3, section 6.
LATIN = dict(
    zip(
        "абвгдеёжзийклмнопрстуфхцчшщъыьэюя",
        (
            "a", "b", "v", "g", "d", "e", "e", "zh", "z", "i", "i", "k", "l", "m", "n", "o", "p", "r",
            "s", "t", "u", "f", "kh", "ts", "ch", "sh", "shch", "ie", "y", "", "e", "iu", "ia",
        ),
        strict=True,
    )
)  # fmt: skip


def day(value: date) -> str:
    """22.11.2026."""
    return f"{value:%d.%m.%Y}"


def birth_day(value: date, known_to: DatePrecision) -> str:
    """22.11.1984, or 11.1984 or 1984 where the day or the month is not known."""
    start = {DatePrecision.DAY: 0, DatePrecision.MONTH: 3, DatePrecision.YEAR: 6}
    return day(value)[start[known_to] :]


def long_day(value: date) -> str:
    """22 ноября 2026 г."""
    return f"{value.day}\N{NO-BREAK SPACE}{MONTHS[value.month - 1]} {value.year}\N{NO-BREAK SPACE}г."


def moment(value: datetime) -> str:
    """22.11.2026 14:05 (UTC+03:00), in the zone that the moment carries."""
    zone = f"{value:%z}"
    return f"{value:%d.%m.%Y %H:%M} (UTC{zone[:3]}:{zone[3:5]})"


def last_day(until: date) -> date:
    """The last valid day of a half-open term."""
    return until - timedelta(days=1)


def grouped(number: str) -> str:
    """A policy number in fours; other numbers as they are."""
    if len(number) == 16 and number.isdecimal():  # noqa: PLR2004 - ЕНП
        return " ".join(number[place : place + 4] for place in range(0, 16, 4))
    return number


def romanized(name: str) -> str:
    """A Russian name in Latin letters, as a passport shows it (ICAO Doc 9303)."""
    return "".join(_letter(char) for char in name)


def _letter(char: str) -> str:
    latin = LATIN.get(char.lower())
    if latin is None:
        return char
    return latin.capitalize() if char.isupper() else latin


def term(valid_from: date, valid_until: date | None) -> str:
    """The term for people, with the last day included."""
    if valid_until is None:
        return "Бессрочно"
    return f"{day(valid_from)} – {day(last_day(valid_until))} включительно"


def term_en(valid_from: date, valid_until: date | None) -> str:
    """The term in English."""
    if valid_until is None:
        return "No expiry date"
    return f"{day(valid_from)} – {day(last_day(valid_until))} inclusive"
