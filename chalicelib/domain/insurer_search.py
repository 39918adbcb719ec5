"""Search by name: by the beginning of words, with typing errors, «ё» as «е», or by a number (H1, J1).

What is typed in Latin letters and found nowhere is read as Russian typed under the wrong layout, or as it sounds.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from chalicelib.domain.names import LOOK_ALIKES

if TYPE_CHECKING:
    from chalicelib.domain.insurer import Insurer

MAX_WORDS = 8
_LATIN = re.compile("[A-Za-z]")
_LAYOUT = str.maketrans("qwertyuiop[]asdfghjkl;'zxcvbnm,.`", "йцукенгшщзхъфывапролджэячсмитьбюё")
_LETTERS = zip("abcdefghijklmnopqrstuvwxyz", "абкдефгхийклмнопкрстуввхыз", strict=True)
_PAIRS = (
    *(("shch", "щ"), ("yo", "е"), ("zh", "ж"), ("kh", "х"), ("ts", "ц")),
    *(("ch", "ч"), ("sh", "ш"), ("yu", "ю"), ("ya", "я")),
)
_SOUNDS = (*_PAIRS, *_LETTERS)
_WORD = re.compile(r"[0-9a-zа-я]+")
_FIRST_TYPO, _SECOND_TYPO = 4, 8
"""A word of four letters may have one typing error, one of eight may have two."""


def rank(*, insurer: Insurer, wanted: str) -> int | None:
    """Tell how well an insurer fits, 0 best, None if it does not: every word that is wanted has to be found."""
    text = f"{insurer.name} {insurer.full_name} {insurer.code} {insurer.inn} {insurer.ogrn}"
    return fit(text=text, wanted=wanted)


def fit(*, text: str, wanted: str) -> int | None:
    """Tell how well a text fits what is wanted, 0 best, None if it does not."""
    known = words(text)
    found = _fit(known, wanted)
    if found is None and _LATIN.search(wanted):
        other = [place for reading in readings(wanted) if (place := _fit(known, reading)) is not None]
        return 1 + min(other) if other else None
    return found


def readings(wanted: str) -> tuple[str, ...]:
    """What Latin letters may have been meant as: Russian under the wrong layout, and Russian as it sounds."""
    small = wanted.casefold()
    sounds = small
    for latin, russian in _SOUNDS:
        sounds = sounds.replace(latin, russian)
    return small.translate(_LAYOUT), sounds


def _fit(known: list[str], wanted: str) -> int | None:
    sought = words(wanted)[:MAX_WORDS]
    costs = [min((cost for word in known if (cost := _cost(one, word)) is not None), default=None) for one in sought]
    return None if None in costs else sum(cost for cost in costs if cost is not None)


def words(text: str) -> list[str]:
    """The words of a text as they are compared: small, «е» for «ё», Latin letters within Russian words as Russian."""
    folded = text.casefold().replace("ё", "е").replace("ë", "е")
    return [_russian(word) for word in _WORD.findall(folded)]


def _russian(word: str) -> str:
    if word.isascii():
        replaced = "".join(LOOK_ALIKES.get(sign, sign) for sign in word)
        return word if any(sign.isascii() and sign.isalpha() for sign in replaced) else replaced
    return "".join(LOOK_ALIKES.get(sign, sign) for sign in word)


def _cost(sought: str, word: str) -> int | None:
    """0 for the word or its beginning, 1 within it, then by typing errors; None if it is another word."""
    if word.startswith(sought):
        return 0
    if sought.isdigit():
        return None
    if len(sought) >= _FIRST_TYPO and sought in word:
        return 1
    allowed = (len(sought) >= _FIRST_TYPO) + (len(sought) >= _SECOND_TYPO)
    if not allowed:
        return None
    # The beginning of a longer word may be typed wrong too.
    lengths = range(max(1, len(sought) - allowed), len(sought) + allowed + 1)
    errors = min(distance(sought, word[:length], most=allowed) for length in {min(n, len(word)) for n in lengths})
    return None if errors > allowed else 1 + errors


def distance(one: str, other: str, *, most: int) -> int:
    """How many letters to change, add, leave out or swap with the next; more than ``most`` is told as one more."""
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, left in enumerate(one, start=1):
        following = [i]
        for j, right in enumerate(other, start=1):
            cost = min(row[j] + 1, following[-1] + 1, row[j - 1] + (left != right))
            if i > 1 and j > 1 and left == other[j - 2] and one[i - 2] == right:
                cost = min(cost, before[j - 2] + 1)
            following.append(cost)
        before, row = row, following
    return min(row[-1], most + 1)
