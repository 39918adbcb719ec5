"""Dictionaries of what checks find and why is refused, each with its mend (requirements D2, D3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from chalicelib.domain.decision import FINDINGS
from chalicelib.domain.refusal_catalogue import CATALOGUE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Rows = list[dict[str, Any]]


def _reasons() -> Rows:
    return [
        {"code": code, "outcome": finding.outcome.value, "title": finding.message, "mend": finding.mend}
        for code, finding in FINDINGS.items()
    ]


def _refusals() -> Rows:
    return [
        {"code": code, "title": entry.message, "mend": entry.mend, "needs_rule": entry.needs_rule}
        for code, entry in CATALOGUE.items()
    ]


DICTIONARIES: Final[Mapping[str, Callable[[], Rows]]] = {
    "decision-reasons": _reasons,
    "refusal-reasons": _refusals,
}
"""Name → what makes its rows."""
