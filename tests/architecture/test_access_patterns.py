"""The chart of the table names every type of item and every function that makes a key."""

from __future__ import annotations

import importlib
import inspect
import re
from pathlib import Path

import pytest

from chalicelib.adapters.dynamodb import items

ROOT = Path(__file__).parents[2]
CHART = (ROOT / "infra/ACCESS_PATTERNS.md").read_text(encoding="utf-8")
TYPES = {kind.__name__ for kind in items._KEYS} | set(
    re.findall(r'_text\("([A-Z]\w+)"\)', inspect.getsource(items)),
)
KEY_MODULES = [
    importlib.import_module(f"chalicelib.adapters.dynamodb.{path.stem}")
    for path in (ROOT / "chalicelib/adapters/dynamodb").glob("*keys.py")
]
FUNCTIONS = {
    name
    for module in KEY_MODULES
    for name, found in inspect.getmembers(module, inspect.isfunction)
    if found.__module__ == module.__name__ and not name.startswith("_")
}


def test_the_types_and_functions_are_found() -> None:
    assert {"Application", "AuditEntry", "ValidityCard"} <= TYPES
    assert {"application", "owner_index", "of_item"} <= FUNCTIONS


@pytest.mark.parametrize("kind", sorted(TYPES))
def test_every_type_of_item_has_its_row(kind: str) -> None:
    assert f"| `{kind}` | `" in CHART


@pytest.mark.parametrize("function", sorted(FUNCTIONS))
def test_every_function_that_makes_a_key_is_named(function: str) -> None:
    assert f"`{function}`" in CHART


def test_no_type_is_charted_that_does_not_exist() -> None:
    rows = set(re.findall(r"^\| `([A-Z]\w+)` \| `", CHART, re.MULTILINE))
    assert rows - TYPES == {"LookupRecord"}  # written by the limits, with the use that it records
