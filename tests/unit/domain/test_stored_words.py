"""What was written stays readable: codes that records, journals and messages hold, and what a missing field means.

A record of last year names its state by a code, and lacks the fields that were added since: a code that is changed,
or another default, would make another thing of it. `python -m tests.unit.domain.test_stored_words` adds what is new
to the list beside this file; it changes nothing that stands there.
"""

from __future__ import annotations

import importlib
import json
from dataclasses import MISSING, fields, is_dataclass
from enum import Enum
from pathlib import Path
from typing import Any

from chalicelib import domain

LIST = Path(__file__).with_name("stored_words.json")
MODULES = sorted(path.stem for path in Path(domain.__path__[0]).glob("*.py") if path.stem != "__init__")


def _own(module: Any) -> list[Any]:
    """The classes that a module defines."""
    return [thing for thing in vars(module).values() if getattr(thing, "__module__", "") == module.__name__]


def _plain(value: object) -> Any:
    """A default as JSON has it; None of what is no plain value."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, tuple | frozenset | set):
        return sorted(str(_plain(member)) for member in value)
    return value if isinstance(value, str | int | float | bool) else str(type(value).__name__)


def _codes(kind: type[Enum]) -> dict[str, Any]:
    return {member.name: member.value for member in kind}


def _defaults(kind: Any) -> dict[str, Any]:
    return {field.name: _plain(field.default) for field in fields(kind) if field.default is not MISSING}


def _arrows(table: Any) -> list[str]:
    """The rows of a table of states, without words for people."""
    names = [field.name for field in fields(table[0]) if field.name not in {"silent_because", "title"}]
    told = ({name: _plain(getattr(rule, name)) for name in names if getattr(rule, name) is not None} for rule in table)
    return sorted(json.dumps(rule) for rule in told)


def words() -> dict[str, dict[str, Any]]:
    """All codes, defaults and arrows of the rules, by their places."""
    found: dict[str, dict[str, Any]] = {"codes": {}, "defaults": {}, "arrows": {}}
    for name in MODULES:
        module = importlib.import_module(f"chalicelib.domain.{name}")
        for thing in _own(module):
            if isinstance(thing, type) and issubclass(thing, Enum):
                found["codes"][f"{name}.{thing.__name__}"] = _codes(thing)
            elif isinstance(thing, type) and is_dataclass(thing) and _defaults(thing):
                found["defaults"][f"{name}.{thing.__name__}"] = _defaults(thing)
        for constant, value in vars(module).items():
            if constant.endswith("TRANSITIONS") and isinstance(value, tuple) and is_dataclass(value[0]):
                found["arrows"][f"{name}.{constant}"] = _arrows(value)
    return found


def _kept() -> dict[str, dict[str, Any]]:
    return json.loads(LIST.read_text("utf-8"))


def _standing(present: dict[str, Any], place: str) -> dict[str, Any]:
    """What a class holds now, wherever it has moved since."""
    name = place.partition(".")[2]
    moved = (found for where, found in present.items() if where.partition(".")[2] == name)
    return present.get(place) or next(moved, {})


def test_codes_and_defaults_stay_as_they_were_stored() -> None:
    present = words()
    for part in ("codes", "defaults"):
        for place, kept in _kept()[part].items():
            standing = _standing(present[part], place)
            assert {name: standing.get(name) for name in kept} == kept, place


def test_arrows_stay_as_histories_remember_them() -> None:
    present = words()["arrows"]
    for place, kept in _kept()["arrows"].items():
        standing = _standing(present, place)
        assert [row for row in kept if row not in standing] == [], place


def _add() -> None:
    kept = _kept() if LIST.exists() else {"codes": {}, "defaults": {}, "arrows": {}}
    for part, found in words().items():
        for place, value in found.items():
            kept[part].setdefault(place, [] if part == "arrows" else {})
            if part == "arrows":
                kept[part][place] += [row for row in value if row not in kept[part][place]]
            else:
                kept[part][place] = {**value, **kept[part][place]}
    LIST.write_text(json.dumps(kept, ensure_ascii=False, indent=1, sort_keys=True) + "\n", encoding="utf-8")


if __name__ == "__main__":
    _add()
