"""The format-logical control of single rows: what the shape of a file cannot say (P4; classifiers F012 and Q004)."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from chalicelib.domain.exchange_model import FileKind
from chalicelib.domain.exchange_schema import (
    DUPLICATE,
    MISSING,
    ORDER,
    WRONG_CODE,
    WRONG_TYPE,
    FlkError,
)
from chalicelib.domain.fund_change import Remark
from chalicelib.domain.fund_reason import DIED
from chalicelib.domain.fund_stop import STOP_RULES
from chalicelib.domain.policy_number import check_digit

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from chalicelib.domain.xml_tree import Element

CHECK_DIGIT = "101"
"""Q004: the check digit of a ЕНП is wrong."""

MENDS = {
    ORDER: "Выгрузите запись заново по описанию формата: порядок тегов важен",
    MISSING: "Заполните поле",
    WRONG_TYPE: "Исправьте значение: тип и длина даны в описании формата",
    WRONG_CODE: "Укажите код из классификатора, действующий для этого файла",
    DUPLICATE: "Оставьте одну запись с этим значением",
    CHECK_DIGIT: "Сверьте номер с полисом: в нём опечатка",
}
"""Federal code → what to do."""


def remark_of(error: FlkError) -> Remark:
    """Tell a mistake together with its mend."""
    mend = MENDS.get(error.code, "Исправьте запись по замечанию фонда")
    return Remark(code=error.code, field=error.field, message=error.comment, mend=mend)


def row_errors(*, kind: FileKind, row: Element, on: date) -> tuple[FlkError, ...]:
    """Check a row that fits the model; ``on`` is the day on which it is read."""
    check = _CHECKS.get(kind)
    return () if check is None else tuple(check(row, on))


def _error(code: str, field: str, row: Element, comment: str) -> FlkError:
    record = row.value("N_REC") or row.value("ID")
    return FlkError(code=code, field=field, base=row.name, record=record, comment=comment)


def _operation(row: Element, on: date) -> list[FlkError]:  # noqa: ARG001 — as the others
    person, insurance = row.first("PERSON"), row.first("INSURANCE")
    errors = []
    if person is not None and not person.value("FAM") and not person.value("IM"):
        errors.append(_error(MISSING, "FAM", row, "Нет ни фамилии, ни имени"))
    number = insurance.value("ENP") if insurance is not None else ""
    return [*errors, *_number(number, row)]


def _number(number: str, row: Element) -> list[FlkError]:
    if not number or check_digit(body=number[:-1]) == number[-1]:
        return []
    return [_error(CHECK_DIGIT, "ENP", row, "Контрольный разряд ЕНП неверен")]


def _reply(row: Element, on: date) -> list[FlkError]:  # noqa: ARG001 — as the others
    if row.value("CODE_ERP") != "0" and not row.value("COMMENT"):
        return [_error(MISSING, "COMMENT", row, "Запись отклонена без объяснения")]
    return []


def _stop(row: Element, on: date) -> list[FlkError]:
    reason, died = row.value("REASON"), row.value("DDEATH")
    errors = _number(row.value("ENP"), row)
    if reason not in STOP_RULES:
        errors.append(_error(WRONG_CODE, "REASON", row, "По этой причине с учёта не снимают"))
    if reason == DIED and not died:
        errors.append(_error(MISSING, "DDEATH", row, "Нет дня смерти"))
    if died and date.fromisoformat(died) > on:
        errors.append(_error(WRONG_TYPE, "DDEATH", row, "День смерти в будущем"))
    return errors


_CHECKS: Mapping[FileKind, Callable[[Element, date], list[FlkError]]] = {
    FileKind.OPLIST: _operation,
    FileKind.REPLIST: _reply,
    FileKind.STOPLIST: _stop,
}
