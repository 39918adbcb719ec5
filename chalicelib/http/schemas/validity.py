"""Questions about insurance and their answers as JSON (requirements G1-G4)."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from pydantic import Field

from chalicelib.domain.application_states import ApplicationState
from chalicelib.domain.areas import AreaType
from chalicelib.domain.attachment import AttachmentMethod
from chalicelib.domain.barcode_verdict import BarcodeReason
from chalicelib.domain.item_sources import ItemSource
from chalicelib.domain.policy_types import POLICY_TYPES, PolicyType
from chalicelib.domain.qr_claims import QrReason
from chalicelib.domain.validity import CardKind, ValidityStatus
from chalicelib.http.models import BirthDay, In, IsoDate, Out

if TYPE_CHECKING:
    from chalicelib.use_cases.check_insured_person import InsuredPerson

_ALTCHA = "Решение задания из GET /v1/challenges, если сервис его требует: Base64, как пишет виджет ALTCHA"


class ChallengeOut(Out):
    """A challenge of the ALTCHA protocol: find the number by which SHA-256 of salt and number is ``challenge``."""

    algorithm: str
    challenge: str
    maxnumber: int
    salt: str
    signature: str


class OldPolicyIn(In):
    """Series and number of a policy of the old sample, in one field or in two."""

    series: str = Field(default="", max_length=40, description="Серия, до 10 знаков", examples=["77МУ"])
    number: str = Field(max_length=40, description="Номер, до 20 знаков", examples=["123456"])


class ValidityIn(In):
    """The number of a policy with birth date or surname, or a temporary certificate's number."""

    policy_number: str | None = Field(
        default=None, max_length=40, description="ЕНП, 16 цифр", examples=["7856130840000017"]
    )
    certificate_number: str | None = Field(
        default=None, max_length=20, description="Номер временного свидетельства, 9 цифр"
    )
    blank_number: str | None = Field(default=None, max_length=40, description="Номер бланка полиса, 11 цифр")
    old_policy: OldPolicyIn | None = Field(default=None, description="Полис старого образца")
    policy_type: PolicyType | None = Field(default=None, strict=False, description="Вид, справочник policy-types")
    born_on: BirthDay | None = Field(default=None, strict=False, description="Дата рождения владельца")
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
    born_on: BirthDay = Field(strict=False)


class ClinicQuestionIn(In):
    """Exactly one key, and the day of treatment."""

    policy_number: str | None = Field(default=None, max_length=40)
    snils: str | None = Field(default=None, max_length=40)
    certificate_number: str | None = Field(default=None, max_length=20)
    document: DocumentKeyIn | None = None
    person: NameKeyIn | None = None
    qr: str | None = Field(default=None, max_length=2000, description="Ссылка или токен из QR-кода")
    blank_number: str | None = Field(default=None, max_length=40, description="Номер бланка полиса, 11 цифр")
    old_policy: OldPolicyIn | None = Field(default=None, description="Полис старого образца")
    barcode: str | None = Field(
        default=None,
        max_length=1000,
        description="Байты штрих-кода PDF417 бумажного полиса: шестнадцатеричные цифры или Base64",
    )
    on: IsoDate | None = Field(default=None, strict=False, description="На какую дату")


class BarcodeOut(Out):
    """How the barcode stands to the register."""

    reason: BarcodeReason
    text: str
    expires_on: date | None


class QrOut(Out):
    """What the code itself said."""

    reason: QrReason
    text: str


class AttachedOut(Out):
    """To which clinic and doctor the person is attached on the day."""

    clinic_code: str
    doctor_id: str
    area: AreaType
    method: AttachmentMethod
    attached_on: date
    detached_on: date | None = Field(description="Первый день, когда прикрепления уже нет")


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
    insurer_code: str | None = Field(description="Кто страхует на эту дату")
    insurer_name: str | None
    printed_insurer_code: str | None = Field(description="Кто указан на полисе или выписке")
    printed_insurer_name: str | None
    valid_from: date | None
    valid_until: date | None
    policy_type: PolicyType | None
    policy_type_code: str | None = Field(description="Код классификатора F008")
    policy_series: str | None = Field(description="Серия полиса старого образца")
    policy_blank: str | None = Field(description="Номер бланка или номер полиса старого образца")
    policy_region: str | None = Field(description="Где выдан полис старого образца, код F010")
    attachment: AttachedOut | None = Field(description="К кому прикреплён на эту дату")
    qr: QrOut | None
    barcode: BarcodeOut | None
    sources: dict[str, ItemSource] = Field(description="Откуда сведения: справочник item-sources")
    answered_at: datetime


def insured_person_out(answer: InsuredPerson, *, on: date, at: datetime) -> InsuredPersonOut:
    """Present the answer to a clinic."""
    person, blank, qr, barcode = answer.person, answer.blank, answer.qr, answer.barcode
    policy_type = answer.policy_type
    return InsuredPersonOut(
        is_insured=answer.is_insured,
        on=on,
        kind=answer.kind,
        family_name=person.family_name if person else None,
        given_name=person.given_name if person else None,
        middle_name=person.middle_name if person else None,
        born_on=person.born_on if person else None,
        sex=person.sex if person else None,
        snils=person.snils if person else None,
        policy_number=answer.policy_number,
        certificate_number=answer.certificate_number,
        insurer_code=answer.insurer_code,
        insurer_name=answer.insurer_name or None,
        printed_insurer_code=answer.printed_insurer_code,
        printed_insurer_name=answer.printed_insurer_name or None,
        valid_from=answer.valid_from,
        valid_until=answer.valid_until,
        policy_type=policy_type,
        policy_type_code=POLICY_TYPES[policy_type].f008 if policy_type else None,
        policy_series=(blank.series or None) if blank else None,
        policy_blank=(blank.number or None) if blank else None,
        policy_region=(blank.region or None) if blank else None,
        attachment=AttachedOut.model_validate(answer.attachment) if answer.attachment else None,
        qr=QrOut(reason=qr.reason, text=qr.text) if qr else None,
        barcode=BarcodeOut(reason=barcode.reason, text=barcode.text, expires_on=barcode.expires_on)
        if barcode
        else None,
        sources=dict(answer.sources),
        answered_at=at,
    )
