"""An employer that asks about its staff: its details, and whether a person may act for it (requirement K2)."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from chalicelib.domain.application import CheckRecord
from chalicelib.domain.audit import ChainHead
from chalicelib.domain.bank_details import parse_account, parse_bic
from chalicelib.domain.checks import CheckStatus
from chalicelib.domain.errors import FieldError, InvalidValue, ValidationFailed
from chalicelib.domain.inn import parse_kpp, parse_ogrn, parse_ogrnip, parse_organization_inn, parse_person_inn
from chalicelib.domain.plain_text import composed, without_separators

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

PERSON_INN_LENGTH = 12
LONGEST_POWERS_NUMBER = 64


class EmployerState(StrEnum):
    """Whether a person may act for an employer."""

    PENDING = "pending"
    CONFIRMED = "confirmed"
    REFUSED = "refused"


EMPLOYER_STATE_TITLES: Final[Mapping[EmployerState, str]] = MappingProxyType(
    {
        EmployerState.PENDING: "Проверяется",
        EmployerState.CONFIRMED: "Подтверждена",
        EmployerState.REFUSED: "Не подтверждена",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class EmployerRefusal:
    """Why a person may not act for an employer, and what mends it."""

    code: str
    message: str
    mend: str


EMPLOYER_REFUSALS: Final[Mapping[str, EmployerRefusal]] = MappingProxyType(
    {
        refusal.code: refusal
        for refusal in (
            EmployerRefusal(
                code="organisation_not_found",
                message="Организации с таким ОГРН в реестре нет",
                mend="Сверьте ОГРН с выпиской из ЕГРЮЛ или ЕГРИП",
            ),
            EmployerRefusal(
                code="inn_differs",
                message="ИНН принадлежит другой организации",
                mend="Сверьте ИНН с выпиской из ЕГРЮЛ или ЕГРИП",
            ),
            EmployerRefusal(
                code="kpp_differs",
                message="КПП не тот, что в реестре",
                mend="Укажите КПП по месту нахождения организации из выписки",
            ),
            EmployerRefusal(
                code="organisation_closed",
                message="Организация прекратила деятельность",
                mend="Зарегистрируйте правопреемника",
            ),
            EmployerRefusal(
                code="not_authorised",
                message="Вы не руководитель этой организации, а доверенность не указана",
                mend="Укажите номер машиночитаемой доверенности или войдите как руководитель",
            ),
            EmployerRefusal(
                code="powers_not_found",
                message="Такой доверенности от этой организации на ваше имя в реестре нет",
                mend="Сверьте номер доверенности: она должна быть выдана на вас и действовать",
            ),
            EmployerRefusal(
                code="powers_revoked",
                message="Доверенность отозвана",
                mend="Получите новую доверенность и зарегистрируйте организацию снова",
            ),
            EmployerRefusal(
                code="question_refused",
                message="Реестр не принял запрос",
                mend="Проверьте реквизиты и зарегистрируйте организацию снова",
            ),
        )
    }
)
"""Code → refusal; whatever else the register names counts as ``question_refused``."""

_UNNAMED_REFUSAL = "question_refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class EmployerDetails:
    """Registration and bank details; an entrepreneur has no ``kpp``. ``powers_number`` is empty for who heads it."""

    inn: str
    ogrn: str
    bic: str
    account: str
    kpp: str = ""
    powers_number: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EmployerMoment:
    """One step of the history."""

    state: EmployerState
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Employer:
    """The right of one account to act for one employer; ``organisation_id`` is the same for all who act for it.

    ``basis`` tells by what right: ``head`` or ``powers``; ``name`` is that of the register.
    """

    employer_id: str
    account_id: str
    organisation_id: str
    details: EmployerDetails
    registered_at: datetime
    utc_offset_hours: int
    state: EmployerState = EmployerState.PENDING
    name: str = ""
    basis: str = ""
    check: CheckRecord | None = None
    refusals: tuple[str, ...] = ()
    awaited_message: str | None = None
    history: tuple[EmployerMoment, ...] = ()
    version: int = 1
    chain: ChainHead = field(default_factory=ChainHead)

    @property
    def person_id(self) -> str:
        """In whose journal its entries stand: the one who acts."""
        return self.account_id


def read_details(*, given: EmployerDetails) -> EmployerDetails:
    """Check the details of an organisation, or of an entrepreneur if the ИНН has 12 digits.

    Raises:
        ValidationFailed: with every mistake.
    """
    is_person = len(without_separators(given.inn)) == PERSON_INN_LENGTH
    errors: list[FieldError] = []
    inn = _read(errors, "inn", lambda: (parse_person_inn if is_person else parse_organization_inn)(text=given.inn))
    ogrn = _read(errors, "ogrn", lambda: (parse_ogrnip if is_person else parse_ogrn)(text=given.ogrn))
    kpp = _read(errors, "kpp", lambda: _kpp(given.kpp, is_person=is_person))
    bic = _read(errors, "bic", lambda: parse_bic(text=given.bic))
    account = _read(errors, "account", lambda: parse_account(text=given.account, bic=bic)) if bic else ""
    powers = composed(given.powers_number)
    if len(powers) > LONGEST_POWERS_NUMBER:
        message = "Номер доверенности длиннее 64 знаков: укажите номер из реестра доверенностей"
        errors.append(FieldError(field="powers_number", code="too_long", message=message))
    if errors:
        raise ValidationFailed(errors)
    return EmployerDetails(inn=inn, kpp=kpp, ogrn=ogrn, bic=bic, account=account, powers_number=powers)


def _kpp(text: str, *, is_person: bool) -> str:
    if not is_person:
        return parse_kpp(text=text)
    if without_separators(text):
        raise InvalidValue("kpp_of_person", "У предпринимателя КПП не бывает: оставьте поле пустым")
    return ""


def _read(errors: list[FieldError], name: str, read: Callable[[], str]) -> str:
    try:
        return read()
    except InvalidValue as refusal:
        errors.append(FieldError(field=name, code=refusal.reason, message=refusal.detail))
        return ""


def judge_employer(*, employer: Employer, check: CheckRecord, at: datetime) -> Employer:
    """Decide by the final word of the register."""
    if check.status is CheckStatus.CONFIRMED:
        decided = replace(
            employer,
            state=EmployerState.CONFIRMED,
            name=check.data.get("name", ""),
            basis=check.data.get("basis", ""),
        )
    else:
        codes = check.reasons or ("organisation_not_found",)
        decided = replace(employer, state=EmployerState.REFUSED, refusals=_known(codes))
    moment = EmployerMoment(state=decided.state, at=at)
    return replace(decided, check=check, awaited_message=None, history=(*employer.history, moment))


def _known(codes: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(code if code in EMPLOYER_REFUSALS else _UNNAMED_REFUSAL for code in codes))
