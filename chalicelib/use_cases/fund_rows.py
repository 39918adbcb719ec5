"""A row of a file of the fund as it was read, and what all readers of such files share (P4)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from chalicelib.domain.corrections import Correction
from chalicelib.domain.exchange_logic import remark_of
from chalicelib.domain.fund_answer import AnswerRow, Outcome
from chalicelib.domain.fund_change import FundChange

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chalicelib.domain.exchange_check import OpenedFile
    from chalicelib.domain.exchange_schema import FlkError


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadRow:
    """A row with what it changes: the record that it answers, or the correction that it proposes."""

    told: AnswerRow
    change: FundChange | None = None
    correction: Correction | None = None


class RowReader(Protocol):
    """The rows of one file."""

    @property
    def total(self) -> int:
        """How many there are."""
        ...

    def page(self, *, start: int, size: int) -> Sequence[ReadRow]:
        """Read some of them, from one counted from 0."""
        ...


def bad_row(number: int, record: str, *errors: FlkError) -> ReadRow:
    """A row that is not taken in, with all its mistakes."""
    remarks = tuple(map(remark_of, errors))
    return ReadRow(told=AnswerRow(number=number, record=record, outcome=Outcome.BAD, remarks=remarks))


def errors_by_record(file: OpenedFile) -> dict[str, tuple[FlkError, ...]]:
    """The mistakes of shape by the record in which they are."""
    found: dict[str, tuple[FlkError, ...]] = {}
    for error in file.errors:
        found[error.record] = (*found.get(error.record, ()), error)
    return found
