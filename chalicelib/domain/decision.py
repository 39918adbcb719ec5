"""What follows from the registers' answers: one table from reasons to outcomes (requirements D1, D2, B10)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from chalicelib.domain.application import Refusal
from chalicelib.domain.checks import CheckKind, CheckStatus
from chalicelib.domain.kind_rules import PolicyNeed
from chalicelib.domain.operator_case import WaitReason

if TYPE_CHECKING:
    from collections.abc import Mapping

    from chalicelib.domain.application import CheckRecord
    from chalicelib.domain.matrix import MatrixRow


class Outcome(StrEnum):
    """What is decided now."""

    APPROVED = "approved"
    REFUSED = "refused"
    CLARIFICATION = "clarification"
    OPERATOR = "operator"
    WAITING = "waiting"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What one reason of a register leads to, and what the person is told."""

    outcome: Outcome
    code: str
    message: str
    mend: str
    field: str = ""


def _clarify(field: str, what: str) -> Finding:
    return Finding(
        outcome=Outcome.CLARIFICATION,
        code="wrong_personal_data",
        message=f"{what} не совпадает с данными государственного реестра",
        mend="Проверьте поле по документу и исправьте; если ошибка в реестре — обратитесь в орган, выдавший документ",
        field=field,
    )


def _refuse(code: str, message: str, mend: str) -> Finding:
    return Finding(outcome=Outcome.REFUSED, code=code, message=message, mend=mend)


QUESTION_REFUSED = "question_refused"
"""The reason that is noted where a register refuses the question itself."""

FINDINGS: Mapping[str, Finding] = {
    "surname_differs": _clarify("person.family_name", "Фамилия"),
    "given_name_differs": _clarify("person.given_name", "Имя"),
    "middle_name_differs": _clarify("person.middle_name", "Отчество"),
    "birth_date_differs": _clarify("person.born_on", "Дата рождения"),
    "sex_differs": _clarify("person.sex", "Пол"),
    "document_not_found": _clarify("identity_document.number", "Номер документа"),
    "snils_differs": _clarify("person.snils", "СНИЛС"),
    "snils_not_found": _clarify("person.snils", "СНИЛС"),
    "inn_differs": _clarify("person.inn", "ИНН"),
    "inn_not_found": _clarify("person.inn", "ИНН"),
    "address_region_differs": _clarify("registration_address.region", "Регион адреса регистрации"),
    "birth_record_not_found": _clarify("identity_document.number", "Номер свидетельства о рождении"),
    "parent_differs": _clarify("representative.family_name", "Имя родителя"),
    "status_not_found": _clarify("status_document.number", "Номер документа о праве на проживание"),
    "status_term_differs": _clarify("status_document.expires_on", "Срок документа о праве на проживание"),
    "powers_not_found": _clarify("representative.powers_number", "Номер документа о полномочиях"),
    "status_annulled": _refuse(
        "status_annulled",
        "Право на проживание в России аннулировано: по этому основанию полис не выдаётся",
        "Обратитесь в МВД; с новым документом подайте заявление снова: оно заполнится само",
    ),
    "powers_revoked": _refuse(
        "powers_revoked",
        "Документ о полномочиях представителя отозван",
        "Оформите новый документ о полномочиях и подайте заявление снова: оно заполнится само",
    ),
    "document_invalid": _refuse(
        "document_invalid",
        "Документ, удостоверяющий личность, недействителен",
        "Получите новый документ и подайте заявление снова: оно заполнится само",
    ),
    "deceased": Finding(
        outcome=Outcome.OPERATOR,
        code=WaitReason.REGISTER_CONTRADICTION.value,
        message="Сведения реестра противоречат заявлению",
        mend="Заявление рассмотрит оператор; ничего делать не нужно",
    ),
    QUESTION_REFUSED: Finding(
        outcome=Outcome.OPERATOR,
        code=WaitReason.QUESTION_REFUSED.value,
        message="Реестр не принял запрос: заявление рассмотрит оператор",
        mend="Ничего делать не нужно",
    ),
}

_UNKNOWN = Finding(
    outcome=Outcome.OPERATOR,
    code=WaitReason.REGISTER_ANSWER_UNCLEAR.value,
    message="Ответ реестра требует рассмотрения оператором",
    mend="Ничего делать не нужно",
)

_NOT_FOUND_REASON = {
    CheckKind.IDENTITY: "document_not_found",
    CheckKind.PASSPORT: "document_not_found",
    CheckKind.SNILS: "snils_not_found",
    CheckKind.INN: "inn_not_found",
    CheckKind.ADDRESS: "address_region_differs",
    CheckKind.BIRTH_RECORD: "birth_record_not_found",
    CheckKind.MIGRATION_STATUS: "status_not_found",
    CheckKind.POWERS: "powers_not_found",
}

ALREADY_INSURED = _refuse(
    "already_insured",
    "Вы уже застрахованы: полис оформлен, второй не выдаётся",
    "Закажите выписку о полисе или подайте заявление о смене страховой организации",
)
NOT_INSURED = _refuse(
    "not_insured_yet",
    "Выполнить заявление нельзя: полис ещё не оформлен",
    "Подайте заявление об оформлении полиса впервые",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """The outcome with everything found; ``waiting_for`` names the registers that have not answered.

    Where an operator has to decide, ``waits`` tells why, and ``detail`` what about: registers or an identifier.
    """

    outcome: Outcome
    findings: tuple[Finding, ...] = ()
    waiting_for: tuple[CheckKind, ...] = ()
    certificate: bool = False
    waits: WaitReason | None = None
    detail: str = ""

    @property
    def refusals(self) -> tuple[Refusal, ...]:
        """The findings as reasons of a refusal, each once."""
        unique = {f.code + f.field: f for f in self.findings}
        return tuple(Refusal(code=f.code, message=f.message, mend=f.mend) for f in unique.values())

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields to mend, each once, in the order found."""
        return tuple(dict.fromkeys(f.field for f in self.findings if f.field))


def judge(*, row: MatrixRow, checks: tuple[CheckRecord, ...], kinds: tuple[CheckKind, ...]) -> Judgement:
    """Decide from the answers so far: the gravest finding rules, an unanswered register only waits (D2).

    ``kinds`` are the checks that this application needs (without those of fields left empty).
    """
    by_kind = {record.kind: record for record in checks}
    waiting = tuple(k for k in kinds if k not in by_kind or not by_kind[k].status.is_final)
    found = {kind: _findings(by_kind[kind], row.policy) for kind in kinds if kind not in waiting}
    findings = tuple(f for of_kind in found.values() for f in of_kind)
    unclear = {k: f for k, of_kind in found.items() for f in of_kind if f.outcome is Outcome.OPERATOR}
    if unclear:
        return Judgement(
            outcome=Outcome.OPERATOR,
            findings=findings,
            waiting_for=waiting,
            waits=WaitReason(next(iter(unclear.values())).code),
            detail=" ".join(kind.value for kind in unclear),
        )
    for outcome in (Outcome.REFUSED, Outcome.CLARIFICATION):
        if any(f.outcome is outcome for f in findings):
            return Judgement(outcome=outcome, findings=findings, waiting_for=waiting)
    if waiting:
        bridges = row.certificate and set(waiting) <= row.waits_for
        return Judgement(outcome=Outcome.WAITING, waiting_for=waiting, certificate=bridges)
    return Judgement(outcome=Outcome.APPROVED)


def _findings(record: CheckRecord, need: PolicyNeed) -> tuple[Finding, ...]:
    if record.kind is CheckKind.INSURED_PERSON:
        return _insured_findings(record, need)
    if record.status is CheckStatus.CONFIRMED:
        return ()
    reasons = record.reasons or (_NOT_FOUND_REASON.get(record.kind, ""),)
    return tuple(FINDINGS.get(reason, _UNKNOWN) for reason in reasons)


def _insured_findings(record: CheckRecord, need: PolicyNeed) -> tuple[Finding, ...]:
    if record.status is CheckStatus.MISMATCH:
        return tuple(FINDINGS.get(reason, _UNKNOWN) for reason in record.reasons) or (_UNKNOWN,)
    insured = record.status is CheckStatus.CONFIRMED
    if insured and need is PolicyNeed.NONE:
        return (ALREADY_INSURED,)
    if not insured and need is not PolicyNeed.NONE:
        return (NOT_INSURED,)
    return ()
