"""For which days a form asks: what people write, read into what the rules take, and the mistakes in their words."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from chalicelib.domain.asked_period import FIRST_DAY, PeriodWish
from chalicelib.domain.birth_date import read_date
from chalicelib.domain.errors import FieldError, InvalidValue, ValidationFailed
from chalicelib.domain.insurance_certificate import SendBy

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

TITLES = {
    "way": "Период",
    "day": "День",
    "month": "Месяц",
    "year": "Год",
    "from_on": "Первый день",
    "to_on": "Последний день",
    "send_by": "Как получить",
}
"""What the fields are called."""

_WORDS = {
    "invalid_month": f"Укажите месяц и год, например 03.2026, не раньше {FIRST_DAY.year} года",
    "email_not_confirmed": "Подтверждённой почты нет: подтвердите её в профиле или выберите скачивание",
}
"""Mistakes of which the rules speak by the names that programs send."""

_MONTH = re.compile(r"(0?[1-9]|1[0-2])[.\-/ ]([0-9]{4})", re.ASCII)
_YEAR = re.compile(r"[0-9]{4}", re.ASCII)
_LONGEST = 20


def in_words(error: FieldError) -> str:
    """What a mistake is on a page."""
    return _WORDS.get(error.code, error.message)


def asked_period(form: Mapping[str, str]) -> PeriodWish:
    """Read what was typed for the chosen way; what stands in the fields of the others is left alone.

    Raises:
        ValidationFailed: with every mistake.
    """
    typed = {name: form.get(name, "").strip()[:_LONGEST] for name in TITLES}
    way = typed["way"]
    if way == "day":
        return PeriodWish(day=_days(typed, "day")["day"])
    if way == "month":
        return PeriodWish(month=_month(typed["month"]))
    if way == "year":
        return PeriodWish(year=_year(typed["year"]))
    if way == "range":
        days = _days(typed, "from_on", "to_on")
        return PeriodWish(from_on=days["from_on"], to_on=days["to_on"])
    raise _wrong("way", "required", "Выберите, за какие дни нужна справка")


def send_by(form: Mapping[str, str]) -> SendBy:
    """How it is to come; raises ValidationFailed."""
    try:
        return SendBy(form.get("send_by", ""))
    except ValueError:
        raise _wrong("send_by", "required", "Выберите, как получить справку") from None


def _days(typed: Mapping[str, str], *names: str) -> dict[str, date]:
    found, errors = {}, []
    for name in names:
        try:
            found[name] = read_date(text=typed[name])
        except InvalidValue as refusal:
            message = refusal.detail if typed[name] else "Укажите день, месяц и год, например 05.03.2026"
            errors.append(FieldError(field=name, code=refusal.reason, message=message))
    if errors:
        raise ValidationFailed(errors)
    return found


def _month(text: str) -> str:
    found = _MONTH.fullmatch(text)
    if found is None:
        raise _wrong("month", "invalid_month", _WORDS["invalid_month"])
    return f"{found[2]}-{int(found[1]):02}"


def _year(text: str) -> int:
    if _YEAR.fullmatch(text) is None:
        raise _wrong("year", "required", "Укажите год четырьмя цифрами, например 2025")
    return int(text)


def _wrong(field: str, code: str, message: str) -> ValidationFailed:
    return ValidationFailed([FieldError(field=field, code=code, message=message)])
