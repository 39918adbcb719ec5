"""docs/security.md speaks of every requirement of ASVS 5.0, levels 1 and 2, and what it names is there."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs/security.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| ([\d., …]+) \| [12] \| (met|by AWS|partly|not met|n/a) \|(.*)\|$", re.MULTILINE)
NAMED = re.compile(r"`((?:tests|chalicelib|templates|infra|\.chalice)/[^`*]*)`")
FUNCTIONAL = re.compile(r"`(test_\w+\.py)`")

LAST: dict[int, tuple[int, ...]] = {
    1: (2, 9, 11, 3, 2),
    2: (3, 3, 4, 1),
    3: (0, 2, 4, 6, 5, 0, 2),
    4: (3, 1, 2, 4),
    5: (1, 3, 2, 3),
    6: (3, 11, 3, 4, 5, 3, 0, 3),
    7: (3, 4, 2, 5, 2, 2),
    8: (2, 3, 1, 1),
    9: (3, 4),
    10: (2, 2, 4, 11, 5, 2, 3),
    11: (2, 3, 3, 3, 1, 1),
    12: (3, 2, 4),
    13: (1, 5, 2, 5),
    14: (2, 4, 3),
    15: (3, 3, 7),
    16: (1, 5, 4, 3, 3),
    17: (1, 4, 2),
}
"""The last requirement of level 1 or 2 in each section of each chapter; those of level 3 come after them."""


def told() -> list[str]:
    """Every requirement that has a row; some rows tell of several."""
    found = []
    for numbers, _, _ in ROW.findall(TEXT):
        for part in numbers.split(","):
            first, _, last = part.strip().partition(" … ")
            section, _, start = first.rpartition(".")
            end = last.rpartition(".")[2] or start
            found += [f"{section}.{number}" for number in range(int(start), int(end) + 1)]
    return found


def test_every_requirement_has_a_row() -> None:
    expected = [
        f"{chapter}.{section}.{number}"
        for chapter, sections in LAST.items()
        for section, last in enumerate(sections, start=1)
        for number in range(1, last + 1)
    ]
    assert Counter(told()) == Counter(expected)


def test_what_is_named_is_there() -> None:
    assert [path for path in NAMED.findall(TEXT) if not (ROOT / path).exists()] == []
    assert [name for name in FUNCTIONAL.findall(TEXT) if not list(ROOT.glob(f"tests/*/{name}"))] == []


def test_what_is_not_met_says_what_is_missing() -> None:
    silent = [
        numbers for numbers, state, why in ROW.findall(TEXT) if state in {"partly", "not met"} and not why.strip()
    ]
    assert silent == []
