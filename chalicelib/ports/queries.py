"""What some questions to the store take and give beside the entities."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from chalicelib.domain.audit import AuditEntry


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """Moments from ``since`` until before ``until``; None leaves an end open."""

    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalLine:
    """A journal entry together with the person in whose journal it stands."""

    person_id: str
    entry: AuditEntry


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """What may be used once; after ``until`` it is refused anyway and need not be remembered."""

    token: str
    until: datetime
