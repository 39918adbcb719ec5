"""Dictionaries of the exchange with the fund, imports of registries, messages and webhooks (P4, H1, M)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from chalicelib.domain.change_file import FILE_STATE_TITLES, FILE_TRANSITIONS
from chalicelib.domain.dispatch import STATE_TITLES as MESSAGE_STATE_TITLES
from chalicelib.domain.dispatch import UNDER_WAY
from chalicelib.domain.fund_answer import ANSWER_STATE_TITLES, ANSWER_TRANSITIONS, OUTCOME_TITLES
from chalicelib.domain.fund_change import CHANGE_STATE_TITLES, CHANGE_TRANSITIONS
from chalicelib.domain.registry_job import IMPORT_STATE_TITLES, IMPORT_TRANSITIONS
from chalicelib.domain.webhook_progress import ENDED
from chalicelib.domain.webhook_progress import STATE_TITLES as WEBHOOK_STATE_TITLES

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

Rows = list[dict[str, Any]]


def machine(titles: Mapping[Any, str], transitions: Mapping[Any, Collection[Any]]) -> Rows:
    """States with their titles and where each may lead."""
    return [
        {
            "code": state.value,
            "title": title,
            "is_final": not transitions[state],
            "transitions": sorted(target.value for target in transitions[state]),
        }
        for state, title in titles.items()
    ]


def _named(titles: Mapping[Any, str], *, standing: Collection[Any]) -> Rows:
    """States of which only the end is told: receipts lead from any of them to another."""
    return [{"code": state.value, "title": title, "is_final": state not in standing} for state, title in titles.items()]


DICTIONARIES: Final[Mapping[str, Callable[[], Rows]]] = {
    "exchange-record-states": lambda: machine(CHANGE_STATE_TITLES, CHANGE_TRANSITIONS),
    "exchange-file-states": lambda: machine(FILE_STATE_TITLES, FILE_TRANSITIONS),
    "fund-answer-states": lambda: machine(ANSWER_STATE_TITLES, ANSWER_TRANSITIONS),
    "fund-answer-outcomes": lambda: [{"code": one.value, "title": title} for one, title in OUTCOME_TITLES.items()],
    "registry-import-states": lambda: machine(IMPORT_STATE_TITLES, IMPORT_TRANSITIONS),
    "message-states": lambda: _named(MESSAGE_STATE_TITLES, standing=UNDER_WAY),
    "webhook-states": lambda: _named(WEBHOOK_STATE_TITLES, standing=set(WEBHOOK_STATE_TITLES) - ENDED),
}
"""Name → what makes its rows."""
