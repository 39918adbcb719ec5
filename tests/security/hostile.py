"""A file that means no good, and how it has to be refused."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Hostile:
    """One file of the corpus; ``codes`` are the only refusals that name its defect truly."""

    name: str
    data: bytes = field(repr=False)
    codes: set[str]
