"""An insurer (страховая медицинская организация): its registry entry, and whether it may be chosen (H1, H3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class Insurer:
    """One row of the insurers' registry: a head office or a branch in one region, keyed by ``code`` (smocod)."""

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
    licence_from: date
    included_on: date
    licence_until: date | None = None
    excluded_on: date | None = None
    source: str = ""
    version: int = 1

    def may_be_chosen_on(self, on: date) -> bool:
        """Tell whether the licence and the registry entry are in force on the day (requirement H3)."""
        licensed = self.licence_from <= on and (self.licence_until is None or on < self.licence_until)
        included = self.included_on <= on and (self.excluded_on is None or on < self.excluded_on)
        return licensed and included
