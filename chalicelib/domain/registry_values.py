"""Cells of the insurers' registry as people typed them, brought to the form in which they are kept (H1)."""

from __future__ import annotations

import re
from datetime import date

from chalicelib.domain.names import LOOK_ALIKES

NEVER = date(2099, 12, 30)
"""The registry writes the last days of 2099 for a licence without a term."""

EMPTY = frozenset({"", "-", "—", "НЕТ", "НЕТ ДАННЫХ", "ОТСУТСТВУЕТ", "NULL", "NONE", "0"})

_DIGIT_LOOK_ALIKES = str.maketrans("OoОоIlІЗз", "000011133")
_NUMBER = re.compile(r"[0-9A-Za-zА-Яа-яІ]+")
_DATE = re.compile(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})|([0-9]{4})-([0-9]{2})-([0-9]{2})")
_TIME = re.compile(r"[T ][0-9:.+Z ]*$")
_EXTENSION = re.compile(r"(?:ДОБ\.?|ВН\.?|EXT\.?|:)\s*([0-9]{1,5}(?:-[0-9]{1,5})*)", re.IGNORECASE)
# A number begins with a bracket, with 8 or with +7, so that two in a cell are told apart.
_PHONE_START = re.compile(r"(?<![0-9(-])(?=(?:8|\+?7)?[ -]?\()|(?<![0-9-])(?=(?:8|\+7)[ -]?[0-9]{3,5}[ -])|[;,/\n]")
_PHONE_TEMPLATE = re.compile(r"8\([0-9]{3,5}\)[0-9]{1,3}(?:-[0-9]{2}){1,2}(?::[0-9]{1,5}(?:;[0-9]{1,5})*)?")
_EMAIL = re.compile(r"[A-Za-z0-9._%+-]{1,64}@(?:[A-Za-z0-9А-Яа-яЁё-]{1,63}\.)+[A-Za-zА-Яа-я]{2,24}")
_SITE = re.compile(r"(?:https?://)?((?:[0-9a-zа-яё-]{1,63}\.)+[a-zа-яё]{2,24})(/[^\s]*)?", re.IGNORECASE)
_LATIN = re.compile("[A-Za-z]")
_RUSSIAN = re.compile("[А-Яа-яЁё]")
_LOCAL_LENGTHS = (7, 6, 5)
NUMBER_LENGTH = 10


def is_empty(text: str) -> bool:
    """Tell whether a cell says in one of the usual ways that there is nothing."""
    return text.strip(" .").upper() in EMPTY


def digits_of(text: str) -> tuple[str, ...]:
    """The numbers in a cell, letters that look like digits read as these: two КПП in one cell are two."""
    return tuple(word.translate(_DIGIT_LOOK_ALIKES) for word in _NUMBER.findall(text.replace("№", " ")))


def read_date(text: str) -> date | None:
    """Read a date written the Russian way or as in XML, with or without a time; None if it is no date."""
    found = _DATE.fullmatch(_TIME.sub("", text.strip()))
    if found is None:
        return None
    day, month, year, *iso = found.groups()
    try:
        return date(int(year), int(month), int(day)) if year else date(*(int(part) for part in iso))
    except ValueError:
        return None


def phones_of(text: str) -> tuple[tuple[str, ...], bool]:
    """Read the phones in a cell; tells also whether all of it already was as the template wants it.

    Each becomes ``8(495)276-00-10:90-04``. What has no ten digits is left out.
    """
    found = [phone for part in _PHONE_START.split(text) if (phone := _phone(part))]
    return tuple(dict.fromkeys(found)), bool(_PHONE_TEMPLATE.fullmatch(text.strip())) and bool(found)


def _phone(part: str) -> str:
    extension = _EXTENSION.search(part)
    main = part[: extension.start()] if extension else part
    bracket = re.search(r"\(([0-9 -]+)\)", main)
    digits = re.sub(r"[^0-9]", "", main)
    if len(digits) == NUMBER_LENGTH + 1 and digits[0] in "78":
        digits = digits[1:]
    if len(digits) != NUMBER_LENGTH:
        return ""
    area = re.sub(r"[^0-9]", "", bracket[1]) if bracket else _dashed_area(main)
    if len(area) not in {3, 4, 5} or not digits.startswith(area):
        area = digits[:3]
    local = digits[len(area) :]
    tail = f"{local[:-4]}-{local[-4:-2]}-{local[-2:]}"
    return f"8({area}){tail}" + (f":{extension[1]}" if extension else "")


def _dashed_area(main: str) -> str:
    """The area code in «8-4832-626035»: what stands between the first two dashes."""
    parts = re.split(r"[- ]+", main.strip(" +"))
    return parts[1] if len(parts) > 2 and parts[0] in {"8", "7"} else ""  # noqa: PLR2004 — 8, area, number


def emails_of(text: str) -> tuple[tuple[str, ...], bool]:
    """Read the e-mail addresses in a cell; tells also whether all of it was addresses."""
    parts = [part for part in re.split(r"[;,\s]+", text) if part]
    found = tuple(dict.fromkeys(part.lower() for part in parts if _EMAIL.fullmatch(part)))
    return found, len(found) == len(parts)


def site_of(text: str) -> str:
    """The address of a site with its scheme, in small letters; Cyrillic domains stay as they are; "" if it is none."""
    found = _SITE.fullmatch(text.strip().lower().replace("http:\\\\", "http://"))
    if found is None:
        return ""
    scheme = "https://" if text.strip().lower().startswith("https") else "http://"
    return f"{scheme}{found[1]}{(found[2] or '').rstrip('/')}"


def licence_number_of(text: str) -> str:
    """A licence number in one spelling: «C № 0193 77», «С №0193 77» and «С 0193 77» are one."""
    plain = russian_letters(text.upper()).replace("№", " ").replace("N", " ")
    plain = re.sub(r"(?<=[А-Я])(?=[0-9])", " ", plain)
    return " ".join(plain.split())


def russian_letters(text: str) -> str:
    """Read Latin letters as the Russian ones that they look like, word by word, where that leaves no Latin letter."""
    return " ".join(_russian_word(word) for word in text.split())


def _russian_word(word: str) -> str:
    replaced = "".join(LOOK_ALIKES.get(sign, sign) for sign in word)
    may = _LATIN.search(word) and not _LATIN.search(replaced)
    return replaced if may else word


def is_mixed(text: str) -> bool:
    """Tell whether a word of the text mixes Russian letters with Latin ones."""
    return any(_LATIN.search(word) and _RUSSIAN.search(word) for word in text.split())
