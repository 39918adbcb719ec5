"""Which signs people may type into fields: Russian letters, ASCII digits, a few separators."""

from __future__ import annotations

import string
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

RUSSIAN_LETTERS = frozenset("абвгдеёжзийклмнопрстуфхцчшщъыьэюяАБВГДЕЁЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯ")
LATIN_LETTERS = frozenset(string.ascii_letters)
DIGITS = frozenset(string.digits)
QUOTES = frozenset("'’\"«»")

# Spaces and dashes that word processors and phones put into numbers typed by people.
_NUMBER_SEPARATORS = frozenset(" \u00a0\u202f-\u2010\u2011\u2012\u2013\u2014")


def is_ascii_digits(text: str) -> bool:
    """Whether the text is one or more of 0-9; ``str.isdigit`` would take Arabic digits too."""
    return bool(text) and DIGITS.issuperset(text)


def without_separators(text: str) -> str:
    """The text without the spaces and dashes that people put into long numbers."""
    return "".join(sign for sign in text if sign not in _NUMBER_SEPARATORS)


def composed(text: str) -> str:
    """The text in Unicode form NFC without outer spaces: «и» plus a breve becomes «й»."""
    return unicodedata.normalize("NFC", text).strip()


def within_sentence(title: str) -> str:
    """A title as it goes on within a sentence: its first letter small, unless it is an abbreviation (СНИЛС, РФ)."""
    is_abbreviation = title[1:2].isupper()
    return title if is_abbreviation else f"{title[:1].lower()}{title[1:]}"


def odd_sign_position(*, text: str, allowed: AbstractSet[str]) -> int | None:
    """Position, from 1, of the first sign that is not allowed; None when there is none."""
    for position, sign in enumerate(text, start=1):
        if sign not in allowed:
            return position
    return None
