"""Dictionaries of appeals: states, subjects, reasons, levels and topics, straight from the tables of the domain."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chalicelib.domain.appeal_rules import LEVELS, REASONS, SUBJECTS, TOPICS, reasons_for
from chalicelib.domain.appeal_states import (
    APPEAL_STATE_TITLES,
    APPEAL_TRANSITIONS,
    FINAL_APPEAL_STATES,
    TAKES_DOCUMENTS,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Rows = list[dict[str, Any]]


def states() -> Rows:
    """The states of an appeal with their arrows, for the dictionaries."""
    return [
        {
            "code": state.value,
            "title": title,
            "is_final": state in FINAL_APPEAL_STATES,
            "takes_documents": state in TAKES_DOCUMENTS,
            "transitions": [
                {
                    "event": rule.event.value,
                    "target": rule.target.value,
                    "by": rule.by.value,
                    "level": rule.level.value if rule.level else None,
                    "notification": rule.notification,
                    "silent_because": rule.silent_because,
                }
                for rule in APPEAL_TRANSITIONS
                if state in rule.sources
            ],
        }
        for state, title in APPEAL_STATE_TITLES.items()
    ]


def subjects() -> Rows:
    """What may be appealed against, for which reasons, and what an upheld appeal does."""
    return [
        {
            "code": kind.value,
            "title": rule.title,
            "topic": rule.topic,
            "undone": rule.undone,
            "reasons": list(reasons_for(kind)),
            "article": rule.article,
        }
        for kind, rule in SUBJECTS.items()
    ]


def reasons() -> Rows:
    """The reasons of the catalogue."""
    return [
        {"code": code, "title": reason.title, "topic": reason.topic, "needs_text": reason.needs_text}
        for code, reason in REASONS.items()
    ]


def levels() -> Rows:
    """Who decides at a level, and within which terms."""
    return [
        {
            "code": level.value,
            "title": rule.title,
            "decided_by": sorted(rule.scopes),
            "decision_days": rule.decision_days,
            "answer_days": rule.answer_days,
            "within_days": rule.within.days,
            "article": rule.article,
        }
        for level, rule in LEVELS.items()
    ]


def topics() -> Rows:
    """The topics of the journal of appeals."""
    return [{"code": code, "title": title} for code, title in TOPICS.items()]


DICTIONARIES: Mapping[str, Callable[[], Rows]] = {
    "appeal-states": states,
    "appeal-subjects": subjects,
    "appeal-reasons": reasons,
    "appeal-levels": levels,
    "appeal-topics": topics,
}
"""Name → what makes its rows."""
