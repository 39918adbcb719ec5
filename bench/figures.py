"""One measured figure with its target and verdict."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A measured value; ``limit`` is the most that it may be, None where it only explains others."""

    group: str
    name: str
    value: float
    limit: float | None
    unit: str = ""
    detail: str = ""

    @property
    def met(self) -> bool:
        """Whether the target is met, by the value before it is rounded for print; a figure without one always is."""
        return self.limit is None or self.value <= self.limit

    @property
    def verdict(self) -> str:
        """The word in the table."""
        if self.limit is None:
            return "—"
        return "met" if self.met else "MISSED"
