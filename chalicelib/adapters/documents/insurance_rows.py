"""The words of a certificate of insurance: the verdict, and a row for each stretch (requirement K1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.adapters.documents import texts
from chalicelib.adapters.documents.layout import Row

if TYPE_CHECKING:
    from datetime import date

    from chalicelib.domain.documents import InsuranceCertificateDocument, StretchView

TITLE = "Справка о страховании по ОМС"
TITLE_EN = "Certificate of Compulsory Medical Insurance"
ALL_DAYS, ALL_DAYS_EN = "Застрахован(а) все дни", "Insured on all days"
WITH_GAPS, WITH_GAPS_EN = "Застрахован(а) с перерывами", "Insured with gaps"
NOT_INSURED, NOT_INSURED_EN = "Не застрахован(а)", "Not insured"
NOTE = "Справка подтверждает страхование в названные дни и действует без срока: сведения – на день выдачи."
NOTE_EN = "The certificate confirms the days named above. Scan the code to check it."


def title(document: InsuranceCertificateDocument) -> str:
    """The name of the document."""
    return f"{TITLE} / {TITLE_EN}" if document.bilingual else TITLE


def verdict(document: InsuranceCertificateDocument) -> str:
    """Whether all days are insured."""
    told = (ALL_DAYS, ALL_DAYS_EN) if document.is_continuous else (WITH_GAPS, WITH_GAPS_EN)
    return _both(document, *told)


def period(document: InsuranceCertificateDocument) -> str:
    """The days that it is about."""
    first, last = document.stretches[0], document.stretches[-1]
    return _days(first.from_on, last.to_on)


def stretch_rows(document: InsuranceCertificateDocument) -> list[Row]:
    """Who insured, or that nobody did, stretch by stretch."""
    return [Row(label=_days(one.from_on, one.to_on), value=_insurer(document, one)) for one in document.stretches]


def _days(from_on: date, to_on: date) -> str:
    return texts.day(from_on) if from_on == to_on else f"{texts.day(from_on)} – {texts.day(to_on)}"


def _insurer(document: InsuranceCertificateDocument, stretch: StretchView) -> str:
    if not stretch.insurer_code:
        return _both(document, NOT_INSURED, NOT_INSURED_EN)
    name = stretch.insurer or "Страховая организация"
    return f"{name} ({stretch.insurer_code})"


def _both(document: InsuranceCertificateDocument, text: str, text_en: str) -> str:
    return f"{text} / {text_en}" if document.bilingual else text
