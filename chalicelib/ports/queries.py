"""What some questions to the store take and give beside the entities."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from chalicelib.domain.application import Application, ApplicationKind
from chalicelib.domain.application_states import ApplicationState
from chalicelib.domain.audit import AuditEntry


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicationFilter:
    """Which applications of a list are wanted; None wants all (requirement B8)."""

    state: ApplicationState | None = None
    kind: ApplicationKind | None = None

    def fits(self, application: Application) -> bool:
        """Whether an application is wanted."""
        return self.state in {None, application.state} and self.kind in {None, application.kind}


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
