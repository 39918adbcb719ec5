"""The table of requirements is complete, and what it names exists."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parents[2]
TABLE = (ROOT / "docs/requirements.md").read_text(encoding="utf-8")
COUNTS = dict(zip("ABCDEFGHIJKLMNOP", (7, 12, 4, 4, 3, 9, 5, 3, 2, 3, 3, 2, 3, 1, 3, 4), strict=True))
NUMBERS = [f"{chapter}{number}" for chapter, count in COUNTS.items() for number in range(1, count + 1)]
ROWS = [
    [cell.strip() for cell in row.split("|")[1:-1]] for row in re.findall(r"^\| [A-P]\d+ \|.*$", TABLE, re.MULTILINE)
]
PATH = re.compile(r"`([\w.-]+(?:/[\w.-]+)+)`")


def test_every_number_stands_there_once() -> None:
    assert [row[0] for row in ROWS] == NUMBERS
    assert Counter(re.findall(r"\b[A-P]\d{1,2}\b", TABLE)) == Counter(NUMBERS)


def test_every_state_is_one_of_three() -> None:
    assert [row[0] for row in ROWS if not re.match(r"(done|partly:|not yet)", row[4])] == []


def test_what_is_there_names_its_modules() -> None:
    assert [row[0] for row in ROWS if not row[4].startswith("not yet") and not PATH.search(row[2])] == []


def test_what_is_done_names_its_tests() -> None:
    assert [row[0] for row in ROWS if row[4].startswith("done") and not PATH.search(row[3])] == []


def test_every_path_exists() -> None:
    paths = PATH.findall(TABLE)
    assert paths
    assert [path for path in paths if not (ROOT / path).exists()] == []
