"""The part of the store of the exchange with the fund: what waits for a change file, files to it, its answers (P4)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from chalicelib.domain.change_file import ChangeFile, ChangeFilePage
    from chalicelib.domain.exchange_round import ExchangeRound
    from chalicelib.domain.fund_answer import AnswerPage, FundAnswer, TakenFile
    from chalicelib.domain.fund_change import ChangeState, FundChange
    from chalicelib.ports.queries import Slice


class FundReads(Protocol):
    """Reads of the exchange with the fund."""

    def waiting_changes(self, *, insurer_code: str, until: datetime, limit: int, after: str) -> Slice[FundChange]:
        """List what may be told at a moment, earliest first; ``after`` is the last place seen (1 call)."""
        ...

    def place_of(self, *, change: FundChange) -> str:
        """The place of a record among those of its insurer (no call)."""
        ...

    def changes_in(self, *, insurer_code: str, state: ChangeState, limit: int, after: str) -> Slice[FundChange]:
        """List the records of an insurer that wait, are held or refused, earliest first (1 call)."""
        ...

    def fund_changes(self, *, policy_id: str) -> Sequence[FundChange]:
        """Read what the fund had to be told of a policy, in the order of its versions (1 call)."""
        ...

    def fund_change(self, *, policy_id: str, policy_version: int) -> FundChange:
        """Read one record (1 call); raises NotFound."""
        ...

    def fund_changes_by_id(self, *, wanted: Sequence[tuple[str, int]]) -> Sequence[FundChange]:
        """Read many records by policy and version (1 call per 100)."""
        ...

    def change_files(self, *, insurer_code: str, limit: int, after: str | None) -> Slice[ChangeFile]:
        """List the change files of an insurer, the last number first (1 call)."""
        ...

    def change_file(self, *, insurer_code: str, year: int, month: int, number: int) -> ChangeFile:
        """Read a change file (1 call); raises NotFound."""
        ...

    def change_file_pages(self, *, insurer_code: str, file: str) -> Sequence[ChangeFilePage]:
        """Read the pages of a change file, in their order (1 call per 1 MB)."""
        ...

    def fund_answer(self, *, answer_id: str) -> FundAnswer:
        """Read a file of the fund (1 call); raises NotFound."""
        ...

    def fund_answers(self, *, insurer_code: str, limit: int, after: str | None) -> Slice[FundAnswer]:
        """List the fund's files for an insurer, newest first (1 call)."""
        ...

    def answer_page(self, *, answer_id: str, page: int) -> AnswerPage | None:
        """Read a page of the report on a file of the fund, numbered from 0 (1 call)."""
        ...

    def answer_pages(self, *, answer_id: str) -> Sequence[AnswerPage]:
        """Read the whole report on a file of the fund (1 call per 1 MB)."""
        ...

    def taken_file(self, *, insurer_code: str, name: str) -> TakenFile | None:
        """Read which job took in the file of a name (1 call)."""
        ...

    def exchange_round(self, *, on: date) -> ExchangeRound | None:
        """Read whether the change files of a day were begun (1 call)."""
        ...
