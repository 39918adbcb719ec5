"""The table of corrections that operators read is the one by which they are carried out."""

from __future__ import annotations

from pathlib import Path

import pytest

from chalicelib.domain.correction_rules import CORRECTION_RULES
from chalicelib.domain.corrections import CorrectionKind, CorrectionRule

OPERATIONS = (Path(__file__).parents[2] / "docs/operations.md").read_text(encoding="utf-8")
ALIVE = ", the living only"


def row(rule: CorrectionRule) -> str:
    """A rule as its row: code, title, who proposes, values, what changes, who is told, norm."""
    values = [f"`{name}`" for name in rule.needs] + [f"(`{name}`)" for name in rule.optional]
    who = ("insurer or fund" if rule.insurer_may else "fund") + (ALIVE if rule.living_only else "")
    told = ", ".join(sorted(rule.told))
    return f"| `{rule.kind}` | {rule.title} | {who} | {' '.join(values)} | {rule.changes} | {told} | {rule.article} |"


@pytest.mark.parametrize("kind", CorrectionKind)
def test_every_kind_has_its_row(kind: CorrectionKind) -> None:
    assert row(CORRECTION_RULES[kind]) in OPERATIONS.splitlines()
