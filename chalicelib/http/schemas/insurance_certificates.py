"""Certificates of insurance as JSON (requirements K1, K3)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from pydantic import Field

from chalicelib.domain.asked_period import AskedPeriod, PeriodWish
from chalicelib.domain.insurance_certificate import (
    CERTIFICATE_REFUSALS,
    CERTIFICATE_TRANSITIONS,
    FINAL_CERTIFICATE_STATES,
    STATE_TITLES,
    InsuranceCertificate,
    InsuranceCertificateState,
    SendBy,
)
from chalicelib.http.models import In, IsoDate, Out


class PeriodIn(In):
    """The days that are asked about: exactly one of day, month, year, or first and last day."""

    day: IsoDate | None = Field(default=None, description="Один день", examples=["2026-03-01"])
    month: str | None = Field(default=None, max_length=20, description="Месяц, ГГГГ-ММ", examples=["2026-02"])
    year: int | None = Field(default=None, description="Год", examples=[2025])
    from_on: IsoDate | None = Field(default=None, description="Первый день промежутка", examples=["2026-01-15"])
    to_on: IsoDate | None = Field(default=None, description="Последний день промежутка", examples=["2026-02-20"])

    def wish(self) -> PeriodWish:
        """What is asked."""
        return PeriodWish(day=self.day, month=self.month, year=self.year, from_on=self.from_on, to_on=self.to_on)


class InsuranceCertificateIn(PeriodIn):
    """Which certificate."""

    bilingual: bool = Field(default=False, description="На русском и английском языках")
    send_by: SendBy = Field(
        default=SendBy.DOWNLOAD, strict=False, description="Скачать самому или получить ссылку на почту"
    )


class CertificateStepOut(Out):
    """One step of the history."""

    state: InsuranceCertificateState
    state_title: str
    at: datetime


class StretchOut(Out):
    """Days with one insurer, the last one included; without insurance there is no code."""

    from_on: date
    to_on: date
    is_insured: bool
    insurer_code: str | None


class CertificateRefusalOut(Out):
    """Why there is no certificate, and what mends it; ``possible_on`` is the first day one may ask about."""

    code: str
    title: str
    mend: str
    possible_on: date | None


class InsuranceCertificateOut(Out):
    """A certificate; what it states stands once it is approved."""

    id: str
    state: InsuranceCertificateState
    state_title: str
    number: str | None
    from_on: date
    to_on: date
    bilingual: bool
    send_by: SendBy
    asked_at: datetime
    is_continuous: bool | None = Field(description="Застрахован ли человек во все дни периода")
    stretches: list[StretchOut]
    refusal: CertificateRefusalOut | None
    document_id: str | None
    history: list[CertificateStepOut]


def insurance_certificate_out(found: InsuranceCertificate) -> InsuranceCertificateOut:
    """Present a certificate of insurance."""
    return InsuranceCertificateOut(
        id=found.certificate_id,
        state=found.state,
        state_title=STATE_TITLES[found.state],
        number=found.number or None,
        from_on=found.from_on,
        to_on=AskedPeriod(from_on=found.from_on, until_on=found.until_on).last_day,
        bilingual=found.bilingual,
        send_by=found.send_by,
        asked_at=found.asked_at,
        is_continuous=found.is_continuous if found.stretches else None,
        stretches=[
            StretchOut(
                from_on=stretch.from_on,
                to_on=stretch.last_day,
                is_insured=bool(stretch.insurer_code),
                insurer_code=stretch.insurer_code or None,
            )
            for stretch in found.stretches
        ],
        refusal=_refusal(found),
        document_id=found.document_id or None,
        history=[
            CertificateStepOut(state=moment.state, state_title=STATE_TITLES[moment.state], at=moment.at)
            for moment in found.history
        ],
    )


def _refusal(found: InsuranceCertificate) -> CertificateRefusalOut | None:
    if not found.refusal_code:
        return None
    refusal = CERTIFICATE_REFUSALS[found.refusal_code]
    return CertificateRefusalOut(
        code=refusal.code, title=refusal.message, mend=refusal.mend, possible_on=found.possible_on
    )


def certificate_states() -> list[dict[str, Any]]:
    """The states of a certificate of insurance with their arrows, for the dictionaries."""
    return [
        {
            "code": state.value,
            "title": title,
            "is_final": state in FINAL_CERTIFICATE_STATES,
            "transitions": [
                {
                    "event": rule.event.value,
                    "target": rule.target.value,
                    "notifications": {way.value: kind for way, kind in rule.notifications.items()},
                    "silent_because": rule.silent_because,
                }
                for rule in CERTIFICATE_TRANSITIONS
                if rule.source is state
            ],
        }
        for state, title in STATE_TITLES.items()
    ]


def certificate_refusals() -> list[dict[str, Any]]:
    """Why a certificate of insurance may be refused, for the dictionaries."""
    return [
        {"code": code, "title": refusal.message, "mend": refusal.mend} for code, refusal in CERTIFICATE_REFUSALS.items()
    ]
