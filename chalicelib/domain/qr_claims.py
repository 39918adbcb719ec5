"""What the QR code of a document claims, and what may be answered about it (requirements F3, G5)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from enum import IntEnum, StrEnum

from chalicelib.domain.errors import InvalidValue

# Terms of documents run by the Moscow day, whatever the region: one instant for every verifier.
TERM_ZONE = timezone(timedelta(hours=3))
INSURER_CODE = re.compile("[0-9]{5}")
NAME_LIMIT = 60  # bytes of UTF-8: with them the code still is of version 11-M


class QrKind(IntEnum):
    """The documents that carry a code; the values stand in tokens and never change."""

    POLICY = 1
    CERTIFICATE = 2
    EXTRACT = 3
    RECEIPT = 4
    INSURANCE_CERTIFICATE = 5


class DocumentStatus(IntEnum):
    """The two bits of a document in a status list; the values stand in lists and never change."""

    VALID = 0
    REVOKED = 1
    SUSPENDED = 2
    REPLACED = 3


class QrReason(StrEnum):
    """Why a code is or is not valid."""

    VALID = "valid"
    UNREADABLE = "unreadable"
    UNSUPPORTED = "unsupported"
    UNKNOWN_KEY = "unknown_key"
    BAD_SIGNATURE = "bad_signature"
    NOT_YET = "not_yet"
    EXPIRED = "expired"
    REVOKED = "revoked"
    SUSPENDED = "suspended"
    REPLACED_BY = "replaced_by"


REASON_TEXTS = {
    QrReason.VALID: "Документ действителен",
    QrReason.UNREADABLE: "Код не читается. Отсканируйте его ещё раз целиком, без бликов",
    QrReason.UNSUPPORTED: "Код другого вида. Обновите страницу проверки и отсканируйте снова",
    QrReason.UNKNOWN_KEY: "Ключ подписи неизвестен. Подключитесь к интернету, чтобы обновить ключи",
    QrReason.BAD_SIGNATURE: "Подпись не сошлась: код изменён или подделан. Не принимайте документ",
    QrReason.NOT_YET: "Срок действия документа ещё не начался",
    QrReason.EXPIRED: "Срок действия документа истёк",
    QrReason.REVOKED: "Документ аннулирован. Попросите действующий полис или паспорт",
    QrReason.SUSPENDED: "Действие полиса приостановлено. Уточните причину у страховой организации",
    QrReason.REPLACED_BY: "Документ заменён новым. Попросите показать новый документ",
}

STATUS_REASONS = {
    DocumentStatus.VALID: QrReason.VALID,
    DocumentStatus.REVOKED: QrReason.REVOKED,
    DocumentStatus.SUSPENDED: QrReason.SUSPENDED,
    DocumentStatus.REPLACED: QrReason.REPLACED_BY,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedPeriod:
    """The days that a certificate of insurance is about, the last one included, and whether all of them are insured."""

    from_on: date
    to_on: date
    is_continuous: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class QrClaims:
    """The signed content of one code.

    ``number`` is the ЕНП, or the number of the certificate or application; ``valid_until`` is the first day
    on which the document is no longer valid (None: no term); ``insurer_code`` is the five-digit code of the
    insurer or empty; ``name`` is given only if the holder wants it. ``status_list`` (0…65535) and
    ``status_index`` (0…16777215) are the place of the document in the status lists: it is unique, so it is
    the id of the token too. ``stated`` stands on a certificate of insurance, whose own term has no end.
    """

    kind: QrKind
    number: str
    born_on: date
    valid_from: date
    valid_until: date | None
    insurer_code: str
    status_list: int
    status_index: int
    issued_at: datetime
    name: str | None = None
    stated: StatedPeriod | None = None

    def __post_init__(self) -> None:
        """Refuse what a token could not carry; raises `InvalidValue`."""
        if not (0 <= self.status_list < 2**16 and 0 <= self.status_index < 2**24):
            raise InvalidValue("status_place", "Место в списке статусов вне границ")
        if self.insurer_code and not INSURER_CODE.fullmatch(self.insurer_code):
            raise InvalidValue("insurer_code", "Код страховой организации состоит из 5 цифр")
        if not self.number:
            raise InvalidValue("number", "Укажите номер документа")
        if self.name is not None and len(self.name.encode()) > NAME_LIMIT:
            raise InvalidValue("name", "Имя для кода длиннее 60 байт, сократите его")

    @property
    def token_id(self) -> str:
        """The id of the token: ten hexadecimal digits, list first."""
        return f"{self.status_list:04x}{self.status_index:06x}"


@dataclass(frozen=True, slots=True, kw_only=True)
class QrVerdict:
    """The answer to a check.

    ``claims`` are there as soon as the signature is right; ``status_at`` is the moment of the status list
    that was consulted (None: none was at hand, a revocation would not be seen); ``status_is_stale`` says
    that the list is past its time to live; ``retired_key`` that the key signs no more but still counts.
    """

    reason: QrReason
    claims: QrClaims | None = None
    status_at: datetime | None = None
    status_is_stale: bool = False
    retired_key: bool = False

    @property
    def is_valid(self) -> bool:
        """Whether the document may be accepted."""
        return self.reason is QrReason.VALID

    @property
    def text(self) -> str:
        """The Russian sentence for people; names what to do."""
        return REASON_TEXTS[self.reason]


def start_of_day(*, day: date) -> datetime:
    """The UTC moment at which ``day`` begins for the terms of documents."""
    return datetime.combine(day, time.min, tzinfo=TERM_ZONE).astimezone(UTC)


def term_reason(*, claims: QrClaims, at: datetime) -> QrReason:
    """NOT_YET, EXPIRED or VALID by the half-open term [valid_from, valid_until) at the moment ``at``."""
    if at < start_of_day(day=claims.valid_from):
        return QrReason.NOT_YET
    if claims.valid_until is not None and at >= start_of_day(day=claims.valid_until):
        return QrReason.EXPIRED
    return QrReason.VALID


def name_for_qr(*, family: str, given: str, middle: str = "") -> str:
    """The name as a code carries it: whole if it fits in 60 bytes, else surname and initials.

    A surname that is too long even so is cut, and the cut is shown by an ellipsis.
    """
    full = " ".join(part for part in (family, given, middle) if part)
    if len(full.encode()) <= NAME_LIMIT:
        return full
    initials = " ".join(f"{part[0]}." for part in (given, middle) if part)
    short = f"{family} {initials}".strip()
    if len(short.encode()) <= NAME_LIMIT:
        return short
    room = NAME_LIMIT - len(f"… {initials}".encode())
    return f"{family.encode()[:room].decode(errors='ignore')}… {initials}"
