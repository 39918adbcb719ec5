"""What the fund is told and answers, as items: keys and what their indexes need."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chalicelib.adapters.dynamodb import fund_keys
from chalicelib.domain.change_file import ChangeFile, ChangeFilePage
from chalicelib.domain.exchange_round import ExchangeRound
from chalicelib.domain.fund_answer import AnswerPage, FundAnswer, TakenFile
from chalicelib.domain.fund_change import LISTED, FundChange

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from chalicelib.adapters.dynamodb.keys import Key

Item = dict[str, dict[str, Any]]


def place_of(change: FundChange) -> str:
    """The place of a record among those of its insurer."""
    return fund_keys.change_place(change.due_at, change.policy_id, change.policy_version)


def _change_item(change: FundChange) -> Item:
    if change.state not in LISTED:
        return {}
    return dict(fund_keys.changes_index(change.insurer_code, change.state.value, place_of(change)))


KEYS: Mapping[type, Callable[[Any], Key]] = {
    FundChange: lambda e: fund_keys.fund_change(e.policy_id, e.policy_version),
    ChangeFile: lambda e: fund_keys.change_file(e.insurer_code, e.year, e.month, e.number),
    ChangeFilePage: lambda e: fund_keys.change_file_page(e.insurer_code, e.file, e.page),
    FundAnswer: lambda e: fund_keys.fund_answer(e.answer_id),
    AnswerPage: lambda e: fund_keys.answer_page(e.answer_id, e.page),
    TakenFile: lambda e: fund_keys.taken_file(e.insurer_code, e.name),
    ExchangeRound: lambda e: fund_keys.exchange_round(e.on),
}

EXTRAS: Mapping[type, Callable[[Any], Item]] = {
    FundChange: _change_item,
    FundAnswer: lambda e: dict(fund_keys.answers_index(e.insurer_code, e.answer_id)),
}
