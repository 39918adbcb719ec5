"""What is left of what was destroyed (requirement P2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from chalicelib.domain.audit import ChainHead
from chalicelib.domain.retention_terms import Kept


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased:
    """What is left of a destroyed thing: its kind, its term's law, and the ends of its chains in the journal.

    ``name`` is the chain of the thing itself. By ``heads`` the journal still proves that nothing was cut off.
    """

    person_id: str
    name: str
    kind: Kept
    law: str
    erased_at: datetime
    heads: Mapping[str, ChainHead] = field(default_factory=dict)
