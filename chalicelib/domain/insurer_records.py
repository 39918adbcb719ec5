"""What is kept of an insurer beside its entry in the registry: ratings of a year, offices (H1, H2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from chalicelib.domain.audit import ChainHead


def journal_folder(insurer_code: str) -> str:
    """The folder of the journal that tells who changed what of an insurer; no person's id looks like it."""
    return f"insurer-{insurer_code}"


@dataclass(frozen=True, slots=True, kw_only=True)
class InsurerRating:
    """The figures of an insurer for a year; a criterion that was not measured is not there."""

    insurer_code: str
    region: str
    year: int
    values: Mapping[str, float]
    source: str = ""
    version: int = 0
    chain: ChainHead = field(default_factory=ChainHead)

    @property
    def person_id(self) -> str:
        """In which folder of the journal its changes stand: the insurer's."""
        return journal_folder(self.insurer_code)


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuePoint:
    """An office where policies are given out (classifier F013): open from a day until a day (half-open)."""

    code: str
    address: str
    phone: str
    opens_on: date
    closes_on: date | None = None

    def is_open_on(self, on: date) -> bool:
        """Tell whether it is open on the day."""
        return self.opens_on <= on and (self.closes_on is None or on < self.closes_on)


@dataclass(frozen=True, slots=True, kw_only=True)
class InsurerOffices:
    """All issue points of an insurer, in the order of their codes."""

    insurer_code: str
    points: tuple[IssuePoint, ...] = ()
    version: int = 0
    chain: ChainHead = field(default_factory=ChainHead)

    @property
    def person_id(self) -> str:
        """In which folder of the journal its changes stand: the insurer's."""
        return journal_folder(self.insurer_code)
