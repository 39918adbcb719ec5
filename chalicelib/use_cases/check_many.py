"""Lookups of many people at once by a clinic: few calls, and every view in the journal before it is shown (G3)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from chalicelib.domain.errors import FieldError, ValidationFailed
from chalicelib.domain.principal import Role
from chalicelib.use_cases.access import require_role
from chalicelib.use_cases.check_insured_person import NOT_INSURED, InsuredPerson, insured_answer, several_found
from chalicelib.use_cases.clinic_key import AskedKey, ClinicQuestion, asked_key
from chalicelib.use_cases.views import note_views

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from chalicelib.domain.principal import Principal
    from chalicelib.domain.records import Pointer
    from chalicelib.ports.folders import PersonFile
    from chalicelib.ports.toolbox import Toolbox

MOST = 1000
"""Requirement G3: so many questions at once."""


class RowStatus(StrEnum):
    """How one question of a batch ended."""

    INSURED = "insured"
    NOT_INSURED = "not_insured"
    NOT_FOUND = "not_found"
    MISTAKE = "mistake"
    BUSY = "busy"


STATUS_TITLES = {
    RowStatus.INSURED: "Застрахован на эту дату",
    RowStatus.NOT_INSURED: "Найден, на эту дату не застрахован",
    RowStatus.NOT_FOUND: "Не найден: проверьте номер",
    RowStatus.MISTAKE: "Ошибка в строке: исправьте и повторите",
    RowStatus.BUSY: "Данные этого человека сейчас запрашивают другие: повторите",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RowAnswer:
    """The answer to one question, or what is wrong with it."""

    status: RowStatus
    answer: InsuredPerson = NOT_INSURED
    errors: tuple[FieldError, ...] = ()


def check_many(
    *, tools: Toolbox, principal: Principal, questions: Sequence[ClinicQuestion], at: datetime
) -> Sequence[RowAnswer]:
    """Answer each question for itself, in their order; a mistake in one keeps none of the others.

    Costs a call per 100 keys, one for each key that several people may share, one for each person's folder, and a
    transaction per 50 people for the journal; folders and shared keys are read side by side.

    Raises:
        NotPermitted: the principal is no clinic's.
        ValidationFailed: too many questions, or none.
    """
    require_role(principal, Role.CLINIC_REGISTRAR)
    if not 0 < len(questions) <= MOST:
        message = f"В одном запросе от 1 до {MOST} строк: разделите список"
        raise ValidationFailed([FieldError(field="questions", code="too_many_rows", message=message)])
    read = [_read(tools, question, at) for question in questions]
    keys = [(asked.kind, asked.value_hash) for asked in read if isinstance(asked, AskedKey) and asked.value_hash]
    pointers = tools.store.pointers_of_many(wanted=keys)
    kinds = {found[0].person_id: kind for (kind, _), found in pointers.items() if len(found) == 1}
    known = _viewed(tools, principal, kinds, at)
    return [_row(tools, question, asked, pointers, known) for question, asked in zip(questions, read, strict=True)]


def _read(tools: Toolbox, question: ClinicQuestion, at: datetime) -> AskedKey | ValidationFailed:
    try:
        return asked_key(tools=tools, question=question, at=at)
    except ValidationFailed as refusal:
        return refusal


def _viewed(tools: Toolbox, principal: Principal, kinds: Mapping[str, str], at: datetime) -> Mapping[str, PersonFile]:
    """The folders whose views are noted; those that others look at right now are missing."""
    files = tools.store.person_files(person_ids=list(kinds))
    details = {person_id: {"by": kind, "batch": "yes"} for person_id, kind in kinds.items()}
    return note_views(tools=tools, principal=principal, known=files, name="insurance_viewed", details=details, at=at)


def _row(
    tools: Toolbox,
    question: ClinicQuestion,
    asked: AskedKey | ValidationFailed,
    pointers: Mapping[tuple[str, str], Sequence[Pointer]],
    known: Mapping[str, PersonFile],
) -> RowAnswer:
    if isinstance(asked, ValidationFailed):
        return RowAnswer(status=RowStatus.MISTAKE, errors=asked.errors)
    found = pointers.get((asked.kind, asked.value_hash), ())
    if len(found) > 1:
        return RowAnswer(status=RowStatus.MISTAKE, errors=several_found(asked).errors)
    if found and found[0].person_id not in known:
        return RowAnswer(status=RowStatus.BUSY)
    file = known[found[0].person_id] if found else None
    answer = insured_answer(tools=tools, known=file, asked=asked, on=question.on)
    status = RowStatus.INSURED if answer.is_insured else RowStatus.NOT_INSURED if file else RowStatus.NOT_FOUND
    return RowAnswer(status=status, answer=answer)
