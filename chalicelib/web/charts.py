"""Bars drawn on the server as SVG: readable aloud, without scripts, and coloured by the style sheet (O3)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

WIDTH = 340
"""The units of the drawing, which fills the width of its card."""

ROW = 44
BAR = 14
_FIGURE = 64
"""Room for the figure beside the longest bar."""

_LEAST = 2
"""A count of one has a bar that is seen, however many the others are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One bar: what is counted, how many, and where it stands in the drawing."""

    title: str
    count: int
    share: str
    y: int
    width: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """Bars from the longest to the shortest, with the size of their drawing; ``told`` is the drawing in words."""

    name: str
    title: str
    told: str
    bars: tuple[Bar, ...]
    height: int
    width: int = WIDTH
    bar: int = BAR


def chart(name: str, title: str, counts: Mapping[str, int], titles: Mapping[str, str]) -> Chart:
    """Lay out a chart of counts by code."""
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    total, most = sum(counts.values()), max(counts.values(), default=0)
    bars = tuple(
        Bar(
            title=titles.get(code, code),
            count=count,
            share=f"{100 * count / total:.0f} %" if total else "",
            y=place * ROW,
            width=max(round((WIDTH - _FIGURE) * count / most), _LEAST) if count else 0,
        )
        for place, (code, count) in enumerate(ordered)
    )
    told = "; ".join(f"{bar.title}: {bar.count}" for bar in bars)
    return Chart(name=name, title=title, told=told or "Нет данных", bars=bars, height=max(len(bars) * ROW, 1))
