"""An insurer (страховая медицинская организация): its registry entry, and whether it may be chosen (H1, H3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True, kw_only=True)
class Licence:
    """A licence, from a day until a day (half-open; None: without a term)."""

    number: str
    issued_on: date
    until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Inclusion:
    """A time in the registry, from a day until a day (half-open); ``reason`` is why it ended (classifier R005)."""

    begins_on: date
    ends_on: date | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class InsuredNotice:
    """How many people the insurer told the fund to insure: for which year, and on which day it said so."""

    year: int
    told_on: date
    insured: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Insurer:
    """One row of the insurers' registry: a head office or a branch in one region, keyed by ``code`` (smocod).

    ``licences`` and ``inclusions`` are all that the registry tells, oldest first; ``licence_…``, ``included_on`` and
    ``excluded_on`` are the last of them. Rows that did not come from the registry have only these.
    """

    code: str
    region: str
    name: str
    full_name: str
    inn: str
    ogrn: str
    kpp: str
    address: str
    phones: tuple[str, ...]
    email: str
    site: str
    head: str
    licence_number: str
    licence_from: date | None
    included_on: date
    licence_until: date | None = None
    excluded_on: date | None = None
    postal_address: str = ""
    fax: str = ""
    okopf: str = ""
    organisation: str = ""
    licences: tuple[Licence, ...] = ()
    inclusions: tuple[Inclusion, ...] = ()
    notices: tuple[InsuredNotice, ...] = ()
    edited_on: date | None = None
    source: str = ""
    version: int = 1

    def may_be_chosen_on(self, on: date) -> bool:
        """Tell whether a licence and a registry entry are in force on the day (requirement H3)."""
        return self.is_licensed_on(on) and self.is_included_on(on)

    def is_licensed_on(self, on: date) -> bool:
        """Tell whether a licence is in force on the day."""
        return _covers(self._licensed, on)

    def is_included_on(self, on: date) -> bool:
        """Tell whether the insurer is in the registry on the day."""
        return _covers(self._included, on)

    def last_notice(self, on: date) -> InsuredNotice | None:
        """The last number of insured that was told up to a day, None if there is none."""
        return next((notice for notice in reversed(self.notices) if notice.told_on <= on), None)

    @property
    def open_from(self) -> date | None:
        """The first day of the last time in which the insurer may be chosen; None without a licence."""
        spans = (_last_span(self._licensed), _last_span(self._included))
        return None if None in spans else max(span[0] for span in spans if span)

    @property
    def open_until(self) -> date | None:
        """The first day on which the insurer may not be chosen any more; None if no end is known."""
        spans = (_last_span(self._licensed), _last_span(self._included))
        return min((span[1] for span in spans if span and span[1]), default=None)

    def leaves_on(self, *, on: date) -> date | None:
        """The day from which the insurer insures nobody: excluded, now or later, or without a licence on the day.

        A licence that has a term is not known to end by it: it may be renewed.
        """
        ended = _last_span(self._licensed)
        lost = ended[1] if ended and ended[1] and ended[1] <= on else None
        return min(filter(None, (self.excluded_on, lost)), default=None)

    @property
    def _licensed(self) -> tuple[tuple[date, date | None], ...]:
        if self.licences:
            return tuple((licence.issued_on, licence.until) for licence in self.licences)
        return () if self.licence_from is None else ((self.licence_from, self.licence_until),)

    @property
    def _included(self) -> tuple[tuple[date, date | None], ...]:
        if self.inclusions:
            return tuple((inclusion.begins_on, inclusion.ends_on) for inclusion in self.inclusions)
        return ((self.included_on, self.excluded_on),)


def _covers(spans: Iterable[tuple[date, date | None]], on: date) -> bool:
    return any(begin <= on and (end is None or on < end) for begin, end in spans)


def _last_span(spans: Iterable[tuple[date, date | None]]) -> tuple[date, date | None] | None:
    """The last span, with all that lead up to it without a gap."""
    last: tuple[date, date | None] | None = None
    for begin, end in sorted(spans, key=lambda span: span[0]):
        if last is None or (last[1] is not None and last[1] < begin):
            last = (begin, end)
        elif last[1] is not None:
            last = (last[0], None if end is None else max(last[1], end))
    return last
