"""Questions of a batch as CSV, in any of the usual dialects, and its answers (requirement G3)."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

from chalicelib.domain.birth_date import read_date
from chalicelib.domain.errors import FieldError, InvalidValue, ValidationFailed
from chalicelib.use_cases.clinic_key import ClinicQuestion, DocumentKey, NameKey
from chalicelib.use_cases.legacy_lookups import OldPolicyKey

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

COLUMNS = (
    "ref",
    "on",
    "policy_number",
    "snils",
    "certificate_number",
    "blank_number",
    "document_type",
    "document_series",
    "document_number",
    "family_name",
    "given_name",
    "middle_name",
    "born_on",
    "old_series",
    "old_number",
)
"""Every column may be left out; each row needs one key."""

_CALLED = {
    "ref": ("метка", "№", "№ п/п", "номер строки", "n", "id"),
    "on": ("дата", "на дату", "дата приема", "дата обращения"),
    "policy_number": ("енп", "полис", "номер полиса", "полис омс", "номер полиса омс"),
    "snils": ("снилс",),
    "certificate_number": ("временное свидетельство", "номер временного свидетельства"),
    "blank_number": ("номер бланка", "бланк"),
    "document_type": ("тип документа", "вид документа"),
    "document_series": ("серия документа", "серия паспорта"),
    "document_number": ("номер документа", "номер паспорта"),
    "family_name": ("фамилия",),
    "given_name": ("имя",),
    "middle_name": ("отчество",),
    "born_on": ("дата рождения", "д.р.", "др"),
    "old_series": ("серия полиса",),
    "old_number": ("номер полиса старого образца", "номер старого полиса"),
}
_COLUMN_OF = {name: column for column, names in _CALLED.items() for name in (column, *names)}
"""What a column may be called → the column, in small letters with «е» for «ё»."""

PASSPORT = "14"
"""F011: what a row without a type of document means."""

MOST_COLUMNS = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class CsvRow:
    """One row: its question, or what is wrong with it."""

    ref: str
    question: ClinicQuestion
    errors: tuple[FieldError, ...] = ()


def read_rows(*, text: str, on: date) -> list[CsvRow]:
    """Read the rows of a table with a head, in Russian too; the delimiter is what the head has most of.

    Raises:
        ValidationFailed: the head has no, repeated or unknown columns, or the text is no table.
    """
    try:
        return [_row(row, on) for row in _table(text.removeprefix("\ufeff"))]
    except csv.Error:
        message = "Это не таблица CSV: проверьте кавычки и разделители"
        raise ValidationFailed([FieldError(field="csv", code="csv_malformed", message=message)]) from None


def _table(text: str) -> Iterator[Mapping[str, str]]:
    head_line, _, _ = text.partition("\n")
    delimiter = max(";,\t", key=head_line.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    typed = [" ".join(name.casefold().replace("ё", "е").split()) for name in next(reader, [])]
    head = [_COLUMN_OF.get(name, "") for name in typed]
    if not typed or not all(head) or len(set(head)) != len(head):
        # By their places: what stands in a first line may be a person, where a head was forgotten.
        wrong = ", ".join(str(place) for place, column in enumerate(head[:MOST_COLUMNS], start=1) if not column)
        said = f"Неизвестные столбцы по счёту: {wrong}. " if wrong else ""
        message = f"{said}Назовите столбцы в первой строке, каждый один раз. Бывают: {_known()}"
        raise ValidationFailed([FieldError(field="csv", code="csv_columns", message=message)])
    for cells in reader:
        if any(cell.strip() for cell in cells):
            yield dict(zip(head, (cell.strip() for cell in cells[:MOST_COLUMNS]), strict=False))


def _known() -> str:
    return ", ".join(f"{column} ({_CALLED[column][0]})" for column in COLUMNS)


def _row(row: Mapping[str, str], on: date) -> CsvRow:
    errors: list[FieldError] = []
    day = _date(row, "on", errors) or on
    born_on = _date(row, "born_on", errors)
    question = ClinicQuestion(
        on=day,
        policy_number=row.get("policy_number") or None,
        snils=row.get("snils") or None,
        certificate_number=row.get("certificate_number") or None,
        blank_number=row.get("blank_number") or None,
        document=_document(row),
        person=_person(row, born_on, errors),
        old_policy=_old_policy(row),
    )
    return CsvRow(ref=row.get("ref", "")[:64], question=question, errors=tuple(errors))


def _date(row: Mapping[str, str], name: str, errors: list[FieldError]) -> date | None:
    text = row.get(name, "")
    try:
        return read_date(text=text) if text else None
    except InvalidValue as refusal:
        errors.append(FieldError(field=name, code=refusal.reason, message=refusal.detail))
        return None


def _document(row: Mapping[str, str]) -> DocumentKey | None:
    number = row.get("document_number", "")
    kind = row.get("document_type") or PASSPORT
    return DocumentKey(type=kind, series=row.get("document_series", ""), number=number) if number else None


def _person(row: Mapping[str, str], born_on: date | None, errors: list[FieldError]) -> NameKey | None:
    names = {name: row.get(name, "") for name in ("family_name", "given_name", "middle_name")}
    if not any(names.values()):
        return None
    if born_on is None:
        if not errors:
            message = "Укажите дату рождения: по имени без неё не ищут"
            errors.append(FieldError(field="born_on", code="required", message=message))
        return None
    return NameKey(born_on=born_on, **names)


def _old_policy(row: Mapping[str, str]) -> OldPolicyKey | None:
    number = row.get("old_number", "")
    return OldPolicyKey(series=row.get("old_series", ""), number=number) if number else None
