"""The catalogue of reasons by which an operator may refuse, each with its explanation and mend (requirement B10)."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from chalicelib.domain.application import Refusal
from chalicelib.domain.decision import ALREADY_INSURED, FINDINGS, NOT_INSURED, Finding
from chalicelib.domain.errors import FieldError, ValidationFailed

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

MAX_REASONS = 10

FREE_TEXT = "operator_refused"
"""The code of a reason in the operator's own words."""

_AGAIN = "подайте заявление снова: оно заполнится само"


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogueEntry:
    """A reason: what the person is told and what to do; some need the rule that applies to be named."""

    message: str
    mend: str
    needs_rule: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """A reason as an operator gives it; ``message`` and ``mend`` replace what the catalogue says."""

    code: str
    message: str = ""
    mend: str = ""
    rule: str = ""


def _entry(message: str, mend: str, *, needs_rule: bool = False) -> CatalogueEntry:
    return CatalogueEntry(message=message, mend=mend, needs_rule=needs_rule)


def _of(finding: Finding) -> CatalogueEntry:
    return _entry(finding.message, finding.mend)


CATALOGUE: Final[Mapping[str, CatalogueEntry]] = MappingProxyType(
    {
        "account_not_confirmed": _entry(
            "Учётная запись Госуслуг не подтверждена",
            f"Подтвердите её в банке или МФЦ и {_AGAIN}",
        ),
        "account_blocked": _entry(
            "Учётная запись Госуслуг заблокирована",
            f"Обратитесь в поддержку Госуслуг; когда её разблокируют, {_AGAIN}",
        ),
        "wrong_personal_data": _entry(
            "Персональные данные не совпадают с документом или государственным реестром",
            f"Проверьте данные по документу, исправьте и {_AGAIN}",
        ),
        "missing_document": _entry("Не хватает документа", f"Приложите документ и {_AGAIN}"),
        "unreadable_document": _entry(
            "Скан-копия документа не читается или показывает другой документ",
            f"Сделайте новую скан-копию и {_AGAIN}",
        ),
        "document_invalid": _of(FINDINGS["document_invalid"]),
        "status_annulled": _of(FINDINGS["status_annulled"]),
        "powers_revoked": _of(FINDINGS["powers_revoked"]),
        "powers_not_proved": _entry(
            "Полномочия представителя не подтверждены или закончились",
            "Подайте заявление от себя или приложите действующий документ о полномочиях",
        ),
        "identity_not_proved": _entry(
            "Подтвердить личность по документам и реестрам не удалось",
            "Обратитесь с документами в страховую организацию",
        ),
        "insurer_code_mismatch": _entry(
            "Указана другая страховая организация, чем та, которая вас страхует",
            f"Укажите страховую организацию из полиса и {_AGAIN}",
        ),
        "already_with_insurer": _entry(
            "Вы уже застрахованы в этой страховой организации",
            "Менять ничего не нужно: закажите выписку о полисе",
        ),
        "already_insured": _of(ALREADY_INSURED),
        "not_insured_yet": _of(NOT_INSURED),
        "debt": _entry(
            "Есть задолженность, с которой закон связывает отказ",
            f"Погасите задолженность и {_AGAIN}",
            needs_rule=True,
        ),
        "technical_failure": _entry(
            "Исполнить заявление не удалось из-за технического сбоя",
            f"Вашей ошибки в этом нет: {_AGAIN}",
        ),
    }
)
"""Code → what the person is told."""


def refusals_of(reasons: Iterable[Reason]) -> tuple[Refusal, ...]:
    """Word the reasons of a refusal, each code of the catalogue once.

    Raises:
        ValidationFailed: none is given, or some are not what they should be; names every mistake.
    """
    given = tuple(reasons)
    errors = [error for place, reason in enumerate(given) for error in _mistakes(f"reasons.{place}", reason)]
    if not given:
        errors.append(_error("reasons", "required", "Назовите хотя бы одну причину отказа"))
    if len(given) > MAX_REASONS:
        errors.append(_error("reasons", "too_many", f"Назовите не больше {MAX_REASONS} причин"))
    if errors:
        raise ValidationFailed(errors)
    worded = {reason.code if reason.code != FREE_TEXT else reason: _worded(reason) for reason in given}
    return tuple(worded.values())


def _mistakes(field: str, reason: Reason) -> Iterable[FieldError]:
    if reason.code == FREE_TEXT:
        if not reason.message.strip():
            yield _error(f"{field}.message", "required", "Напишите заявителю причину отказа")
        return
    entry = CATALOGUE.get(reason.code)
    if entry is None:
        known = ", ".join([*CATALOGUE, FREE_TEXT])
        yield _error(f"{field}.code", "not_in_list", f"Выберите причину из справочника: {known}")
    elif entry.needs_rule and not reason.rule.strip():
        yield _error(f"{field}.rule", "required", "Назовите норму, по которой эта причина применяется")


def _error(field: str, code: str, message: str) -> FieldError:
    return FieldError(field=field, code=code, message=message)


def _worded(reason: Reason) -> Refusal:
    entry = CATALOGUE.get(reason.code)
    return Refusal(
        code=reason.code,
        message=reason.message.strip() or (entry.message if entry else ""),
        mend=reason.mend.strip() or (entry.mend if entry else ""),
        rule=reason.rule.strip() or None,
    )
