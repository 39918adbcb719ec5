"""Policies of earlier samples as JSON: what their holder tells, and how far the registration is (requirement F5)."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from pydantic import Field

from chalicelib.domain.legacy_claim import LegacyClaim
from chalicelib.domain.legacy_registration import LEGACY_STATE_TITLES, LegacyState
from chalicelib.domain.policy_types import POLICY_TYPES, PolicyType
from chalicelib.http.models import In, Out
from chalicelib.http.schemas.applications import DelayOut, RefusalOut

if TYPE_CHECKING:
    from chalicelib.domain.legacy_registration import LegacyPolicy

WAITING = "Ждём ответа регистра застрахованных лиц. Полис не отклонён, делать ничего не нужно"
MAX_BARCODE_LENGTH = 1000


class LegacyPolicyIn(In):
    """The fields of the policy by its type, or the barcode of a paper policy."""

    policy_type: PolicyType | None = Field(
        default=None,
        strict=False,
        description="Вид полиса, справочник policy-types; со штрих-кодом можно не указывать",
        examples=["paper"],
    )
    policy_number: str = Field(
        default="", max_length=40, description="ЕНП, 16 цифр: бумажный полис и пластиковая карта"
    )
    blank_number: str = Field(default="", max_length=40, description="Номер бланка: 11 цифр, на УЭК 14 цифр")
    series: str = Field(default="", max_length=40, description="Серия полиса старого образца, до 10 знаков")
    number: str = Field(default="", max_length=40, description="Номер полиса старого образца, до 20 знаков")
    region: str = Field(default="", max_length=5, description="Где выдан полис старого образца, код F010")
    barcode: str = Field(
        default="",
        max_length=MAX_BARCODE_LENGTH,
        description="Байты штрих-кода PDF417 бумажного полиса: шестнадцатеричные цифры или Base64",
    )

    def claim(self) -> LegacyClaim:
        """The claim as the core takes it."""
        return LegacyClaim(**self.model_dump())


class LegacyPolicyOut(Out):
    """A registered policy; ``policy_id`` appears when it is confirmed."""

    id: str
    policy_type: PolicyType
    policy_type_title: str
    policy_number: str
    blank_number: str
    series: str
    number: str
    region: str
    is_scanned: bool
    valid_until: date | None
    state: LegacyState
    state_title: str
    registered_at: datetime
    updated_at: datetime
    delay: DelayOut | None
    refusals: list[RefusalOut]
    policy_id: str | None


def legacy_policy_out(registration: LegacyPolicy) -> LegacyPolicyOut:
    """Present a registration."""
    blank, row = registration.blank, POLICY_TYPES[registration.blank.policy_type]
    delay = registration.delay
    return LegacyPolicyOut(
        id=registration.registration_id,
        policy_type=blank.policy_type,
        policy_type_title=row.title,
        policy_number=registration.policy_number,
        blank_number="" if row.needs_region else blank.number,
        series=blank.series,
        number=blank.number if row.needs_region else "",
        region=blank.region,
        is_scanned=registration.is_scanned,
        valid_until=registration.valid_until,
        state=registration.state,
        state_title=LEGACY_STATE_TITLES[registration.state],
        registered_at=registration.registered_at,
        updated_at=registration.updated_at,
        delay=DelayOut(since=delay.since, waiting_for=list(delay.waiting_for), message=WAITING) if delay else None,
        refusals=[RefusalOut.model_validate(refusal) for refusal in registration.refusals],
        policy_id=registration.policy_id,
    )


def policy_types() -> list[dict[str, Any]]:
    """The dictionary of types of policies."""
    return [
        {
            "code": row.type.value,
            "title": row.title,
            "letter": row.letter,
            "f008": row.f008,
            "series_mask": row.series_mask,
            "number_mask": row.number_mask,
            "has_policy_number": row.has_policy_number,
            "may_be_registered": row.is_legacy,
            "given_from": row.given_from.isoformat() if row.given_from else None,
            "given_until": row.given_until.isoformat() if row.given_until else None,
            "term": row.term,
            "source": row.source,
        }
        for row in POLICY_TYPES.values()
    ]
