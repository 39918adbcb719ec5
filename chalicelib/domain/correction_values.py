"""The values that corrections are made of: each with its title and the way it is read."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from chalicelib.domain.application import CATEGORY_TITLES
from chalicelib.domain.birth_date import parse_birth_date, read_date
from chalicelib.domain.errors import FieldError, InvalidValue
from chalicelib.domain.identity_document_types import IDENTITY_DOCUMENT_TYPES
from chalicelib.domain.names import check_name
from chalicelib.domain.plain_text import composed, within_sentence
from chalicelib.domain.policy_corrections import ANNULMENT_TITLES
from chalicelib.domain.policy_number import parse_policy_number
from chalicelib.domain.regions import is_region
from chalicelib.domain.sex import Sex
from chalicelib.domain.snils import parse_snils

C = TypeVar("C", bound=StrEnum)


class ContactKind(StrEnum):
    """Which contact of a profile."""

    PHONE = "phone"
    EMAIL = "email"


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueRule:
    """A value by its title; ``read`` gives it in canonical writing, or raises InvalidValue.

    ``may_be_empty`` is true where an empty text says something: no patronymic, no end.
    """

    title: str
    read: Callable[[str], str]
    may_be_empty: bool = False


PERSON_ID = re.compile(r"[0-9A-HJKMNP-TV-Z]{26}|[a-z2-7]{26}")
"""A record's own id, or that of the account whose person it is."""

_ID = re.compile(r"[0-9A-HJKMNP-TV-Z]{26}")
_INSURER = re.compile(r"[0-9]{5}")


def _day(text: str) -> str:
    return read_date(text=text).isoformat()


def _birth_date(text: str) -> str:
    return parse_birth_date(text=text).isoformat()


def _one_of(titles: Mapping[C, str]) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text in titles:
            return text
        known = ", ".join(f"{code} ({within_sentence(title)})" for code, title in titles.items())
        raise InvalidValue("not_in_list", f"Выберите одно из значений: {known}")

    return read


def _matching(pattern: re.Pattern[str], advice: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        if pattern.fullmatch(text):
            return text
        raise InvalidValue("wrong_format", advice)

    return read


def _name(text: str) -> str:
    mistakes = check_name(text=text, field="", required=False)
    if mistakes:
        raise InvalidValue(mistakes[0].code, mistakes[0].message)
    return composed(text)


def _region(text: str) -> str:
    if is_region(code=text):
        return text
    raise InvalidValue("region_unknown", "Укажите код территориального фонда, две цифры, например 77")


def _document_type(text: str) -> str:
    code = text.lstrip("0")
    if code in IDENTITY_DOCUMENT_TYPES:
        return code
    raise InvalidValue("document_type_unknown", "Выберите вид документа из справочника")


_id = _matching(_ID, "Укажите идентификатор записи, 26 знаков")
_person_id = _matching(PERSON_ID, "Укажите идентификатор человека, 26 знаков")
_sex = _one_of({Sex.MALE: "Мужской", Sex.FEMALE: "Женский"})
_contact = _one_of({ContactKind.PHONE: "Телефон", ContactKind.EMAIL: "Электронная почта"})

VALUES: Mapping[str, ValueRule] = {
    "born_on": ValueRule(title="Верная дата рождения", read=_birth_date),
    "sex": ValueRule(title="Верный пол", read=_sex),
    "family_name": ValueRule(title="Верная фамилия", read=_name, may_be_empty=True),
    "given_name": ValueRule(title="Верное имя", read=_name, may_be_empty=True),
    "middle_name": ValueRule(title="Верное отчество", read=_name, may_be_empty=True),
    "snils": ValueRule(title="Верный СНИЛС", read=lambda text: parse_snils(text=text), may_be_empty=True),
    "document_type": ValueRule(title="Вид верного документа по F011", read=_document_type),
    "document_series": ValueRule(title="Серия верного документа", read=composed, may_be_empty=True),
    "document_number": ValueRule(title="Номер верного документа", read=composed),
    "insurer_code": ValueRule(
        title="Код верной страховой организации",
        read=_matching(_INSURER, "Укажите код страховой организации из реестра, пять цифр"),
    ),
    "region": ValueRule(title="Код верного региона", read=_region),
    "from_on": ValueRule(title="С какого дня", read=_day),
    "new_from_on": ValueRule(title="Верный день", read=_day),
    "until_on": ValueRule(title="По какой день, не включая его; пусто, если срока нет", read=_day, may_be_empty=True),
    "valid_until": ValueRule(title="Первый день без полиса; пусто, если срока нет", read=_day, may_be_empty=True),
    "category": ValueRule(title="Верная категория", read=_one_of(CATEGORY_TITLES)),
    "annulment": ValueRule(title="Основание аннулирования", read=_one_of(ANNULMENT_TITLES)),
    "policy_id": ValueRule(title="Полис; если не указан, то действующий", read=_id),
    "policy_number": ValueRule(title="Главный ЕНП", read=lambda text: parse_policy_number(text=text)),
    "application_id": ValueRule(title="Заявление", read=_id),
    "other_person_id": ValueRule(title="Вторая запись о том же человеке", read=_person_id),
    "representative_id": ValueRule(title="Представитель; если не указан, то заявивший о человеке", read=_person_id),
    "contact": ValueRule(title="Чужой контакт", read=_contact),
    "died_on": ValueRule(title="День смерти", read=_day),
}
"""Name → how it is read."""

PREFIX = "values."


def read_values(
    *, values: Mapping[str, str], needs: tuple[str, ...], optional: tuple[str, ...]
) -> tuple[dict[str, str], list[FieldError]]:
    """Read the values of a correction in canonical writing, with every mistake: missing, unknown, malformed."""
    known = {*needs, *optional}
    unknown = "Для этого исправления такого значения нет: уберите его"
    errors = [_error(name, "unknown_field", unknown) for name in values if name not in known]
    read: dict[str, str] = {}
    for name in (*needs, *optional):
        text = values.get(name)
        if text is None and name in optional:
            continue
        try:
            read[name] = _read(VALUES[name], (text or "").strip(), is_given=text is not None)
        except InvalidValue as refusal:
            errors.append(_error(name, refusal.reason, refusal.detail))
    return read, sorted(errors, key=lambda error: error.field)


def _read(rule: ValueRule, text: str, *, is_given: bool) -> str:
    if text:
        return rule.read(text)
    if rule.may_be_empty and is_given:
        return ""
    raise InvalidValue("required", f"Укажите значение: {within_sentence(rule.title)}")


def _error(name: str, code: str, message: str) -> FieldError:
    return FieldError(field=f"{PREFIX}{name}"[:200], code=code, message=message)
