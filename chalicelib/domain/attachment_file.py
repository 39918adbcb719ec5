"""The monthly file of attachments for the register of insured persons (DOMAIN 6.10; order 79, app. Б.8)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from chalicelib.domain.attachment import AttachmentMethod
from chalicelib.domain.errors import InvalidValue
from chalicelib.domain.plain_text import is_ascii_digits

if TYPE_CHECKING:
    from collections.abc import Iterable

    from chalicelib.domain.attachment import Attachment

FILE_VERSION = "01.01"
FILE_LETTER = "M"


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """A calendar month: its first day, and the first day after it."""

    first: date
    following: date

    @property
    def last(self) -> date:
        """The last day of the month."""
        return self.following - timedelta(days=1)


def read_month(text: str) -> Month:
    """Read ``2026-03``.

    Raises:
        InvalidValue: ``month_format``.
    """
    year, _, month = text.partition("-")
    is_written = (len(year), len(month)) == (4, 2) and is_ascii_digits(year + month)
    if not is_written or not 1 <= int(month) <= 12 or int(year) < 2011:  # noqa: PLR2004 — months; 326-ФЗ is in force
        raise InvalidValue("month_format", "Укажите месяц в виде ГГГГ-ММ, например 2026-03")
    first = date(int(year), int(month), 1)
    return Month(first=first, following=date(first.year + first.month // 12, first.month % 12 + 1, 1))


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachmentLine:
    """One line: by which policy a person was insured, to whom attached, how, and from when until when."""

    policy_letter: str
    policy_id: str
    policy_number: str
    clinic_code: str
    method: AttachmentMethod
    attached_on: date
    detached_on: date | None = None

    def text(self) -> str:
        """The line as it stands in the file; the sixth field is reserved."""
        detached = f"{self.detached_on:%Y%m%d}" if self.detached_on else ""
        fields = (self.policy_letter, self.policy_id, self.policy_number, self.clinic_code, str(int(self.method)))
        return ";".join((*fields, "", f"{self.attached_on:%Y%m%d}", detached))


def belongs_to(attachment: Attachment, month: Month) -> bool:
    """Tell whether an attachment stood in a month, or ended in it."""
    begun = attachment.attached_on is not None and attachment.attached_on < month.following
    return begun and (attachment.detached_on is None or attachment.detached_on > month.first)


def detached_in(attachment: Attachment, month: Month) -> date | None:
    """The last day of an attachment, if it had come by the end of the month: detachment is written by its last day."""
    ended = attachment.detached_on
    return ended - timedelta(days=1) if ended is not None and ended <= month.following else None


def file_name(*, okato: str, part: int, month: Month) -> str:
    """The name of a part of the file."""
    return f"{FILE_LETTER}{okato}{part:03d}_{month.first:%Y%m}.csv"


def file_text(*, okato: str, part: int, month: Month, lines: Iterable[AttachmentLine]) -> str:
    """The file: its metadata (version, territory, number, day on which it is true), then the lines."""
    head = ";".join((FILE_VERSION, okato, f"{part:03d}", f"{month.last:%Y%m%d}"))
    return "\r\n".join((head, *(line.text() for line in lines), ""))
