"""Lookups of many people at once as JSON and CSV (requirement G3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from chalicelib.http.models import In, IsoDate, Out
from chalicelib.http.schemas.clinics import RowErrorOut
from chalicelib.http.schemas.validity import ClinicQuestionIn, InsuredPersonOut, insured_person_out
from chalicelib.use_cases.check_many import MOST, STATUS_TITLES, RowAnswer, RowStatus

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime
    from typing import Self


class BatchQuestionIn(ClinicQuestionIn):
    """One question; ``ref`` comes back with the answer."""

    ref: str = Field(default="", max_length=64, description="Ваша метка строки, без личных данных")


class BatchIn(In):
    """Up to 1,000 questions, as JSON or as a table."""

    on: IsoDate | None = Field(default=None, strict=False, description="На какую дату, если строка не называет свою")
    questions: list[BatchQuestionIn] = Field(default_factory=list, max_length=MOST)
    csv: str = Field(
        default="",
        max_length=200_000,
        description="Таблица со столбцами в первой строке; разделитель — точка с запятой, запятая или табуляция",
        examples=["ref;policy_number;on\r\n1;7754900885000012;2026-03-16"],
    )

    @model_validator(mode="after")
    def _is_one_of_both(self) -> Self:
        if bool(self.questions) == bool(self.csv.strip()):
            raise PydanticCustomError("one_of", "Передайте либо questions, либо csv")
        return self


class BatchRowOut(Out):
    """The answer to one question."""

    row: int = Field(description="Номер строки с 1")
    ref: str
    status: RowStatus
    status_title: str
    errors: list[RowErrorOut]
    answer: InsuredPersonOut | None


class BatchOut(Out):
    """The answers, in the order of the questions."""

    items: list[BatchRowOut]


def batch_row_out(number: int, ref: str, found: RowAnswer, *, on: date, at: datetime) -> BatchRowOut:
    """Present the answer to one question."""
    is_answered = found.status in {RowStatus.INSURED, RowStatus.NOT_INSURED, RowStatus.NOT_FOUND}
    return BatchRowOut(
        row=number,
        ref=ref,
        status=found.status,
        status_title=STATUS_TITLES[found.status],
        errors=[RowErrorOut.model_validate(error) for error in found.errors],
        answer=insured_person_out(found.answer, on=on, at=at) if is_answered else None,
    )


ANSWER_COLUMNS = (
    "policy_number",
    "certificate_number",
    "family_name",
    "given_name",
    "middle_name",
    "born_on",
    "insurer_code",
    "insurer_name",
    "printed_insurer_code",
    "valid_from",
    "valid_until",
)


def batch_table(rows: Sequence[BatchRowOut]) -> list[list[str]]:
    """Present the answers as a table; mistakes stand in its last column."""
    head = ["row", "ref", "status", "status_title", *ANSWER_COLUMNS, "clinic_code", "attached_on", "errors"]
    return [head, *(_cells(row) for row in rows)]


def _cells(row: BatchRowOut) -> list[str]:
    answer = row.answer
    told = ["" if answer is None else _text(getattr(answer, name)) for name in ANSWER_COLUMNS]
    attached = answer.attachment if answer else None
    place = [attached.clinic_code, _text(attached.attached_on)] if attached else ["", ""]
    mistakes = "; ".join(f"{error.field}: {error.message}" for error in row.errors)
    return [str(row.row), row.ref, row.status.value, row.status_title, *told, *place, mistakes]


def _text(value: object) -> str:
    return "" if value is None else str(value)
