"""What a term of retention says, and on what acts the terms stand (requirement P2)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping


class Kept(StrEnum):
    """A kind of record, as people think of it: with its files and all that belongs to it."""

    DRAFT = "draft"
    APPLICATION = "application"
    APPEAL = "appeal"
    TICKET = "ticket"
    POLICY = "policy"
    TEMPORARY_CERTIFICATE = "temporary_certificate"
    LEGACY_POLICY = "legacy_policy"
    INSURANCE_CERTIFICATE = "insurance_certificate"
    DELIVERY = "delivery"
    ATTACHMENT = "attachment"
    APPOINTMENT = "appointment"
    CORRECTION = "correction"
    CIVIL_RECORD = "civil_record"
    REPRESENTATION = "representation"
    EMPLOYER = "employer"
    EMPLOYER_REQUEST = "employer_request"
    EMPLOYEE_CONSENT = "employee_consent"
    PROFILE = "profile"
    CONTACTS = "contacts"
    CONSENT = "consent"
    MESSAGE = "message"
    EXPORT = "export"
    ERASURE_REQUEST = "erasure_request"
    DISPATCH = "dispatch"
    LOOKUP = "lookup"
    SESSION = "session"
    LETTER = "letter"
    REPLACED_FILE = "replaced_file"
    EXCHANGE_FILE = "exchange_file"
    JOURNAL = "journal"


class End(StrEnum):
    """What happens when the term is over."""

    ERASED = "erased"
    EMPTIED = "emptied"
    EXPIRES = "expires"
    KEPT = "kept"


END_TITLES: Final[Mapping[End, str]] = MappingProxyType(
    {
        End.ERASED: "Уничтожается вместе с файлами; остаётся отметка без персональных данных",
        End.EMPTIED: "Персональные данные уничтожаются, остаётся обезличенная запись",
        End.EXPIRES: "Удаляется хранилищем по сроку",
        End.KEPT: "Не содержит персональных данных и хранится дальше",
    }
)


class Wish(StrEnum):
    """What a person's wish to be forgotten does before the term is over."""

    ERASES = "erases"
    WAITS = "waits"


class SetBy(StrEnum):
    """Who set the term: an act of law, or the service within it."""

    LAW = "law"
    SERVICE = "service"


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """One row: how long after ``since`` a kind of record is kept; ``days`` or ``years``, the other is 0.

    ``law`` names the act and its article; ``set_by`` tells whether the act has the number itself, or the service
    chose it within what the act allows. ``live`` says why what is still in force is not touched.
    """

    kind: Kept
    title: str
    since: str
    end: End
    on_wish: Wish
    law: str
    set_by: SetBy = SetBy.SERVICE
    years: int = 0
    days: int = 0
    live: str = ""

    @property
    def term(self) -> str:
        """The term in words."""
        if self.years:
            return f"{self.years} {_counted(self.years, 'год', 'года', 'лет')}"
        return f"{self.days} {_counted(self.days, 'день', 'дня', 'дней')}" if self.days else "без срока"

    def until(self, started_at: datetime) -> datetime:
        """The first moment at which it is kept no more."""
        if self.years:
            return years_later(started_at, self.years)
        return started_at + timedelta(days=self.days)


def _counted(number: int, one: str, few: str, many: str) -> str:
    if number % 100 in range(11, 15):
        return many
    return {1: one, 2: few, 3: few, 4: few}.get(number % 10, many)


def years_later(moment: datetime, years: int) -> datetime:
    """The same moment of a later year; what began on 29 February ends with that month."""
    try:
        return moment.replace(year=moment.year + years)
    except ValueError:
        return moment.replace(year=moment.year + years, day=28)


def day_begins(day: date) -> datetime:
    """The first moment of a day (UTC): terms are counted in months and years, hours do not matter."""
    return datetime.combine(day, time(), tzinfo=UTC)


PURPOSE = "152-ФЗ, ст. 5, ч. 7; ст. 21, ч. 4"
REGISTER = "326-ФЗ, ст. 43 и 44; Правила ведения единого регистра застрахованных лиц (ПП РФ от 05.11.2022 № 1998)"
PETITIONS = "Перечень типовых управленческих архивных документов (приказ Росархива от 20.12.2019 № 236), ст. 154"
LIMITATION = "ГК РФ, ст. 196"
BLANKS = "Правила ОМС (приказ Минздрава от 28.02.2019 № 108н), п. 74"
CONSENTS = "Перечень типовых управленческих архивных документов (приказ Росархива от 20.12.2019 № 236), ст. 441"
