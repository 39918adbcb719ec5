"""Reads of the exchange with the fund: what waits for a change file, files to it and its answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.adapters.dynamodb import fund_items, fund_keys, index_keys, items
from chalicelib.domain.change_file import ChangeFile, ChangeFilePage
from chalicelib.domain.exchange_round import ExchangeRound
from chalicelib.domain.fund_answer import AnswerPage, FundAnswer, TakenFile
from chalicelib.domain.fund_change import ChangeState, FundChange
from chalicelib.ports.errors import NotFound
from chalicelib.ports.queries import Slice

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from chalicelib.adapters.dynamodb.table import Table


class FundReads:
    """The part of the store of the exchange with the fund."""

    _table: Table

    def waiting_changes(self, *, insurer_code: str, until: datetime, limit: int, after: str) -> Slice[FundChange]:
        """List what may be told at a moment, earliest first; ``after`` is a place."""
        partition = fund_keys.changes_partition(insurer_code, ChangeState.WAITING.value)
        found, following = self._table.query_between(
            index_keys.OWNER_INDEX,
            partition,
            since=index_keys.FIRST,
            until=fund_keys.changes_until(until),
            limit=limit,
            after=self._start(insurer_code, ChangeState.WAITING, after),
        )
        return self._changes([items.from_item(FundChange, item) for item in found], following)

    def place_of(self, *, change: FundChange) -> str:
        """The place of a record among those of its insurer."""
        return fund_items.place_of(change)

    def changes_in(self, *, insurer_code: str, state: ChangeState, limit: int, after: str) -> Slice[FundChange]:
        """List the records of an insurer in a state, earliest first; ``after`` is a place."""
        found, following = self._table.query_index(
            index_keys.OWNER_INDEX,
            fund_keys.changes_partition(insurer_code, state.value),
            limit=limit,
            after=self._start(insurer_code, state, after),
            newest_first=False,
        )
        return self._changes([items.from_item(FundChange, item) for item in found], following)

    def _start(self, insurer_code: str, state: ChangeState, after: str) -> str | None:
        if not after:
            return None
        index = fund_keys.changes_index(insurer_code, state.value, after)
        return index_keys.index_start(fund_keys.change_of_place(after), index)

    def _changes(self, found: list[FundChange], following: str | None) -> Slice[FundChange]:
        return Slice(items=tuple(found), after=fund_items.place_of(found[-1]) if following else None)

    def fund_changes(self, *, policy_id: str) -> Sequence[FundChange]:
        """Read what the fund had to be told of a policy, in the order of its versions."""
        found = self._table.query_all(fund_keys.fund_change(policy_id, 0).partition, prefix=fund_keys.CHANGE_PREFIX)
        return [items.from_item(FundChange, item) for item in found]

    def fund_change(self, *, policy_id: str, policy_version: int) -> FundChange:
        """Read one record; raises NotFound."""
        found = self._table.get(FundChange, fund_keys.fund_change(policy_id, policy_version))
        if found is None:
            raise NotFound("Такой записи обмена нет")
        return found

    def fund_changes_by_id(self, *, wanted: Sequence[tuple[str, int]]) -> Sequence[FundChange]:
        """Read many records, a hundred a call; what is not there is left out."""
        found = self._table.batch_get([fund_keys.fund_change(*one) for one in wanted])
        return [items.from_item(FundChange, item) for item in found]

    def change_files(self, *, insurer_code: str, limit: int, after: str | None) -> Slice[ChangeFile]:
        """List the change files of an insurer, the last number first; ``after`` is year, month and number."""
        start = None
        if after:
            year, month, number = (int(part) for part in after.split("-"))
            start = index_keys.index_start(fund_keys.change_file(insurer_code, year, month, number), {})
        partition = fund_keys.change_file(insurer_code, 0, 0, 0).partition
        found, following = self._table.query(
            partition, prefix=fund_keys.FILE_PREFIX, limit=limit, after=start, newest_first=True
        )
        files = tuple(items.from_item(ChangeFile, item) for item in found)
        last = files[-1] if following else None
        return Slice(items=files, after=f"{last.year}-{last.month}-{last.number}" if last else None)

    def change_file(self, *, insurer_code: str, year: int, month: int, number: int) -> ChangeFile:
        """Read a change file; raises NotFound."""
        found = self._table.get(ChangeFile, fund_keys.change_file(insurer_code, year, month, number))
        if found is None:
            raise NotFound("Такого файла нет")
        return found

    def change_file_pages(self, *, insurer_code: str, file: str) -> Sequence[ChangeFilePage]:
        """Read the pages of a change file, in their order."""
        partition = fund_keys.change_file_page(insurer_code, file, 0).partition
        found = self._table.query_all(partition, prefix=fund_keys.PAGE_PREFIX)
        return [items.from_item(ChangeFilePage, item) for item in found]

    def fund_answer(self, *, answer_id: str) -> FundAnswer:
        """Read a file of the fund; raises NotFound."""
        found = self._table.get(FundAnswer, fund_keys.fund_answer(answer_id))
        if found is None:
            raise NotFound("Такого файла нет")
        return found

    def fund_answers(self, *, insurer_code: str, limit: int, after: str | None) -> Slice[FundAnswer]:
        """List the fund's files for an insurer, newest first; ``after`` is the last id seen."""
        start = None
        if after:
            index = fund_keys.answers_index(insurer_code, after)
            start = index_keys.index_start(fund_keys.fund_answer(after), index)
        found, following = self._table.query_index(
            index_keys.OWNER_INDEX, fund_keys.answers_partition(insurer_code), limit=limit, after=start
        )
        answers = tuple(items.from_item(FundAnswer, item) for item in found)
        return Slice(items=answers, after=answers[-1].answer_id if following else None)

    def answer_page(self, *, answer_id: str, page: int) -> AnswerPage | None:
        """Read a page of the report on a file of the fund."""
        return self._table.get(AnswerPage, fund_keys.answer_page(answer_id, page))

    def answer_pages(self, *, answer_id: str) -> Sequence[AnswerPage]:
        """Read the whole report on a file of the fund."""
        found = self._table.query_all(fund_keys.fund_answer(answer_id).partition, prefix=fund_keys.PAGE_PREFIX)
        return [items.from_item(AnswerPage, item) for item in found]

    def taken_file(self, *, insurer_code: str, name: str) -> TakenFile | None:
        """Read which job took in the file of a name."""
        return self._table.get(TakenFile, fund_keys.taken_file(insurer_code, name))

    def exchange_round(self, *, on: date) -> ExchangeRound | None:
        """Read whether the change files of a day were begun."""
        return self._table.get(ExchangeRound, fund_keys.exchange_round(on))
