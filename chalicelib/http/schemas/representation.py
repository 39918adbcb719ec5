"""Persons whom one acts for, as JSON (requirement A6)."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from pydantic import Field

from chalicelib.domain.birth_date import read_date
from chalicelib.domain.errors import FieldError, InvalidValue, ValidationFailed
from chalicelib.domain.form_checks import birth_date_of
from chalicelib.domain.representation import RELATIONS, Powers, Relation, RepresentationState
from chalicelib.http.models import In, Out
from chalicelib.use_cases.representations import RepresentedPerson

if TYPE_CHECKING:
    from chalicelib.domain.person import Person
    from chalicelib.domain.representation import Representation

_DAY = "ГГГГ-ММ-ДД или ДД.ММ.ГГГГ"


class PowersIn(In):
    """The paper that gives the right to act: a power of attorney or an act of guardianship."""

    number: str = Field(default="", max_length=50, description="Номер", examples=["77 АВ 1234567"])
    issuer: str = Field(default="", max_length=300, description="Кто выдал или удостоверил")
    issued_on: str = Field(default="", max_length=20, description=f"Дата выдачи, {_DAY}")
    valid_until: str = Field(
        default="", max_length=20, description=f"Последний день срока, {_DAY}; пусто, если его нет"
    )


class RepresentedIn(In):
    """Whom one acts for, on what ground; the consent is given on that person's behalf."""

    relation: Relation = Field(strict=False, description="Основание", examples=["parent"])
    family_name: str = Field(default="", max_length=300)
    given_name: str = Field(default="", max_length=300)
    middle_name: str = Field(default="", max_length=300)
    born_on: str = Field(
        max_length=20,
        description=f"Дата рождения, {_DAY}; нет дня или месяца — ГГГГ-ММ или ГГГГ",
        examples=["2020-03-15"],
    )
    sex: str = Field(max_length=10, description="male или female", examples=["male"])
    snils: str = Field(default="", max_length=20, description="СНИЛС, если есть")
    powers: PowersIn = Field(default_factory=PowersIn)
    consent_version: str = Field(max_length=40, description="Версия текста согласия", examples=["2026-11"])

    def wanted(self) -> RepresentedPerson:
        """Read the dates; raises ValidationFailed with every one that cannot be read."""
        born, found = birth_date_of({"born_on": self.born_on.strip()}, "", "born_on")
        texts = {
            "powers.issued_on": self.powers.issued_on,
            "powers.valid_until": self.powers.valid_until,
        }
        days, wrong = _read(texts)
        errors = [*found, *wrong]
        if errors or born is None:
            raise ValidationFailed(errors or [FieldError(field="born_on", code="required", message="Заполните поле")])
        return RepresentedPerson(
            relation=self.relation,
            family_name=self.family_name,
            given_name=self.given_name,
            middle_name=self.middle_name,
            born_on=born,
            sex=self.sex,
            snils=self.snils,
            powers=Powers(
                number=self.powers.number,
                issuer=self.powers.issuer,
                issued_on=days.get("powers.issued_on"),
                valid_until=days.get("powers.valid_until"),
            ),
            consent_version=self.consent_version,
        )


def _read(texts: dict[str, str]) -> tuple[dict[str, date], list[FieldError]]:
    days, errors = {}, []
    for field, text in texts.items():
        try:
            if text:
                days[field] = read_date(text=text)
        except InvalidValue as refusal:
            errors.append(FieldError(field=field, code=refusal.reason, message=refusal.detail))
    return days, errors


class RepresentedOut(Out):
    """A person whom one acts for; ``until_on`` is the first day without the right to act.

    ``display_name`` shows a child without a name as «Б/И»; without ``has_consent`` no application can be filed.
    """

    person_id: str
    relation: Relation
    relation_title: str
    state: RepresentationState
    since_on: date
    until_on: date | None
    family_name: str
    given_name: str
    middle_name: str
    display_name: str
    born_on: str
    policy_number: str | None
    has_consent: bool


class RepresentedListOut(Out):
    """Everybody whom one acts or acted for."""

    items: list[RepresentedOut]


def represented_out(representation: Representation, person: Person) -> RepresentedOut:
    """Present a representation with its person."""
    return RepresentedOut(
        person_id=person.person_id,
        relation=representation.relation,
        relation_title=RELATIONS[representation.relation].title,
        state=representation.state,
        since_on=representation.since_on,
        until_on=representation.until_on,
        family_name=person.family_name,
        given_name=person.given_name,
        middle_name=person.middle_name,
        display_name=person.full_name,
        born_on=person.born_on,
        policy_number=person.policy_number,
        has_consent=person.consent is not None,
    )
