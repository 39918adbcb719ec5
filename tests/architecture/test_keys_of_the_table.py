"""The names and prefixes of the table's keys are spelled in the modules of keys."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
KEYS = tuple(sorted((ROOT / "chalicelib/adapters/dynamodb").glob("*keys.py")))
KEY_NAMES = re.compile(r"\b(PK|SK|gsi[1-4](pk|sk)?)\b|^(INSURERS|CLINICS)$")


def _texts(path: Path) -> set[str]:
    """The string constants of a module without its docstrings and type annotations."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    documentation = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    return {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documentation
    }


PREFIXES = {match[0] for path in KEYS for text in _texts(path) if (match := re.match(r"[A-Z_]{3,}#", text))}


def test_the_prefixes_are_found():
    assert {"APPLICATION#", "PERSON#", "OUTBOX#", "IDEMPOTENCY#", "CORRECTION#"} <= PREFIXES


@pytest.mark.parametrize(
    "path",
    [path for path in sorted(ROOT.glob("chalicelib/**/*.py")) if path not in KEYS],
    ids=lambda path: str(path.relative_to(ROOT)),
)
def test_no_other_module_spells_a_key(path):
    spelled = {
        text for text in _texts(path) if KEY_NAMES.search(text) or any(text.startswith(prefix) for prefix in PREFIXES)
    }

    assert spelled == set()
