"""What some questions to the store take and give beside the entities."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic, TypeVar

from chalicelib.domain.application import Application, ApplicationKind
from chalicelib.domain.application_states import ApplicationState
from chalicelib.domain.audit import AuditEntry

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice(Generic[T]):
    """A part of a list; ``after`` is where the next part begins, None at the end."""

    items: tuple[T, ...]
    after: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """At most ``times`` within ``seconds`` for one ``subject`` (already hashed)."""

    name: str
    subject: str
    times: int
    seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LookupRecord:
    """What is kept of a public lookup (requirement G4): when, by whom and of what, as hashes."""

    record_id: str
    at: datetime
    client_hash: str
    subject_hash: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftChange:
    """Sections of a form to replace in one write; ``if_version`` is the caller's If-Match."""

    application_id: str
    account_id: str
    at: datetime
    sections: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    if_version: int | None = None


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
