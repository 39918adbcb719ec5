"""How long each kind of record is kept, on what ground, and what ends it (requirement P2).

The terms are one dated table: a changed term is a new table, so that it is known what held on a day.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Final

from chalicelib.domain.retention_of_cases import ROWS_OF_CASES_2026
from chalicelib.domain.retention_of_persons import ROWS_OF_PERSONS_2026
from chalicelib.domain.retention_terms import Kept, Retention


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionTable:
    """The terms in force from a day."""

    in_force_from: date
    rows: Mapping[Kept, Retention]


TABLES: Final = (
    RetentionTable(
        in_force_from=date(2026, 11, 1),
        rows=MappingProxyType({row.kind: row for row in (*ROWS_OF_CASES_2026, *ROWS_OF_PERSONS_2026)}),
    ),
)
"""Oldest first."""


def retention_of(kind: Kept, *, on: date) -> Retention:
    """The row of a kind in the newest table in force on a day; before the first one, that."""
    in_force = (table for table in TABLES if table.in_force_from <= on)
    table = max(in_force, default=TABLES[0], key=lambda found: found.in_force_from)
    return table.rows[kind]
