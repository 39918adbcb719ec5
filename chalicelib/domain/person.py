"""An insured person (застрахованное лицо): profile, contacts, consent (requirements A4, A5)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from chalicelib.domain.audit import ChainHead
from chalicelib.domain.quiet_hours import QuietHours

CONSENT_VERSION = "2026-11"
CONSENT_TEXT = (
    "Я согласен на обработку моих персональных данных территориальным фондом обязательного медицинского "
    "страхования и выбранной страховой медицинской организацией: фамилии, имени, отчества, пола, даты и места "
    "рождения, гражданства, данных документа, удостоверяющего личность, СНИЛС, ИНН, адресов, телефона и "
    "электронной почты — для оформления полиса ОМС, ведения единого регистра застрахованных лиц и "
    "информирования меня о ходе заявлений. Согласие действует до отзыва; отозвать его можно в личном кабинете."
)
"""Requirement A4: the text that is agreed to, under `CONSENT_VERSION` (152-ФЗ, art. 9)."""


UNNAMED = "Б/И"
"""Stands for the given name of a child that has none yet («без имени»)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactStop:
    """Why messages go to a contact no more, ``hard_bounce`` or ``complaint``, and since when (requirement M2)."""

    reason: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """A phone (E.164) or an e-mail; messages go to it once ``verified_at`` is set, until it is stopped.

    A stopped contact is a task to the person: to confirm another, or the same one anew, which ends the stop.
    """

    value: str
    verified_at: datetime | None = None
    pending: str | None = None
    stopped: ContactStop | None = None

    @property
    def takes_messages(self) -> bool:
        """Whether messages go there."""
        return self.verified_at is not None and self.stopped is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """A consent given, and when it was revoked."""

    version: str
    given_at: datetime
    channel: str
    revoked_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Death:
    """The last day of a person's life, and the correction that recorded it."""

    died_on: date
    correction_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Merger:
    """The record of the same person that this one leads to, and the correction that merged them (requirement D4)."""

    into: str
    correction_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """What the service knows of a person; names exactly as in the document.

    ``awaits_name`` tells of a newborn whose parents had not named it when it was registered.
    ``quiet_hours`` are those that the person chose, None for the usual ones.
    ``document`` is the identity document (``type``, ``series``, ``number``) where an operator corrected that of the
    applications. ``merged_from`` are the records of the same person that lead to this one.
    ``looked_at`` is when it was last looked whether anything still needs the record, ``erased_at`` when it was emptied.
    """

    person_id: str
    account_id: str
    family_name: str
    given_name: str
    middle_name: str
    born_on: str
    sex: str
    snils: str
    phone: Contact | None = None
    email: Contact | None = None
    address: Mapping[str, str] = field(default_factory=dict)
    preferences: Mapping[str, bool] = field(default_factory=dict)
    quiet_hours: QuietHours | None = None
    consents: tuple[Consent, ...] = ()
    policy_number: str | None = None
    awaits_name: bool = False
    document: Mapping[str, str] = field(default_factory=dict)
    death: Death | None = None
    merged: Merger | None = None
    merged_from: tuple[str, ...] = ()
    updated_at: datetime | None = None
    looked_at: datetime | None = None
    erased_at: datetime | None = None
    version: int = 1
    chain: ChainHead = field(default_factory=ChainHead)

    @property
    def consent(self) -> Consent | None:
        """The consent in force, if any."""
        last = self.consents[-1] if self.consents else None
        return last if last is not None and last.revoked_at is None else None

    @property
    def may_apply(self) -> bool:
        """Whether applications about the person may be filed under this record: a living person's only record."""
        return self.death is None and self.merged is None

    @property
    def full_name(self) -> str:
        """Surname, name and patronymic in one line."""
        return " ".join(part for part in (self.family_name, self.shown_given_name, self.middle_name) if part)

    @property
    def shown_given_name(self) -> str:
        """The given name as documents show it."""
        return self.given_name or (UNNAMED if self.awaits_name else "")
