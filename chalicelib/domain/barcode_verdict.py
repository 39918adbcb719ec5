"""What a scanned barcode of a paper policy is worth beside the register (requirement G3).

Its electronic signature cannot be verified, so insurance is never told by the barcode alone: it only finds the person,
and is compared with what the service knows.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING

from chalicelib.domain.birth_date import earliest_day
from chalicelib.domain.legacy_claim import Holder, barcode_differences
from chalicelib.domain.sex import Sex

if TYPE_CHECKING:
    from chalicelib.domain.paper_barcode import PaperBarcode
    from chalicelib.domain.person import Person


class BarcodeReason(StrEnum):
    """How a barcode stands to the register."""

    MATCHES = "matches"
    DIFFERS = "differs"
    EXPIRED = "expired"
    UNKNOWN = "unknown"


BARCODE_TEXTS = {
    BarcodeReason.MATCHES: "Сведения штрих-кода совпадают с регистром",
    BarcodeReason.DIFFERS: "Имя, дата рождения или пол в штрих-коде не совпадают с регистром: проверьте паспорт",
    BarcodeReason.EXPIRED: "Срок, записанный в штрих-коде, истёк: смотрите срок страхования по регистру",
    BarcodeReason.UNKNOWN: "Полис с номером из штрих-кода здесь не зарегистрирован: проверьте по паспорту или СНИЛС",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class BarcodeVerdict:
    """The comparison; ``expires_on`` is the last day by the barcode, None without a term."""

    reason: BarcodeReason
    expires_on: date | None = None

    @property
    def text(self) -> str:
        """The Russian sentence for people; names what to do."""
        return BARCODE_TEXTS[self.reason]


def judge_barcode(*, barcode: PaperBarcode, person: Person | None, on: date) -> BarcodeVerdict:
    """Compare a barcode with the person whom its ЕНП leads to, on the day that is asked about."""
    if person is None:
        return BarcodeVerdict(reason=BarcodeReason.UNKNOWN, expires_on=barcode.expires_on)
    holder = Holder(
        family_name=person.family_name,
        given_name=person.given_name,
        middle_name=person.middle_name,
        born_on=earliest_day(text=person.born_on),
        sex=Sex(person.sex),
    )
    reason = BarcodeReason.MATCHES
    if barcode_differences(barcode=barcode, holder=holder):
        reason = BarcodeReason.DIFFERS
    elif barcode.expires_on is not None and barcode.expires_on < on:
        reason = BarcodeReason.EXPIRED
    return BarcodeVerdict(reason=reason, expires_on=barcode.expires_on)
