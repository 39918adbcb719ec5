"""Questions about insurance and their answers as JSON (requirements G1-G4)."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import Field

from chalicelib.domain.application_states import ApplicationState
from chalicelib.domain.qr_claims import QrReason
from chalicelib.domain.validity import CardKind, ValidityStatus
from chalicelib.http.models import In, IsoDate, Out

_ALTCHA = "Решение задания из GET /v1/challenges, если сервис его требует: Base64, как пишет виджет ALTCHA"


class ChallengeOut(Out):
    """A challenge of the ALTCHA protocol: find the number by which SHA-256 of salt and number is ``challenge``."""

    algorithm: str
    challenge: str
    maxnumber: int
    salt: str
    signature: str


class ValidityIn(In):
    """A policy number with birth date or surname, or a temporary certificate's number."""

    policy_number: str | None = Field(
        default=None, max_length=40, description="ЕНП, 16 цифр", examples=["7856130840000017"]
    )
    certificate_number: str | None = Field(
        default=None, max_length=20, description="Номер временного свидетельства, 9 цифр"
    )
    born_on: IsoDate | None = Field(default=None, strict=False, description="Дата рождения владельца")
    family_name: str | None = Field(default=None, max_length=100, description="Фамилия владельца")
    on: IsoDate | None = Field(default=None, strict=False, description="На какую дату; по умолчанию сегодня по Москве")
    consent: bool = Field(description="Согласие на проверку", examples=[True])
    altcha: str | None = Field(default=None, max_length=2000, description=_ALTCHA)


class ValidityOut(Out):
    """Valid, not valid or not found; never whose it is."""

    status: ValidityStatus
    kind: CardKind | None
    insurer_code: str | None
    insurer_name: str | None
    valid_from: date | None
    valid_until: date | None
    reason: str
    on: date


class ReadinessIn(In):
    """The number of an application or of its temporary certificate."""

    number: str = Field(max_length=40, examples=["2026-12345678-9"])
    altcha: str | None = Field(default=None, max_length=2000, description=_ALTCHA)


class ReadinessOut(Out):
    """How far the application is."""

    state: ApplicationState
    title: str
    is_ready: bool
    is_delayed: bool
    due_on: date | None


class DocumentKeyIn(In):
    """An identity document; the type is a code of F011."""

    type: str = Field(max_length=5, examples=["14"])
    series: str = Field(default="", max_length=20, examples=["00 20"])
    number: str = Field(max_length=30, examples=["900001"])


class NameKeyIn(In):
    """Name and birth date."""

    family_name: str = Field(max_length=100)
    given_name: str = Field(max_length=100)
    middle_name: str = Field(default="", max_length=100)
    born_on: IsoDate = Field(strict=False)


class ClinicQuestionIn(In):
    """Exactly one key, and the day of treatment."""

    policy_number: str | None = Field(default=None, max_length=40)
    snils: str | None = Field(default=None, max_length=40)
    certificate_number: str | None = Field(default=None, max_length=20)
    document: DocumentKeyIn | None = None
    person: NameKeyIn | None = None
    qr: str | None = Field(default=None, max_length=2000, description="Ссылка или токен из QR-кода")
    on: IsoDate | None = Field(default=None, strict=False, description="На какую дату")


class QrOut(Out):
    """What the code itself said."""

    reason: QrReason
    text: str


class InsuredPersonOut(Out):
    """The person and the insurance on the day."""

    is_insured: bool
    on: date
    kind: CardKind | None
    family_name: str | None
    given_name: str | None
    middle_name: str | None
    born_on: str | None
    sex: str | None
    snils: str | None
    policy_number: str | None
    certificate_number: str | None
    insurer_code: str | None
    insurer_name: str | None
    valid_from: date | None
    valid_until: date | None
    qr: QrOut | None
    answered_at: datetime
