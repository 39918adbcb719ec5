"""Names of people: which signs the registers take, and how two spellings are compared.

A name is kept exactly as it stands in the document; matching uses ``norm_key``. Rules of order
No. 79 of the federal fund, p. 6.3.2, and classifier Q004 (codes 5-7, 12, 92).
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from chalicelib.domain.errors import FieldError
from chalicelib.domain.plain_text import (
    DIGITS,
    LATIN_LETTERS,
    QUOTES,
    RUSSIAN_LETTERS,
    composed,
    odd_sign_position,
)

MAX_NAME_LENGTH = 40
MAX_PLACE_LENGTH = 100

#: Latin letters that look like Russian ones and equal them in matching.
LOOK_ALIKES = dict(zip("ABCEHKMOPTXaceopxkmt", "АВСЕНКМОРТХасеорхкмт", strict=True))

#: Two signs of one group may not stand side by side.
SEPARATOR_GROUPS = (frozenset(" "), frozenset("."), frozenset("-"), QUOTES)

_DOUBLED_SEPARATOR = re.compile("|".join(f"[{re.escape(''.join(sorted(group)))}]{{2}}" for group in SEPARATOR_GROUPS))
_SEPARATORS = frozenset().union(*SEPARATOR_GROUPS)
_NAME_SIGNS = RUSSIAN_LETTERS | DIGITS | frozenset(LOOK_ALIKES) | _SEPARATORS
_PLACE_SIGNS = _NAME_SIGNS | frozenset(",:()/№;")
_KEY_SEPARATORS = _SEPARATORS | frozenset("‐‑‒–—`´ʼ“”„\u00a0")
_KEY_LETTERS = str.maketrans({"ё": "е", "ë": "е", **dict(zip("abcehkmoptx", "авсенкмортх", strict=True))})

MESSAGES = {
    "name_required": "Заполните поле так, как написано в документе",
    "name_full_required": "Укажите фамилию или имя: хотя бы одно из них должно быть в документе",
    "name_length": "Не больше {limit} знаков: сократите так, как сделано в документе",
    "name_latin": "Замените латинскую букву на русскую: знак {position} по счёту",
    "name_sign": "Уберите недопустимый знак, он {position} по счёту: можно буквы, цифры, пробел, "
    "точку, дефис, кавычки и апостроф",
    "name_separator": "Уберите лишний знак: два пробела, дефиса, точки или кавычки подряд, "
    "второй из них {position} по счёту",
    "name_edge": "Начните и закончите буквой или цифрой; точка возможна только в конце",
    "name_letters": "Напишите хотя бы одну букву",
}


def check_name(*, text: str, field: str, required: bool = True) -> tuple[FieldError, ...]:
    """All mistakes in a family, given or middle name.

    Args:
        text: as typed; outer spaces are ignored.
        field: dotted path for the errors.
        required: whether an empty text is a mistake; a patronymic is never required.
    """
    return _check(text, field, required=required, signs=_NAME_SIGNS, limit=MAX_NAME_LENGTH)


def check_full_name(
    *, family_name: str, given_name: str, middle_name: str = "", prefix: str = ""
) -> tuple[FieldError, ...]:
    """All mistakes in a full name: any part may be absent, but not both family and given name.

    ``prefix`` is the dotted path of the person, without the last point.
    """
    path = f"{prefix}." if prefix else ""
    parts = {"family_name": family_name, "given_name": given_name, "middle_name": middle_name}
    if not composed(family_name) and not composed(given_name):
        missing = FieldError(
            field=f"{path}family_name",
            code="name_full_required",
            message=MESSAGES["name_full_required"],
        )
        return (missing, *check_name(text=middle_name, field=f"{path}middle_name", required=False))
    return tuple(
        error for name, text in parts.items() for error in check_name(text=text, field=path + name, required=False)
    )


def check_place_of_birth(*, text: str, field: str = "place_of_birth") -> tuple[FieldError, ...]:
    """All mistakes in a place of birth: commas, colons, brackets and slashes are allowed too."""
    return _check(text, field, required=True, signs=_PLACE_SIGNS, limit=MAX_PLACE_LENGTH)


def norm_key(*parts: str | None) -> str:
    """The key by which spellings of one name are equal.

    Case, Ё and Е, Latin look-alikes and the kind and number of separators do not matter; absent
    parts are empty. Parts are joined by a vertical bar.
    """
    return "|".join(_norm_part(part or "") for part in parts)


def _norm_part(text: str) -> str:
    visible = "".join(sign for sign in text if unicodedata.category(sign) != "Cf")
    folded = unicodedata.normalize("NFC", unicodedata.normalize("NFC", visible).casefold())
    # Marks that are left after composition are stress and the like: they make no other name.
    letters = (sign for sign in folded.translate(_KEY_LETTERS) if not unicodedata.combining(sign))
    return " ".join("".join(" " if sign in _KEY_SEPARATORS else sign for sign in letters).split())


def _check(text: str, field: str, *, required: bool, signs: frozenset[str], limit: int) -> tuple[FieldError, ...]:
    name = composed(text)
    if not name:
        return (_error(field, "name_required"),) if required else ()
    errors = []
    if len(name) > limit:
        errors.append(_error(field, "name_length", limit=limit))
    errors += _sign_errors(name, field, signs)
    doubled = _doubled_separator(name)
    if doubled is not None:
        errors.append(_error(field, "name_separator", position=doubled))
    if name[0] in _punctuation(signs) or not _may_end(name[-1], signs):
        errors.append(_error(field, "name_edge"))
    if not any(sign.isalpha() for sign in name):
        errors.append(_error(field, "name_letters"))
    return tuple(errors)


def _sign_errors(name: str, field: str, signs: frozenset[str]) -> list[FieldError]:
    """The first foreign letter and the first odd sign; Latin letters have their own advice."""
    if signs.issuperset(name):
        return []
    errors = []
    latin = LATIN_LETTERS - signs
    position = next((at for at, sign in enumerate(name, start=1) if sign in latin), None)
    if position is not None:
        errors.append(_error(field, "name_latin", position=position))
    odd = odd_sign_position(text=name, allowed=signs | latin)
    if odd is not None:
        errors.append(_error(field, "name_sign", position=odd))
    return errors


def _doubled_separator(name: str) -> int | None:
    found = _DOUBLED_SEPARATOR.search(name)
    return found.end() if found else None


def _may_end(sign: str, signs: frozenset[str]) -> bool:
    # A closing bracket may end a place of birth; a point ends an abbreviation.
    closing = {".", ")"} if ")" in signs else {"."}
    return sign in closing or sign not in _punctuation(signs)


@cache
def _punctuation(signs: frozenset[str]) -> frozenset[str]:
    return signs - RUSSIAN_LETTERS - DIGITS - LATIN_LETTERS


def _error(field: str, code: str, **values: int) -> FieldError:
    return FieldError(field=field, code=code, message=MESSAGES[code].format(**values))
