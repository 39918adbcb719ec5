"""Dictionaries of corrections: kinds with the values that they need, states, signals of duplicates."""

from __future__ import annotations

from typing import Any

from chalicelib.domain.correction_rules import CORRECTION_RULES
from chalicelib.domain.correction_values import VALUES
from chalicelib.domain.corrections import CORRECTION_STATE_TITLES, CORRECTION_TRANSITIONS, CorrectionRule
from chalicelib.domain.duplicates import SIGNALS
from chalicelib.domain.policy_corrections import ANNULMENT_TITLES

Rows = list[dict[str, Any]]


def corrections() -> Rows:
    """Every kind of correction, as a client offers it."""
    return [
        {
            "code": rule.kind.value,
            "title": rule.title,
            "needs": [_value(name) for name in rule.needs],
            "optional": [_value(name) for name in rule.optional],
            "changes": rule.changes,
            "tells": rule.tells.value,
            "told": sorted(rule.told),
            "roles": _roles(rule),
            "article": rule.article,
        }
        for rule in CORRECTION_RULES.values()
    ]


def _value(name: str) -> dict[str, Any]:
    return {"name": name, "title": VALUES[name].title, "may_be_empty": VALUES[name].may_be_empty}


def _roles(rule: CorrectionRule) -> list[str]:
    return ["fund_operator", *(["insurer_operator"] if rule.insurer_may else [])]


def states() -> Rows:
    """The states of a correction."""
    return [
        {"code": state.value, "title": title, "transitions": sorted(CORRECTION_TRANSITIONS[state])}
        for state, title in CORRECTION_STATE_TITLES.items()
    ]


def annulments() -> Rows:
    """The grounds on which a policy is annulled."""
    return [{"code": code.value, "title": title} for code, title in ANNULMENT_TITLES.items()]


def signals() -> Rows:
    """What speaks for one person, and what for two."""
    return [{"code": found.code, "title": found.title, "weight": found.weight} for found in SIGNALS.values()]
